"""Calibration: what makes logits probabilities, alone and from both heads for reasons."""

import pytest
import torch

from nlp.artefact import Calibration
from nlp.training.calibrate import Rows, fit_calibration


def test_a_reason_that_nobody_raised_is_not_primary() -> None:
    calibration = Calibration(temperature={"joint": 1.0})
    primary = torch.tensor([[2.0, 1.9, -3.0]])
    leaf = torch.tensor([[-6.0, 3.0, -6.0]])
    found = calibration.primary(primary, leaf)
    assert found.argmax().item() == 1
    assert found.sum().item() == pytest.approx(1.0)


def test_without_a_joint_temperature_the_softmax_decides_alone() -> None:
    primary, leaf = torch.tensor([[2.0, 1.9]]), torch.tensor([[-6.0, 3.0]])
    assert Calibration().primary(primary, leaf).argmax().item() == 0


def test_logits_beyond_all_bounds_stay_probabilities() -> None:
    found = Calibration(temperature={"joint": 1.5}).primary(
        torch.tensor([[900.0, -900.0]]), torch.tensor([[-900.0, -900.0]])
    )
    assert torch.isfinite(found).all()


def _collected(texts_of_leaf: list[str]) -> dict[str, Rows]:
    wanted = torch.tensor([0, 1, 2] * 8)
    noise = torch.linspace(-1, 1, 72).view(24, 3)
    many = torch.nn.functional.one_hot(wanted, 3).float()
    return {
        "primary": Rows(3 * many + noise, wanted, [str(i) for i in range(24)]),
        "leaf": Rows(3 * many - 1 + noise, many, texts_of_leaf),
    }


def test_one_more_temperature_is_fitted_where_every_example_has_both() -> None:
    calibration = fit_calibration(_collected([str(i) for i in range(24)]))
    assert set(calibration.temperature) == {"primary", "joint"}
    assert calibration.temperature["joint"] > 0


def test_examples_of_two_kinds_are_not_paired() -> None:
    assert set(fit_calibration(_collected(["other"] * 24)).temperature) == {"primary"}
