"""Weights on disk: what rounding costs, and what was stored before there was any."""

import torch

from nlp.rounding import packed, quantise, restore, unpacked


def test_rounding_costs_less_than_a_hundredth() -> None:
    delta = torch.randn(64, 48) * torch.rand(64, 1) * 0.02
    error = (restore(quantise(delta)) - delta).norm() / delta.norm()
    assert error < 0.01
    assert torch.equal(restore(quantise(torch.zeros(3, 4))), torch.zeros(3, 4))


def test_a_matrix_takes_a_byte_a_weight_and_a_vector_keeps_its_fractions() -> None:
    stored = packed({"heads.weight": torch.randn(4, 1000), "heads.bias": torch.tensor([0.25, -3.5])})
    assert sum(tensor.nbytes for tensor in stored.values()) == 4 * 1000 + 4 * 4 + 2 * 2
    assert torch.equal(unpacked(stored)["heads.bias"], torch.tensor([0.25, -3.5]))


def test_surface_heads_of_taggers_before_the_rounding_are_still_read() -> None:
    before = {
        "primary.weight": torch.tensor([[0.5, -1.25], [3.0, 0.125]]).half(),
        "idf": torch.ones(2).half(),
    }
    read = unpacked(before)
    assert torch.equal(read["primary.weight"], before["primary.weight"].float())
    assert read["idf"].dtype == torch.float32
