"""Models of the hub: only pinned revisions; a snapshot on disk is found without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import store
from models.hub import HubModel, parse
from models.manifest import ModelError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "name", ["hf:allegro/herbert-base-cased", "hf:a/b@", "hf:a/b@main", "hf:a/b@refs/pr/1"]
)
def test_a_moving_revision_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="stałej rewizji"):
        parse(name)


@pytest.mark.parametrize("name", ["hf:herbert@v1", "hf:a/b/c@v1", "hf:../x/y@v1", "hf:a b/c@v1"])
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="hf:właściciel/nazwa@rewizja"):
        parse(name)


def test_a_tag_or_commit_is_a_revision() -> None:
    assert parse("hf:allegro/herbert-base-cased@v1.0") == HubModel("allegro/herbert-base-cased", "v1.0")
    assert parse(f"hf:a/b@{COMMIT}").revision == COMMIT


@pytest.fixture
def hub_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A hub cache, offline, that holds one tiny repository."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--nasz--model" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    refs = tmp_path / "models--nasz--model" / "refs"
    refs.mkdir()
    (refs / "v1").write_text(COMMIT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("revision", [COMMIT, "v1"])
def test_a_snapshot_on_disk_is_found_offline(hub_cache: Path, revision: str) -> None:
    model = store.resolve(f"hf:nasz/model@{revision}", cache=hub_cache)
    assert model.path.name == COMMIT
    assert model.revision == revision
    assert list(model.sha256) == ["config.json"]


def test_what_is_not_on_disk_says_so_without_network(hub_cache: Path) -> None:
    with pytest.raises(ModelError, match="nie ma na dysku"):
        store.resolve("hf:nasz/inny@v1", cache=hub_cache)
