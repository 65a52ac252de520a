# Consult. `make run` serves the demonstration, `make test` passes the whole test suite.
# A bare machine needs Python 3.11 or newer, pip and make; everything else is installed here.

PYTHON ?= python3
PORT ?= 5000
# More than the cores of a small machine: tests wait for a browser, for mails and for PostgreSQL.
WORKERS ?= 4
VENV := .venv
BIN := $(VENV)/bin
export FLASK_APP := consult
# Compiled modules are kept: the suite starts many processes, and each would compile its own.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev assets translations texts run serve worker test test-long lint format static check migration pages guards mutants bench lock clean

help: ## Show what can be done
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Consult needs Python 3.11 or newer. Name one with: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  $(PYTHON) -m pip install --quiet --user --break-system-packages virtualenv 2>/dev/null || \
	  $(PYTHON) -m pip install --quiet virtualenv; $(PYTHON) -m virtualenv --quiet $(VENV); }

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.installed assets translations ## Install what the product needs
setup-dev: $(VENV)/.installed-dev assets translations ## Install what its makers need

assets: $(VENV)/.installed ## Fetch the styles, fonts and scripts that the lock names
	@command -v npm >/dev/null || [ -f consult/static/vendor/.stamp ] || \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-assets.lock
	@$(BIN)/python tools/assets.py

translations: $(VENV)/.installed ## Compile the Dutch texts
	@$(BIN)/pybabel -q compile --directory consult/translations

texts: $(VENV)/.installed ## Gather the texts of the interface for translation
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext --no-location --sort-output \
	  -o build/messages.pot consult templates
	$(BIN)/pybabel -q update --width 100 --no-fuzzy-matching --ignore-obsolete \
	  -i build/messages.pot -d consult/translations -l nl

run: setup ## Serve the demonstration at http://127.0.0.1:$(PORT)
	@$(BIN)/python tools/run.py --port $(PORT)

ifdef ONLY
test: setup-dev
	CONSULT_TEST_DATABASE=$(or $(DATABASE),sqlite) $(BIN)/python -m pytest -q -n 2 -m "not long" \
	  $(addprefix tests/,$(ONLY))
else
test: setup-dev ## Pass the whole test suite; one package: make test ONLY=proposals DATABASE=postgresql
	@mkdir -p build
	@echo "Static checks run beside the tests on SQLite, and are told after them."
	@$(MAKE) --no-print-directory static >build/static.log 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not long"; tests=$$?; \
	wait $$checks; checks=$$?; cat build/static.log; exit $$((tests + checks))
	CONSULT_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal \
	  -m "not long and not browser" --one-page-test-in 12
endif

# The long tests in parts, none over an hour; `pages` has no part on PostgreSQL.
PARTS := storms sweeps volume pages postgresql
PART ?= $(PARTS)
LONG_storms := tests/long
LONG_sweeps := tests/house tests/accounts tests/privacy tests/core tests/meetings tests/policy tests/rounds tests/record tests/outsiders
LONG_volume := tests/exchange tests/backup tests/publishing
LONG_pages := tests/browser

test-long: setup-dev ## Pass the long tests; one part: make test-long PART=storms (sweeps, volume, pages, postgresql)
	@for part in $(PART); do $(MAKE) --no-print-directory long-$$part || exit 1; done

long-storms long-sweeps long-volume: long-%:
	$(BIN)/python -m pytest -q -m long $(LONG_$*)
	CONSULT_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -m long $(LONG_$*)

long-pages:
	$(BIN)/python -m pytest -q -n 2 -m long $(LONG_pages)

long-postgresql:
	CONSULT_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n 2 -m "not long and not browser"

lint: $(VENV)/.installed-dev ## Look at form and layers only, in seconds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/.installed-dev ## Put code and templates in form
	$(BIN)/ruff format .
	$(BIN)/djangofmt templates

static: $(VENV)/.installed-dev
	@$(MAKE) --no-print-directory lint
	$(BIN)/mypy
	$(BIN)/djangofmt --check templates
	$(BIN)/djlint templates --lint --quiet

check: setup-dev static ## Lint, types, templates and the rules of the house
	$(BIN)/python -m pytest -q -n 2 -p no:cacheprovider \
	  $(addprefix tests/house/test_,layout.py habits.py translations.py templates.py routes.py kinds.py errors_on_fields.py)

migration: setup-dev ## Write a migration of what changed: make migration NAME="what it does"
	@$(BIN)/python tools/migration.py "$(NAME)"

pages: setup-dev ## Print the pages of docs/ that are made from the code
	$(BIN)/python -m tests.policy.matrix
	$(BIN)/python -m tests.privacy.format_page
	$(BIN)/python -m tests.privacy.retention_page

guards: setup-dev ## Switch guards off one by one: each must turn the suite red
	$(BIN)/python -m tests.guards

mutants: setup-dev ## Change queries, lists, services and views: tests must notice 9 of 10
	$(BIN)/python -m tests.mutants

bench: setup-dev ## Measure the product beside the floor page; less: make bench OPTIONS="--size 2000"
	$(BIN)/python -m tests.bench $(or $(OPTIONS),--write)

lock: $(BIN)/python ## Make the lock files anew from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --group assets pyproject.toml -o requirements-assets.lock

clean: ## Remove what was installed and the demonstration's data
	rm -rf $(VENV) node_modules consult/static/vendor instance
