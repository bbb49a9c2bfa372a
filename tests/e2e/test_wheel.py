"""The built wheel in a clean environment: only its own code, dependencies from the present environment."""

from __future__ import annotations

import json
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
PACKAGES = {"qa", "nlp", "transcripts", "scorecards", "models"}


def _run(*command: str, folder: Path, given: str = "") -> str:
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    _run(*build, str(ROOT), folder=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_five_packages_and_neither_tests_nor_training_texts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    assert not [name for name in names if name.startswith("models/training/")]
    for needed in (
        "nlp/taxonomies/contact_reasons.yaml",
        "scorecards/library/phone@1.yaml",
        "qa/report/template.html",
    ):
        assert needed in names


def test_the_installed_wheel_tags_and_scores_a_conversation(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    _run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel), folder=tmp_path)
    target = Path(
        _run(python, "-c", "import site; print(site.getsitepackages()[0])", folder=tmp_path).strip()
    )
    # a path in a .pth file is not searched for further .pth files, so our editable install stays out
    (target / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n", "utf-8")
    where = _run(python, "-c", "import qa, nlp; print(qa.__file__, nlp.__file__)", folder=tmp_path).split()
    assert all(Path(file).is_relative_to(tmp_path) for file in where)
    program = str(tmp_path / "env" / "bin" / "odsluch")
    turns = [
        {"speaker": "agent", "text": "Dzień dobry, Zielona Półka, Anna Nowak, w czym mogę pomóc?"},
        {"speaker": "customer", "text": "Zamówienie miało być tydzień temu i nadal nic nie przyszło."},
    ]
    line = json.dumps({"id": "w-1", "channel": "phone", "turns": turns})
    scored = json.loads(_run(program, "score", "-", folder=tmp_path, given=line))
    outcomes = {c["id"]: c["outcome"] for c in scored["evaluation"]["criteria"]}
    assert outcomes["greeting"] == "pass"
    assert scored["reasons"]
    assert "Odsłuch" in _run(program, "--help", folder=tmp_path)
