# Everything from nothing; `make help` lists. No step asks a question or needs a file from outside.
PYTHON ?= python3
PORT ?= 8780
DEPARTMENTS_PORT ?= 8790
HOST ?= 127.0.0.1
N ?= 2
BIN := .venv/bin
JIUZHU := $(BIN)/python -m jiuzhu
export JIUZHU_PORT := $(PORT)
export JIUZHU_DEPARTMENTS_PORT := $(DEPARTMENTS_PORT)
export JIUZHU_HOST := $(HOST)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check fix docs manual lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## a working city on this machine: http://127.0.0.1:8780/ (PORT=…, HOST=…); Ctrl-C stops all
	@exec $(JIUZHU) up

test: .venv/dev.stamp ## all tests, the browser's included (ONLY=path or -k words)
	@.ci/system-packages test
	$(BIN)/pytest -n $(N) --dist worksteal $(ONLY)

check: .venv/dev.stamp ## format, lint, types, import contracts, lock files, generated pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djangofmt --check -q jiuzhu departments
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if grep -n '://' requirements.lock requirements-dev.lock; then echo 'a lock file names an address; type: make lock'; exit 1; fi
	$(JIUZHU) docs --check

fix: .venv/dev.stamp ## format, repair what can be repaired, rebuild generated pages
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt -q jiuzhu departments
	$(JIUZHU) docs

docs: .venv/dev.stamp ## rebuild the pages generated from code (docs/reference)
	$(JIUZHU) docs

manual: .venv/dev.stamp ## walk the journeys in a browser and write docs/manual with fresh screenshots
	@.ci/system-packages test
	$(BIN)/python -m tests.manual

lock: ## recompile the lock files from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## stop the embedded databases and remove environment and local data (var/)
	-$(JIUZHU) db stop
	rm -rf .venv var

.venv/bin/python:
	@.ci/system-packages run
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch .venv/run.stamp $@
