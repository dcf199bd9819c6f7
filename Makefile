# Everything runs in a virtual environment of its own; Python 3.11 or later, make and git suffice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
READY := $(VENV)/.ready

.PHONY: help demo test check coverage nightly bench docs clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

$(CORE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "policylang needs Python 3.11 or later; try: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(READY): pyproject.toml | $(CORE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,test]'
	@touch $@

demo: $(CORE)  ## replay the December 2025 outage: stopped, and why
	@$(BIN)/python examples/demo.py

test: $(READY)  ## every test
	$(BIN)/python -m pytest

check: $(READY)  ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: $(READY)  ## branch coverage of the core, at least 95%
	$(BIN)/python -m pytest --cov --cov-branch --cov-report=
	$(BIN)/coverage report --fail-under=95 --include='policylang/language/*,policylang/semantics/*,policylang/ir/*,policylang/engines/*,policylang/model/*'

nightly: $(READY)  ## a million generated (program, request) pairs on every engine
	$(BIN)/python tests/properties/million.py --pairs 1000000

bench: $(READY)  ## the figures of the README and the docs
	@missed=; for script in parse_speed load startup memory growth decide_many; do \
		echo "== $$script"; $(BIN)/python tests/benchmarks/$$script.py || missed="$$missed $$script"; \
	done; test -z "$$missed" || { echo "missed a bar:$$missed" >&2; exit 1; }

docs: $(READY)  ## the pages and the picture that are written from the code
	@$(BIN)/python docs/generate.py

clean:  ## remove what was made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
