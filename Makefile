# Every target sets up what it needs in .venv; the only precondition is Python 3.11 or newer (with venv, as python.org and Debian ship it).
#
#   make demo         process the example invoices and show what was read
#   make test         run the test suite
#   make check        formatting, lint, types, layers
#   make bench        measure pages per second on this machine
#   make docs         renew the pages that are made from the code: commands, settings, rules, tables
#   make site         the documentation as a site in build/site
#   make proof        measure again what README and docs claim; PROOF=--quick takes minutes
#   make train-setup  add what training a model needs (large)
#   make constraints  find newer versions and write them to constraints.txt
#   make clean        remove .venv and caches

PYTHON ?= python3
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input $(PIP_FLAGS)
# The wheel of pyright carries pyright itself and only needs a `node`; without one it would install its own, over the network.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

PACKAGES := schemas extractors warehouse dashboard flows
NEEDS_TRAIN := '^ *(import|from) (torch|onnx|onnxscript|sklearn|matplotlib|typst)( |\.|$$)'

.DEFAULT_GOAL := help
.PHONY: help demo test check bench proof format docs site train-setup constraints clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/.installed-run
	@$(BIN)/lineitem demo

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest $(TESTS)

check: $(VENV)/.installed-dev
	@command -v node > /dev/null || echo "check: no 'node' on the PATH: pyright now installs its own, which needs the network. Installing Node.js avoids that." >&2
	@echo "==> format"
	@$(BIN)/ruff format --check .
	@echo "==> lint"
	@$(BIN)/ruff check .
	@if $(BIN)/python -c "import torch" 2> /dev/null; then echo "==> types"; $(BIN)/pyright; else \
	  echo "==> types (without the files that need the train extra; after 'make train-setup' with them)"; \
	  $(BIN)/pyright $$(grep -rLE $(NEEDS_TRAIN) --include='*.py' $(PACKAGES)); fi
	@echo "==> layers"
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.run $(BENCH)

proof: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.proof $(PROOF)

docs: $(VENV)/.installed-run
	@$(BIN)/python docs/cli_page.py > docs/cli.md.new && mv docs/cli.md.new docs/cli.md
	@$(BIN)/python -m flows.settings_page > docs/settings.md.new && mv docs/settings.md.new docs/settings.md
	@$(BIN)/python -m schemas.rules_page > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	@$(BIN)/python -m warehouse.data_dictionary > docs/data-dictionary.md.new && mv docs/data-dictionary.md.new docs/data-dictionary.md

site: $(VENV)/.installed-site
	@$(BIN)/mkdocs build --strict --quiet --config-file mkdocs.yml --site-dir build/site
	@echo "build/site/index.html"

train-setup: $(VENV)/.installed-train

constraints:
	@rm -rf build/newest && mkdir -p build
	@$(PYTHON) -m venv build/newest
	@echo "==> resolving the newest versions that fit pyproject.toml (some minutes)"
	@build/newest/bin/python -m pip install --quiet --quiet --disable-pip-version-check $(PIP_FLAGS) -e ".[dev,train]"
	@sed -n '/^#/p' constraints.txt > build/constraints.txt
	@build/newest/bin/python -m pip freeze --exclude-editable | sed 's/+.*//; s/ @ .*//' | tr 'A-Z_' 'a-z-' >> build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/newest
	@git diff --stat -- constraints.txt

clean:
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	  echo "Lineitem needs Python 3.11 or newer, and '$(PYTHON)' is: $$($(PYTHON) --version 2>&1 | head -n 1)." >&2; \
	  echo "Name another one like this: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "==> creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu the package python3-venv provides it." >&2; exit 1; }

# A stamp is renewed when the requirements change, so a pulled change of versions is installed by the next command.
$(VENV)/.installed-run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing Lineitem (first time: some minutes)"
	@$(INSTALL) -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing Lineitem with its test tools (first time: some minutes)"
	@$(INSTALL) -c constraints.txt -e ".[dev]"
	@touch $@ $(VENV)/.installed-run

$(VENV)/.installed-site: pyproject.toml constraints.txt | $(BIN)/python
	@$(INSTALL) -c constraints.txt -e ".[site]"
	@touch $@ $(VENV)/.installed-run

# On Linux the default torch is the CUDA build, gigabytes large. PIP_FLAGS takes the index of PyTorch's CPU builds instead.
$(VENV)/.installed-train: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing what training needs: torch and more (large)"
	@$(INSTALL) -c constraints.txt -e ".[dev,train]"
	@touch $@ $(VENV)/.installed-dev $(VENV)/.installed-run
