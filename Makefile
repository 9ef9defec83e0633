# `make` alone lists what can be typed. Needs Python 3.11 or newer; everything else is installed into .venv.
PORT ?= 8501
PORTAL_HOME ?= .portal
export PORT PORTAL_HOME
# Packages are installed uncompiled (a third faster); Python must then be free to keep what it compiles at first use.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
INSTALL := $(PY) -m pip install --quiet --no-compile --disable-pip-version-check
.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/run ## the portal on http://localhost:8501 (PORT and PORTAL_HOME override), demo data on first start
	@exec $(PY) -m streamlit run app.py --server.port $(PORT) --browser.serverAddress localhost

.PHONY: test
test: .venv/test chromium lint ## everything that must pass before a commit: lint, then all tests (two files at a time)
	@$(PY) -m pytest -n 2 --dist loadfile

.PHONY: lint
lint: .venv/test ## style, types and import directions
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

.PHONY: fmt
fmt: .venv/test ## format, and repair what ruff can repair
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: interop
interop: .venv/test ## the API as tools and clients of others see it
	@$(PY) -m pytest -m interop tests/interop

.PHONY: bench
bench: .venv/test ## figures and how they were measured (NAME=one of them)
	@$(PY) -m benchmarks $(NAME)

.PHONY: e2e
e2e: .venv/test chromium ## only the journeys in a real browser
	@$(PY) -m pytest -m browser

.PHONY: screenshots
screenshots: .venv/test chromium ## pictures of the pages into screenshots/
	@$(PY) -m tests.end_to_end.screenshots

.PHONY: migrate
migrate: .venv/run ## create missing tables and apply the changes of sql/ (the app does so itself when it starts)
	@$(PY) -m jobs migrate

TARGET ?= dev

.PHONY: deploy
deploy: bundle-check ## to the Databricks workspace of TARGET=dev|prod: resources, tables, then the app (docs/operator.md)
	@databricks bundle deploy --target $(TARGET)
	@databricks bundle run --target $(TARGET) migrate
	@databricks bundle run --target $(TARGET) portal

.PHONY: bundle-check
bundle-check: .venv/test ## app.yaml and databricks.yml, without a workspace (BUNDLE_SCHEMA=file: also by the CLI's own schema)
	@$(PY) -m tests.bundle

.PHONY: test-live
test-live: .venv/test ## the engine contract on a real warehouse, in a schema of its own (docs/operator.md names the variables)
	@$(PY) -m pytest -m live

.PHONY: run-standin
run-standin: .venv/test ## the portal on the connector's path, with a stand-in workspace beside it to break things in
	@exec $(PY) -m tests.standins.run

.venv/run: requirements.txt
	@$(venv)
	@echo "Installing packages into .venv (about half a minute) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/test: requirements.txt requirements-dev.txt
	@$(venv)
	@echo "Installing packages and tools into .venv (about a minute) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch .venv/run $@

define venv
test -x $(PY) && $(PY) -m pip --version >/dev/null 2>&1 && exit 0; \
for python in python3.11 python3.12 python3.13 python3; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec $$python -m venv --clear .venv; \
done; \
echo "The portal needs Python 3.11 or newer (https://www.python.org/downloads); none was found." >&2; exit 1
endef

# Browser tests use the system's Chromium. Where it cannot be had they are skipped, but fail when CI=true.
.PHONY: chromium
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	root=$$(test "$$(id -u)" = 0 || echo "sudo -n"); \
	command -v apt-get >/dev/null && $$root apt-get update -qq && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null || \
	echo "No Chromium here and it could not be installed: the browser tests cannot run." >&2
