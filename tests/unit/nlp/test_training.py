import json
import random
import re
import shutil
from pathlib import Path

import pytest

from nlp.artefact import ENCODER, load
from nlp.tagging import Tagger
from nlp.training.augment import as_recognised, roughen, with_typos, without_diacritics
from nlp.training.calibrate import Costs
from nlp.training.course import Recipe
from nlp.training.evaluate import evaluate
from nlp.training.examples import ExampleError, by_split, read_folder, read_own
from nlp.training.figures import calibration_error, error_at_coverage, interval, micro_f1
from nlp.training.train import Order, examples_sha256, train


def test_evaluation_stands_beside_a_baseline_on_unseen_writers(artefact_folder: Path, examples: Path) -> None:
    report = evaluate(examples, Tagger.load(str(artefact_folder)))
    assert report["tagger"]["reasons"]["n"] == 48
    assert report["tagger"]["reasons"]["accuracy"] > 0.9
    assert set(report["baseline"]) == set(report["tagger"])
    low, high = report["tagger"]["reasons"]["interval"]
    assert low <= report["tagger"]["reasons"]["accuracy"] <= high


def test_the_manifest_says_what_the_model_was_made_of(artefact_folder: Path, examples: Path) -> None:
    manifest = json.loads((artefact_folder / "manifest.json").read_text(encoding="utf-8"))
    parts = by_split(read_folder(examples), {"train": ["a"], "dev": ["b"], "test": ["c"]})
    wanted = {split: examples_sha256(parts[split]) for split in ("train", "dev")}
    assert manifest["training"]["data_sha256"] == wanted
    assert examples_sha256(parts["train"][1:]) != wanted["train"]
    assert manifest["training"]["examples"] == {"train": 96, "dev": 96, "test": 96}
    assert set(manifest["files"]) == {"encoder.safetensors", "heads.safetensors", "surface.safetensors"}
    assert manifest["tagger"]["thresholds"]["primary"] == pytest.approx(Costs().primary_threshold)


def test_without_epochs_the_encoder_stays_as_it_is_and_no_path_is_kept(
    artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    base = json.loads((artefact_folder / "manifest.json").read_text(encoding="utf-8"))["base"]
    copy = shutil.copytree(artefact_folder, tmp_path / "start")
    order = Order(examples, copy, base, start=str(copy), recipe=Recipe(epochs=0), overwrite=True)
    for _ in range(2):  # onto itself, and again
        train(order, lambda _: None, lambda *_: None)
        assert (copy / ENCODER).read_bytes() == (artefact_folder / ENCODER).read_bytes()
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"contact-tagger@own-[0-9a-f]{8}", manifest["training"]["start"])
    assert load(str(copy)).network is not None  # the sums in the manifest are those of the files


def test_no_writer_is_on_both_sides(examples: Path) -> None:
    parts = by_split(read_folder(examples), {"train": ["a"], "dev": ["b"], "test": ["c"]})
    writers = [{example.writer for example in parts[name]} for name in ("train", "dev", "test")]
    assert writers == [{"a"}, {"b"}, {"c"}]


def test_a_users_own_writers_go_to_training(examples: Path) -> None:
    assert {e.writer for e in by_split(read_folder(examples), {"test": ["c"]})["train"]} == {"a", "b"}


@pytest.mark.parametrize("line", ["{", '{"id": "x"}', '{"id": "x", "writer": "w", "text": 3}'])
def test_a_bad_record_is_named_by_file_and_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts" / "moje.jsonl").write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(ExampleError, match=r"moje\.jsonl, wiersz 2"):
        read_folder(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="nie ma przykładów"):
        read_folder(tmp_path)


def test_augmentation_is_ugly_in_the_way_it_says() -> None:
    rng = random.Random(3)
    assert without_diacritics("Zażółć gęślą jaźń") == "Zazolc gesla jazn"
    spoken = as_recognised("Dzień dobry! Gdzie moja paczka?", rng)
    assert spoken == spoken.lower()
    assert "?" not in spoken
    assert "paczka" in spoken
    text = "reklamacja telewizora " * 20
    assert with_typos(text, rng) != text
    assert abs(len(with_typos(text, rng)) - len(text)) < len(text) * 0.1


def test_roughening_keeps_labels_and_turns(examples: Path) -> None:
    rng = random.Random(1)
    for example in read_folder(examples)[:40]:
        rough = roughen(example, rng)
        assert (rough.reasons, rough.primary, rough.behaviours) == (
            example.reasons,
            example.primary,
            example.behaviours,
        )
        assert len(rough.document.texts) == len(example.document.texts)
        assert all(rough.document.texts)


def test_figures_on_cases_that_can_be_counted_by_hand() -> None:
    assert calibration_error([1.0] * 10, [True] * 10) == 0
    assert calibration_error([0.9] * 10, [True] * 5 + [False] * 5, bins=1) == pytest.approx(0.4)
    assert error_at_coverage([0.9, 0.8, 0.2, 0.1], [True, True, False, False], 0.5) == 0
    assert micro_f1([(frozenset("ab"), frozenset("b")), (frozenset("c"), frozenset("cd"))]) == pytest.approx(
        2 / 3
    )
    assert interval([("a", "a")] * 20, lambda pairs: 1.0) == [1.0, 1.0]


def test_a_users_export_is_read_from_csv_and_json_lines(tmp_path: Path) -> None:
    codes = {"delivery.lost", "complaint.service"}
    table = tmp_path / "eksport.csv"
    table.write_text(
        'text;reasons;sentiment\n"paczka; zginęła";delivery.lost, complaint.service;\n', "utf-8-sig"
    )
    (row,) = read_own(table, codes)
    assert (row.text, row.primary, row.sentiment, row.writer) == (
        "paczka; zginęła",
        "delivery.lost",
        None,
        "eksport",
    )
    assert row.reasons == codes
    lines = tmp_path / "eksport.jsonl"
    lines.write_text(
        '{"text": "skandal", "reasons": ["complaint.service"], "sentiment": "negative"}\n', "utf-8"
    )
    (row,) = read_own(lines, codes)
    assert (row.primary, row.turn_sentiment) == ("complaint.service", {0: "negative"})


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("text,reasons\nale,nie.ma", "e.csv, wiersz 2: nieznany powód `nie.ma`"),
        ("text,reasons\n,delivery.lost", "wiersz 2: brak pola `text`"),
        ("text,reasons,sentiment\nx,delivery.lost,zły", "nieznany nastrój `zły`"),
        ("treść,reasons\nx,delivery.lost", "brak pola `text`"),
    ],
)
def test_a_wrong_row_of_an_export_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "e.csv").write_text(content, "utf-8")
    with pytest.raises(ExampleError, match=re.escape(complaint)):
        read_own(tmp_path / "e.csv", {"delivery.lost"})


def test_a_behaviour_on_which_readers_differ_is_unsure(tmp_path: Path) -> None:
    (tmp_path / "turns").mkdir()
    rows = [
        {
            "id": "a",
            "writer": "t1",
            "text": "Sprawdzę i oddzwonię",
            "behaviours": ["later_action"],
            "unsure": ["solution"],
        },
        {"id": "b", "writer": "t1", "text": "Dzień dobry", "behaviours": ["greeting"]},
    ]
    (tmp_path / "turns" / "t1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "splits.json").write_text(json.dumps({"train": ["t1"], "dev": [], "test": []}), "utf-8")
    first, second = read_folder(tmp_path)
    assert first.behaviours == {0: frozenset({"later_action"})}
    assert first.unsure == {0: frozenset({"solution"})}
    assert second.unsure == {}
