"""Agreement with people by criterion: the figures, the states, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qa.services.judging.trust import Bar, Share, cohen_kappa, drift, figure, gwet_ac1, trust_report
from qa.services.judging.trust_labels import Scored
from tests.unit.qa.conftest import Run

OUTCOMES = st.sampled_from(["pass", "fail", "na"])


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES), min_size=2, max_size=30))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    ours = cohen_kappa(pairs)
    if ours is None:
        assert len({name for pair in pairs for name in pair}) == 1
        return
    assert ours == pytest.approx(cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs]))


def test_ac1_of_a_table_computed_by_hand() -> None:
    # 40 of 50 agree; "pass" has a mean share of 0.8: chance 2 * 0.8 * 0.2 = 0.32
    pairs = [("pass", "pass")] * 35 + [("fail", "fail")] * 5 + [("pass", "fail")] * 5 + [("fail", "pass")] * 5
    assert gwet_ac1(pairs) == pytest.approx((0.8 - 0.32) / 0.68)
    assert gwet_ac1([("pass", "pass")] * 3) == 1.0
    assert gwet_ac1([]) is None


def test_intervals_hold_the_value_and_are_the_same_every_time() -> None:
    pairs = [("pass", "pass")] * 20 + [("fail", "fail")] * 8 + [("pass", "fail")] * 4
    one, two = figure(pairs, cohen_kappa), figure(pairs, cohen_kappa)
    assert one == two
    assert one.value is not None
    assert one.interval is not None
    assert one.interval[0] < one.value < one.interval[1]
    assert Share(0, 0).interval is None


def evaluation(outcome: str, confidence: float = 0.9) -> dict[str, Any]:
    return {
        "scorecard": "phone@1",
        "criteria": [{"id": "greeting", "outcome": outcome, "confidence": confidence}],
    }


def report(said: list[tuple[str, str]], bar: Bar | None = None) -> Any:
    """The report on one criterion where people say the first and the machine the second."""
    evaluations = [Scored(str(i), evaluation(machine, 1 - i / 1000)) for i, (_, machine) in enumerate(said)]
    labels = {str(i): {"criteria": {"greeting": people}} for i, (people, _) in enumerate(said)}
    (one,) = trust_report(evaluations, labels, bar or Bar())
    return one


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([("pass", "pass")] * 40 + [("fail", "fail")] * 20, "automatic"),
        ([("pass", "pass")] * 30 + [("fail", "fail")] * 15, "assisted"),  # too few
        ([("pass", "pass")] * 58 + [("fail", "pass")] * 2, "assisted"),  # no kappa to speak of
        ([("pass", "pass")] * 60, "automatic"),  # nobody ever fails it
        ([("pass", "pass")] * 30 + [("pass", "fail")] * 30, "manual"),
        ([("pass", "review")] * 60, "manual"),
    ],
)
def test_the_state_follows_the_figures(said: list[tuple[str, str]], state: str) -> None:
    assert report(said).state == state


def test_review_is_no_agreement_and_no_error_but_counts_as_missed() -> None:
    one = report(
        [("fail", "fail")] * 6 + [("fail", "review")] * 4 + [("pass", "fail")] * 2 + [("pass", "pass")] * 8
    )
    assert (one.n, one.decided.part, one.agreement.part) == (20, 16, 14)
    precision, recall = one.by_outcome["fail"]
    assert (precision.part, precision.whole) == (6, 8)
    assert (recall.part, recall.whole) == (6, 10)


def test_the_surest_half_is_judged_first() -> None:
    one = report([("pass", "pass")] * 10 + [("pass", "fail")] * 10)
    assert (one.error_at[0.5].part, one.error_at[0.5].whole) == (0, 10)
    assert (one.error_at[1.0].part, one.error_at[1.0].whole) == (10, 20)


def test_where_people_differ_nobody_is_right() -> None:
    labels = {
        "1": {"A": {"criteria": {"greeting": "pass"}}, "B": {"criteria": {"greeting": "fail"}}},
        "2": {"A": {"criteria": {"greeting": "pass"}}, "B": {"criteria": {"greeting": "pass"}}},
    }
    (one,) = trust_report([Scored("1", evaluation("pass")), Scored("2", evaluation("pass"))], labels, Bar())
    assert one.n == 1
    assert one.people.value == 0.0
    assert trust_report([Scored("3", evaluation("pass"))], labels, Bar()) == []


def test_drift_tells_chance_from_change() -> None:
    before = [report([("pass", "pass")] * 50 + [("fail", "pass")] * 2).as_dict()]
    worse = report([("pass", "pass")] * 30 + [("fail", "pass")] * 30)
    (moved,) = drift([worse], before)
    assert moved.change < -0.4
    assert moved.apart
    (same,) = drift([report([("pass", "pass")] * 45 + [("fail", "pass")] * 3)], before)
    assert same.apart is False


def test_drift_compares_the_same_version_and_channel() -> None:
    now = report([("pass", "pass")] * 5)
    row = now.as_dict()
    assert drift([now], [{**row, "scorecard": "phone@2"}]) == []
    assert drift([now], [{**row, "channel": "chat"}]) == []
    older = {name: value for name, value in row.items() if name not in ("scorecard", "channel")}
    assert [one.change for one in drift([now], [older])] == [0.0]
    assert drift([now, replace(now, channel="chat")], [older]) == []


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_command_prints_stores_and_compares(cli: Run, tmp_path: Path) -> None:
    lines(tmp_path / "o.jsonl", [{"id": str(i), "evaluation": evaluation("pass")} for i in range(5)])
    lines(tmp_path / "l.jsonl", [{"id": str(i), "criteria": {"greeting": "pass"}} for i in range(5)])
    status, out, _ = cli("scorecards", "trust", "o.jsonl", "l.jsonl", "-o", "r.json")
    assert status == 0
    assert "podpowiedź" in out
    status, _, err = cli("scorecards", "trust", "o.jsonl", "l.jsonl", "-o", "brak/r.json")
    assert status == 2
    assert "utwórz go albo popraw -o" in err
    found = json.loads(cli("scorecards", "trust", "o.jsonl", "l.jsonl", "--before", "r.json", "--json")[1])
    place = {"criterion": "greeting", "scorecard": "phone@1", "channel": None}
    assert found["drift"] == [{**place, "change": 0.0, "apart": False}]
    assert found["criteria"][0]["agreement"]["n"] == 5


@pytest.mark.parametrize(
    ("evaluated", "labels", "words"),
    [
        ("", "{}", "nie ma ocen"),
        ('{"id": "1"}', '{"id": "1"}', "odsluch score"),
        ("{", "{}", "wiersz 1"),
        ('{"x": 1}', "{}", "`id`"),
    ],
)
def test_a_wrong_file_is_one_sentence(
    cli: Run, tmp_path: Path, evaluated: str, labels: str, words: str
) -> None:
    (tmp_path / "o.jsonl").write_text(evaluated)
    (tmp_path / "l.jsonl").write_text(labels)
    status, _, err = cli("scorecards", "trust", "o.jsonl", "l.jsonl")
    assert status == 2
    assert words in err
    assert cli("scorecards", "trust", "nie-ma.jsonl", "l.jsonl")[0] == 2


def test_versions_and_channels_have_rows_of_their_own() -> None:
    newer = {**evaluation("fail"), "scorecard": "phone@2"}
    scored = [
        Scored("1", evaluation("pass"), "phone"),
        Scored("1", newer, "phone"),
        Scored("2", evaluation("fail"), "chat"),
    ]
    labels = {name: {"criteria": {"greeting": "pass"}} for name in "12"}
    found = {(one.scorecard, one.channel): one.agreement.value for one in trust_report(scored, labels, Bar())}
    assert found == {("phone@1", "chat"): 0.0, ("phone@1", "phone"): 1.0, ("phone@2", "phone"): 0.0}
    joined = trust_report(scored, labels, Bar(), joined=True)
    assert [(one.scorecard, one.channel, one.n) for one in joined] == [("phone@1", "", 2), ("phone@2", "", 1)]


def test_who_labelled_is_counted_and_nobody_is_invented() -> None:
    said = {"criteria": {"greeting": "pass"}}
    labels = {"1": {"A": said, "B": said}, "2": {"A": said}, "3": {"A": {"criteria": {"greeting": None}}}}
    scored = [Scored(name, evaluation("pass")) for name in "123"]
    (one,) = trust_report(scored, labels, Bar())
    assert one.raters.as_dict() == {"n": 2, "labels": [{"name": "A", "n": 2}, {"name": "B", "n": 1}]}
    assert one.n == 2  # no outcome is no label
    assert one.raters.without_names().as_dict()["labels"] == [{"name": None, "n": 2}, {"name": None, "n": 1}]
    (one,) = trust_report(scored, {"1": said, "2": said}, Bar())
    assert one.raters.as_dict() == {"n": None, "labels": [{"name": None, "n": 2}]}
    (one,) = trust_report(scored, {"1": {**said, "rater": "Ola"}, "2": {**said, "rater": "Jan"}}, Bar())
    assert one.raters.counts == (("Jan", 1), ("Ola", 1))
    decided = {"ola": said, "ola-greeting": {**said, "kind": "dispute"}}
    (one,) = trust_report(scored, {"1": decided}, Bar())
    assert one.raters.counts == (("ola", 2),)


def test_base_rates_are_of_every_outcome() -> None:
    one = report([("pass", "pass")] * 6 + [("fail", "review")] * 3 + [("na", "na")])
    assert {name: share.part for name, share in one.base_rates.items()} == {"pass": 6, "fail": 3, "na": 1}
    assert one.as_dict()["base_rates"]["fail"]["value"] == pytest.approx(0.3)


ONE_LABEL = '{"id": "1", "criteria": {"greeting": "pass"}}'
ONE_RESULT = json.dumps({"id": "1", "channel": "phone", "evaluation": evaluation("pass")})


@pytest.mark.parametrize(
    ("evaluated", "labels", "words"),
    [
        (ONE_RESULT, '{"id": "1", "criteria": {"greeting": "zaliczone"}}', "wiersz 1, kryterium greeting"),
        (
            ONE_RESULT,
            '{"id": "1", "B": {"criteria": {"greeting": "review"}}}',
            "oceniający B, kryterium greeting",
        ),
        (ONE_RESULT, '{"id": "1", "criteria": ["pass"]}', "„criteria”"),
        (ONE_RESULT, ONE_LABEL + "\n" + ONE_LABEL.replace("pass", "fail"), "wiersz 2: rozmowa z wiersza 1"),
        (
            ONE_RESULT + "\n" + ONE_RESULT.replace('"pass"', '"fail"'),
            ONE_LABEL,
            "wiersz 2: rozmowa z wiersza 1",
        ),
        ('{"id": "1", "evaluation": {"score": 1}}', ONE_LABEL, "nie jest oceną"),
        (ONE_RESULT.replace('"pass"', '"zaliczone"'), ONE_LABEL, "„outcome”"),
        (ONE_RESULT.replace("0.9", '"duza"'), ONE_LABEL, "„confidence”"),
    ],
)
def test_what_is_no_label_and_no_evaluation_is_refused_by_line(
    cli: Run, tmp_path: Path, evaluated: str, labels: str, words: str
) -> None:
    (tmp_path / "o.jsonl").write_text(evaluated)
    (tmp_path / "l.jsonl").write_text(labels)
    status, _, err = cli("scorecards", "trust", "o.jsonl", "l.jsonl")
    assert status == 2
    assert words in err
    assert "zaliczone" not in err


def test_the_same_line_twice_is_one(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "o.jsonl").write_text(f"{ONE_RESULT}\n{ONE_RESULT}\n")
    (tmp_path / "l.jsonl").write_text(f"{ONE_LABEL}\n{ONE_LABEL}\n")
    found = json.loads(cli("scorecards", "trust", "o.jsonl", "l.jsonl", "--json")[1])
    assert [(one["n"], one["channel"]) for one in found["criteria"]] == [(1, "phone")]
    status, out, _ = cli("scorecards", "trust", "o.jsonl", "l.jsonl")
    assert "phone@1, telefon" in out
    assert "Oceniający nie są nazwani; ocen na kryterium: 1." in out
    (tmp_path / "l.jsonl").write_text(ONE_LABEL.replace('"1"', '"9"'))
    status, _, err = cli("scorecards", "trust", "o.jsonl", "l.jsonl")
    assert (status, "`id` w obu plikach" in err) == (1, True)


@pytest.mark.parametrize("option", ["--agreement=5", "--kappa=-0.1", "--assisted=1.01", "--least=0"])
def test_a_bar_beyond_reach_is_refused(cli: Run, tmp_path: Path, option: str) -> None:
    (tmp_path / "o.jsonl").write_text(ONE_RESULT)
    (tmp_path / "l.jsonl").write_text(ONE_LABEL)
    status, _, err = cli("scorecards", "trust", "o.jsonl", "l.jsonl", option)
    assert status == 2
    assert "nie mieści się w zakresie" in err


def test_with_a_card_alone_it_says_what_is_missing(cli: Run, tmp_path: Path) -> None:
    status, _, err = cli("scorecards", "trust", "phone@1")
    assert status == 1
    assert "Nie ma jeszcze zakończonych ocen kartą phone@1" in err
    assert "odsluch run" in err
    assert "odsluch scorecards trust OCENY LUDZIE" in err
    status, _, err = cli("scorecards", "trust", "nieznana")
    assert (status, "dostępne karty" in err) == (1, True)
    (tmp_path / "o.jsonl").write_text(ONE_RESULT)
    status, _, err = cli("scorecards", "trust", "o.jsonl")
    assert (status, "brakuje ocen ludzi" in err) == (2, True)
