# The commands of the README. `make report` and `make test` set everything up by themselves, with
# uv where it is there, else pip. A second call finds its stamp files and starts at once.
#
#   make report PYTHON=python3.12   another Python (3.11 or newer)
#   make test UV=                   pip, although uv is there
#   make test ARGS="-k numbers"     some tests only

# Modules are compiled once, whatever the shell says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
ifeq ($(origin UV), undefined)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
endif

VENV := .venv
BIN := $(VENV)/bin
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
ARGS ?=

ifeq ($(UV),)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
INSTALL := VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode
endif

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

# Files stay in their order, the folders with long ones first: xdist would run a file of one long test
# last, alone.
PYTEST := $(BIN)/pytest --numprocesses logical --dist loadfile --no-loadscope-reorder --durations 20 --durations-min 5

# --- what people run ------------------------------------------------------------------------

.PHONY: report
report: $(VENV)/.base ## build every report of params/ into reports/
	$(BIN)/beskplan build

.PHONY: test
test: $(VENV)/.dev chromium ## run the tests
	$(PYTEST) -m "not thorough" $(ARGS)

.PHONY: test-thorough
test-thorough: $(VENV)/.dev chromium ## the long tests: faults, kills, all 98 municipalities, JupyterLab
	$(PYTEST) -m thorough $(ARGS)

.PHONY: check
check: lint format-check notebooks-check types imports dependencies ## what pre-commit and CI check

.PHONY: bench
bench: $(VENV)/.dev ## measure the speed of the build
	$(BIN)/python -m tests.bench.build $(ARGS)

.PHONY: backtest
backtest: $(VENV)/.dev ## hold the forecasts against twelve known months, see docs/metode-fremskrivning.md
	$(BIN)/python tests/bench/backtest.py

.PHONY: metode
metode: $(VENV)/.dev ## write docs/metode.md again, of the registers and docs/metode/beregninger.yaml
	$(BIN)/python docs/metode/make_metode.py

.PHONY: pictures
pictures: report $(VENV)/.dev ## take the pictures of the README and the guide again
	$(BIN)/python docs/pictures/make_pictures.py reports/2021/rudersdal/maalgrupper docs/pictures
	$(BIN)/python -m docs.pictures.make_lab_pictures docs/pictures

.PHONY: format
format: $(VENV)/.dev ## lay out the code, mend what ruff can mend, strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(if $(NOTEBOOKS),$(BIN)/nbstripout $(STRIP) $(NOTEBOOKS))

.PHONY: clean
clean: ## remove the environment and caches; reports stay, with their approvals
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find beskplan tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the parts of `make check` ---------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/.dev
	$(BIN)/ruff check .

.PHONY: format-check
format-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

# Cell ids stay: a renumbered id makes a new cell look like a change of all that follow.
STRIP := --keep-id --extra-keys "metadata.language_info.version metadata.papermill \
  metadata.widgets cell.metadata.papermill cell.metadata.execution"
.PHONY: notebooks-check
notebooks-check: $(VENV)/.dev
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify $(STRIP) $(NOTEBOOKS))

.PHONY: types
types: $(VENV)/.dev
	$(BIN)/mypy

.PHONY: imports
imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo --no-cache

.PHONY: dependencies
dependencies: $(VENV)/.dev
	$(BIN)/deptry beskplan

.PHONY: chromium
chromium: ## install what only the tests need, where that is possible
	@.ci/install-chromium

# --- set-up ----------------------------------------------------------------------------------

# `lock` takes newer versions; afterwards look at the difference and run the tests.
COMPILE := uv pip compile --quiet --universal --generate-hashes --upgrade \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
.PHONY: lock
lock: ## take new versions of all dependencies into requirements/
	$(COMPILE) pyproject.toml --group build -o requirements/base.txt
	$(COMPILE) pyproject.toml --group build --group dev -c requirements/base.txt \
	  -o requirements/dev.txt

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "beskplan needs Python 3.11 or newer: make PYTHON=..." >&2; exit 2; }
ifeq ($(UV),)
	$(PYTHON) -m venv $(VENV)
else
	$(UV) venv --quiet --allow-existing --no-python-downloads --python $(PYTHON) $(VENV)
endif
	@touch $@

# Hashes are checked for everything that comes from outside; the project itself comes last.
$(VENV)/.base: requirements/base.txt pyproject.toml | $(VENV)/.python
	$(INSTALL) --require-hashes -r requirements/base.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
