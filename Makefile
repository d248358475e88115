# The one list of commands, for people, hooks and CI. `make` alone explains it.
# Every target sets up what it needs, so a fresh clone can start with any of them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WITH := python3.13 python3.12 python3.11 python3
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --no-annotate --python-version 3.11 pyproject.toml --group build

.PHONY: help
help: ## Show this list
	@echo "Parley. Commands:"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.venv/bin/python:
	@for name in $(WITH); do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then \
	    echo "Making .venv with $$($$name --version)"; exec $$name -m venv .venv; \
	  fi; \
	done; \
	echo "Parley needs Python 3.11, 3.12 or 3.13 with its venv module, and none was found. Please install one and try again." >&2; \
	exit 1

# A stamp stands for "installed, and nothing it came from has changed since".
.venv/stamp-run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Parley needs to run ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/stamp-dev: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Parley needs to be worked on ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch .venv/stamp-run $@

.PHONY: setup
setup: .venv/stamp-dev ## Make .venv and install everything, by hash

.PHONY: demo
demo: .venv/stamp-run ## Try Parley in a browser: no account, no key, no network
	@$(BIN)/parley demo

.PHONY: check
check: setup ## Style, types and import rules, without the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo

# Tests start Parley again and again: it is compiled once, whatever the shell says.
test soak: export PYTHONDONTWRITEBYTECODE :=

.PHONY: test
test: check ## Everything a change must pass
	$(BIN)/python -m pytest -q -m "not slow" -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: soak
soak: setup ## The longer forms of the tests: chaos, races, many examples
	$(BIN)/python -m pytest -q -m "slow or hypothesis" --hypothesis-profile=soak

.PHONY: bench
bench: .venv/stamp-run ## Measure, against a named baseline in the same run
	@$(BIN)/parley bench

.PHONY: format
format: setup ## Put the code into its one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: setup ## Build the documentation into site/; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

.PHONY: gallery
gallery: setup ## Show every card on every platform, on one page: out/gallery.html
	@mkdir -p out
	@$(BIN)/python -m tests.adapters.gallery_page out/gallery.html

.PHONY: hooks
hooks: setup ## Run the checks before every commit
	$(BIN)/pre-commit install

.PHONY: lock
lock: .venv/bin/python ## Resolve the dependencies again, within pyproject.toml
	@[ -x $(BIN)/uv ] || $(MAKE) setup
	$(COMPILE) --upgrade --output-file requirements.txt
	$(COMPILE) --upgrade --extra dev --constraints requirements.txt --output-file requirements-dev.txt

.PHONY: changelog
changelog: setup ## Show the next release notes; with VERSION=1.2.3, write them
	$(BIN)/towncrier build $(if $(VERSION),--version $(VERSION),--draft --version next)
