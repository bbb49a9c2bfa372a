"""What somebody brings to training: their own folder or export, and everything that may be wrong with it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from nlp.taxonomy import load_contact_reasons
from nlp.training.examples import (
    ExampleError,
    by_split,
    read_folder,
    read_own,
    read_review_reasons,
    read_sentiment_reviews,
    redacted,
    shared_out,
)
from nlp.training.gathering import gather
from nlp.training.shares import LEAST_CONTACTS, read_splits
from nlp.training.train import Order, train
from tests.unit.nlp.conftest import write_examples

CODES = load_contact_reasons().codes
CONTACT = {"id": "x-1", "writer": "x", "channel": "chat", "quality": "clean", "text": "gdzie paczka"}
CONTACT |= {"reasons": ["delivery.lost"], "primary": "delivery.lost", "sentiment": None}


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def folder_with(folder: Path, kind: str, *rows: object) -> Path:
    (folder / kind).mkdir(parents=True)
    (folder / kind / "moje.jsonl").write_text(lines(*rows), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("e.jsonl", '\n{"text": "żółć"}\n'.encode("cp1250"), "e.jsonl, wiersz 2: to nie jest UTF-8; zapisz"),
        ("e.csv", "text,reasons\nżółć,delivery.lost".encode("cp1250"), "e.csv, wiersz 2: to nie jest UTF-8"),
        ("e.xlsx", b"PK\x03\x04\xff\xfe", "e.xlsx, wiersz 1: to skoroszyt, nie tekst; zapisz go jako CSV"),
        ("e.csv", b"PK\x03\x04\xff\xfe", "e.csv, wiersz 1: to skoroszyt"),
        ("e.json", b'[{"text": "a"}]', "e.json, wiersz 1: to nie jest obiekt JSON; zapisz każdy rekord"),
        ("e.json", b'[\n {"text": "a"}\n]', "e.json, wiersz 1: niepoprawny JSON; zapisz każdy rekord"),
        ("e.jsonl", b'["a", "b"]', "e.jsonl, wiersz 1: to nie jest obiekt JSON"),
        ("e.jsonl", b'{"text": "a", "reasons": 5}', "wiersz 1: `reasons` nie jest listą kodów; podaj np."),
        ("e.jsonl", b'{"text": "a", "reasons": [5]}', "wiersz 1: `reasons` nie jest listą kodów"),
        ("e.jsonl", b'{"text": "a", "reasons": [" "]}', "wiersz 1: brak pola `text` lub `reasons`"),
        (
            "e.jsonl",
            b'{"text": "a", "reasons": ["delivery.lost"], "primary": "foo"}',
            "wiersz 1: nieznany powód `foo`; użyj kodów z taksonomii",
        ),
        ("e.csv", b"", "e.csv: plik nie ma ani jednego rekordu; dopisz"),
        ("e.csv", b"text,reasons\n", "e.csv: plik nie ma ani jednego rekordu"),
        ("e.jsonl", b"\n\n", "e.jsonl: plik nie ma ani jednego rekordu"),
        ("e.csv", b"text,reasons\na, b,delivery.lost", "e.csv, wiersz 2: więcej pól niż w nagłówku"),
    ],
)
def test_a_wrong_export_is_one_sentence(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExampleError, match="^" + re.escape(complaint) if complaint[0] == "e" else complaint):
        read_own(tmp_path / name, CODES)


def test_what_a_customer_wrote_is_not_repeated_in_the_complaint(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("reasons,text\nJan Kowalski z Łodzi,delivery.lost", "utf-8")
    with pytest.raises(ExampleError, match="nieznany powód") as caught:
        read_own(tmp_path / "e.csv", CODES)
    assert "Kowalski" not in str(caught.value)


def test_a_main_reason_beside_the_reasons_is_one_of_them_and_that_is_said(tmp_path: Path) -> None:
    row = {"text": "a", "reasons": ["delivery.lost"], "primary": "complaint.service"}
    (tmp_path / "e.jsonl").write_text(lines(row, {"text": "b", "reasons": ["delivery.lost"]}), "utf-8")
    said: list[str] = []
    first, second = read_own(tmp_path / "e.jsonl", CODES, said.append)
    assert (first.primary, first.reasons) == ("complaint.service", {"complaint.service", "delivery.lost"})
    assert (second.primary, second.reasons) == ("delivery.lost", {"delivery.lost"})
    assert said == [
        "e.jsonl: główny powód (`primary`) dopisano do `reasons` w tylu wierszach, gdzie go nie było: 1."
    ]


@pytest.mark.parametrize(
    ("kind", "change", "complaint"),
    [
        ("contacts", {"reasons": ["foo.bar"]}, "nieznany powód `foo.bar`"),
        ("contacts", {"reasons": "delivery.lost"}, "brak pola lub zły typ"),
        ("contacts", {"primary": "complaint.service"}, "`primary` nie jest wśród `reasons`"),
        ("contacts", {"primary": "foo.bar"}, "nieznany powód `foo.bar`"),
        ("contacts", {"sentiment": "super"}, "nieznany nastrój `super`"),
        ("contacts", {"sentiment": ""}, "nieznany nastrój"),
        ("contacts", {"text": 5}, "`text` nie jest tekstem"),
        ("turns", {"behaviours": ["foo"]}, "nieznane zachowanie `foo`"),
        ("turns", {"behaviours": [], "unsure": ["foo"]}, "nieznane zachowanie `foo`"),
    ],
)
def test_an_unknown_label_in_a_folder_is_named(
    tmp_path: Path, kind: str, change: dict[str, object], complaint: str
) -> None:
    folder_with(tmp_path, kind, {**CONTACT, "behaviours": []}, {**CONTACT, "behaviours": []} | change)
    with pytest.raises(ExampleError, match=f"^moje.jsonl, wiersz 2: .*{re.escape(complaint)}"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({"text": "fajny", "label": "super"}, "nieznana etykieta `label` `super`; dozwolone: "),
        ({"text": "fajny"}, "brak pola `text` lub `label`"),
        ({"label": "positive"}, "brak pola `text` lub `label`"),
        ([], "to nie jest obiekt JSON"),
    ],
)
def test_a_wrong_review_is_named(tmp_path: Path, line: object, complaint: str) -> None:
    (tmp_path / "pe.jsonl").write_text(lines({"text": "tak", "label": "ambivalent"}, line), "utf-8")
    with pytest.raises(ExampleError, match=f"^pe.jsonl, wiersz 2: {re.escape(complaint)}"):
        read_sentiment_reviews(tmp_path / "pe.jsonl", "pe")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"reasons": ["delivery.lost"], "primary": "delivery.lost"}, "brak pola"),
        ({"text_sha256": "0", "reasons": ["foo"], "primary": "foo"}, "nieznany powód `foo`"),
    ],
)
def test_wrong_reasons_of_a_review_are_named(tmp_path: Path, row: object, complaint: str) -> None:
    folder_with(tmp_path, "reviews", row)
    with pytest.raises(ExampleError, match=f"^moje.jsonl, wiersz 1: {complaint}"):
        read_review_reasons(tmp_path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{\n"train": [', "splits.json, wiersz 2: niepoprawny JSON; zapisz go jako"),
        ("[]", "splits.json: oczekiwano list"),
        ("{}", "splits.json: oczekiwano list"),
        ('{"dev": "b"}', "splits.json: oczekiwano list"),
        ('{"dev": ["b"], "uczące": []}', "splits.json: nieznana część `uczące`"),
        ('{"dev": ["b"], "train": ["b"]}', "splits.json: piszący `b` jest w dwóch częściach"),
    ],
)
def test_a_wrong_list_of_writers_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "splits.json").write_text(content, "utf-8")
    with pytest.raises(ExampleError, match=f"^{re.escape(complaint)}"):
        read_splits(tmp_path)


def contacts_of(folder: Path, writers: int, each: int) -> Path:
    rows = [
        {**CONTACT, "id": f"{writer}-{n}", "writer": f"w{writer}", "text": f"gdzie paczka {writer} {n}"}
        for writer in range(writers)
        for n in range(each)
    ]
    return folder_with(folder, "contacts", *rows)


@pytest.mark.parametrize(("writers", "each"), [(3, 9), (4, 6), (12, 3), (60, 2)])
def test_without_a_list_writers_are_shared_out_and_nobody_is_on_two_sides(
    tmp_path: Path, writers: int, each: int
) -> None:
    examples = read_folder(contacts_of(tmp_path, writers, each))
    parts = by_split(examples, {})
    sides = [{e.writer for e in parts[name]} for name in ("train", "dev", "test")]
    assert sum(map(len, sides)) == len(set().union(*sides)) == writers
    assert min(len(parts["train"]), len(parts["dev"])) >= LEAST_CONTACTS
    assert parts["test"]
    assert by_split(reversed(examples), {})["dev"] == parts["dev"][::-1]
    assert shared_out(examples)[0] == "writer"


@pytest.mark.parametrize("writers", [1, 2])
def test_of_one_or_two_writers_the_texts_are_shared_out_equal_ones_to_one_side(
    tmp_path: Path, writers: int
) -> None:
    examples = read_folder(contacts_of(tmp_path, writers, 40 // writers))
    parts = by_split([*examples, *examples], {})
    assert min(len(parts["train"]), len(parts["dev"])) >= LEAST_CONTACTS
    assert parts["test"]
    texts = [{e.text for e in parts[name]} for name in parts]
    assert sum(map(len, texts)) == 40
    assert shared_out(examples)[0] == "text"


def test_new_writers_move_none_of_the_old_ones(tmp_path: Path) -> None:
    examples = read_folder(contacts_of(tmp_path, 80, 2))
    before, after = (shared_out(some)[1] for some in (examples[:120], examples))
    assert {writer: after[writer] for writer in before} == before


def test_a_writer_of_turns_alone_leaves_no_part_without_contacts(tmp_path: Path) -> None:
    contacts_of(tmp_path, 3, 9)
    rows = [{"id": f"t{n}", "writer": f"t{n}", "text": "mhm", "behaviours": []} for n in range(4)]
    examples = read_folder(folder_with(tmp_path, "turns", *rows))
    assert {e.document.side for e in by_split(examples, {})["dev"]} >= {"customer"}
    assert shared_out(examples)[0] == "writer"


def test_a_folder_of_exports_takes_the_place_of_the_examples(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "text;reasons\n" + "".join(f"paczka {n};delivery.lost\n" for n in range(30)), "utf-8"
    )
    (tmp_path / "b.jsonl").write_text(lines({"text": "b", "reasons": ["delivery.lost"]}), "utf-8")
    examples = read_folder(tmp_path)
    assert len(examples) == 31
    assert len(by_split(examples, {})["dev"]) >= LEAST_CONTACTS
    (tmp_path / "splits.json").write_text('{"train": ["a"], "dev": ["b"]}', "utf-8")
    assert [e.id for e in by_split(read_folder(tmp_path), read_splits(tmp_path))["dev"]] == ["b-1"]


@pytest.mark.parametrize(
    ("splits", "complaint"),
    [
        (None, r"część `dev`\): jest 0, potrzeba co najmniej 5; dołóż przykładów .* albo podaj splits.json"),
        (
            {"train": ["a", "b", "c"]},
            r"część `dev`\): jest 0, .* przypisz więcej piszących do `dev` w splits",
        ),
        ({"dev": ["a", "b", "c"]}, r"część `train`\): jest 0"),
    ],
)
def test_too_little_is_refused_before_any_training(
    tmp_path: Path, examples: Path, splits: dict[str, list[str]] | None, complaint: str
) -> None:
    folder = tmp_path / "moje"
    if splits is None:
        write_examples(folder, copies=1)
        for path in folder.glob("contacts/[bc].jsonl"):
            path.unlink()
        (folder / "splits.json").unlink()
        shutil.rmtree(folder / "turns")
    else:
        shutil.copytree(examples, folder)
        (folder / "splits.json").write_text(json.dumps(splits), "utf-8")
    if splits is None:
        complaint = complaint.replace("jest 0", r"jest \d").replace("`dev`", "`(train|dev)`")
    with pytest.raises(ExampleError, match=complaint):
        train(Order(folder, tmp_path / "out", "no-such-base"), lambda _: None, lambda *_: None)
    assert not (tmp_path / "out").exists()


def test_texts_with_the_same_id_are_not_taken_for_each_other(tmp_path: Path, examples: Path) -> None:
    """Redacted forms go by id: of two contacts of one customer each keeps its own words."""
    rows = [
        {"id": "k1", "text": "mój numer 601 234 567, gdzie paczka", "reasons": ["delivery.lost"]},
        {"id": "k1", "text": "mój numer 601 234 568, super", "reasons": ["feedback.praise"]},
    ]
    (tmp_path / "e.jsonl").write_text(lines(*rows), "utf-8")
    parts, _ = gather(examples, [tmp_path / "e.jsonl"], [], lambda _: None)
    first, second = (redacted(parts["train"])[e.id] for e in parts["train"][-2:])
    assert "paczka" in first.text
    assert "super" in second.text
