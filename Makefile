# Two commands are enough: `make run` starts the service, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := casework store intake extract review outputs service

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev frontend run test check samples bench train evaluate screenshots lock clean

help:  ## Show what there is to make
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Formwright needs Python 3.11 or newer. Install it, or name it: make PYTHON=python3.12 setup"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(BIN)/.ready-dev: $(BIN)/.ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

review/static/nhsuk/VERSION: $(BIN)/.ready package.json package-lock.json requirements-node.txt tools/install_frontend.py
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt
	$(BIN)/python tools/install_frontend.py

setup: $(BIN)/.ready review/static/nhsuk/VERSION  ## Make .venv with formwright in it, and fetch the page styles

setup-dev: setup $(BIN)/.ready-dev

run: setup  ## Start the service; the first time, load the sample requests
	$(BIN)/formwright run --with-samples

samples: setup  ## Load the sample requests into the data folder
	$(BIN)/formwright samples

check: setup-dev  ## Format, lint, types, import contracts and the pure tests, in under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -m pure

test: setup-dev  ## Run every test, on at most four processors; the tests of one file stay together
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: setup  ## Measure reading beside its peers, which are installed into an environment of their own
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-bench.txt
	.venv-bench/bin/python benchmarks/read.py $(or $(FORMWRIGHT_CORPUS),../shared/corpus)

train: setup  ## Learn the classifier anew from the labelled answers; the same bytes from the same data
	$(BIN)/python -m tools.train_answers

evaluate: setup  ## Measure the judging of answers in grouped folds: rules alone, classifier alone, both
	$(BIN)/python -m tools.train_evaluate

screenshots: setup-dev  ## Take a picture of every page, wide and narrow, into docs/screenshots
	$(BIN)/python -m tools.take_screenshots

lock:  ## Pin what requirements*.in ask for, with hashes
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-node.in -o requirements-node.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-bench.in -o requirements-bench.txt

clean:  ## Remove the environment and everything that was built, but no data
	rm -rf $(VENV) .venv-bench review/static/nhsuk node_modules *.egg-info
