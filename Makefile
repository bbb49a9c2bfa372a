# Two commands matter: `make demo` (set up, run the whole way on examples/) and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Extra pip options for torch, for example an index of your own that serves the CPU build.
PIP_TORCH_ARGS ?=
# pip goes on after a broken look-up; its warnings about odd local mirrors are not ours to mend.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet

.PHONY: demo test unit lint types setup bench lock clean help

help:
	@echo "make demo   - set up and run the whole pipeline on examples/"
	@echo "make test   - set up, check style, types and imports, run all tests"
	@echo "make unit   - only the quick tests"
	@echo "make bench  - speed of tagging beside the naive way"
	@echo "make lock   - write requirements.lock from the present environment"

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Potrzebny Python 3.11 lub nowszy (jest: $$($(PYTHON) -V))."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Brak modułu venv: apt-get install python3-venv"; exit 1; }
	@echo "[1/3] środowisko i PyTorch (wersja CPU) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) $(PIP_TORCH_ARGS) "$$(grep '^torch==' requirements.lock)"
	@echo "[2/3] zależności z requirements.lock ..."
	@$(PIP) --no-deps -r requirements.lock
	@echo "[3/3] odsluch ..."
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready

demo: setup
	@$(BIN)/odsluch models build whisper-base e5-small-pl
	@test -f var/demo.key || $(BIN)/odsluch privacy new-key var/demo.key
	@$(BIN)/odsluch run --config examples/odsluch.toml examples
	@$(BIN)/odsluch report --config examples/odsluch.toml
	@$(BIN)/odsluch backlog list --config examples/odsluch.toml
	@echo "W przeglądarce: $(BIN)/odsluch serve --config examples/odsluch.toml"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

unit: setup
	$(BIN)/pytest tests/unit tests/contract

test: lint types
	$(BIN)/pytest

bench: setup
	$(BIN)/python -m nlp.benchmark

lock: setup
	$(BIN)/pip freeze --exclude-editable --exclude odsluch | grep -v '^nvidia-' > requirements.lock

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache
