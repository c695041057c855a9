# `make help` lists what there is. Two commands suffice for a newcomer: `make run` and `make test`.
# TESTS=tests/cards names a part of the tests; BENCH=short makes the measured runs short.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
# Tests start hundreds of processes, and several runs read the same modules: none compiles them anew.
unexport PYTHONDONTWRITEBYTECODE
# A finished step leaves a mark here; it is done again only when what it depends on has changed.
DONE := .stamps

WORKERS ?= 2
# A file stays with one process, as what its tests share (a site, people who came in) is made once for all of them; in the
# order of their names, as short files come last there: no process waits long for the other.
PYTEST ?= $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
TESTS ?=
# What PostgreSQL may set aside and pytest then calls no test at all: status 5.
NONE_IS_FINE := { [ $$? = 5 ] && [ -n "$(TESTS)" ]; }

CATALOGUES := $(patsubst %/messages.po,%/LC_MESSAGES/messages.mo,$(wildcard translations/*/messages.po))
# The oldest Node.js that builds the styles: Debian 12's. package.json and README.md say the same.
NODE := 18

FRONT_SOURCES := $(shell find static/src frontend -type f 2>/dev/null) package.json

# Settings of a site come from the environment; a file .env may hold them (see .env.example).
WITH_SETTINGS := set -a; if [ -f .env ]; then . ./.env; fi; set +a; export CDV_ENV="$${CDV_ENV:-development}"

.PHONY: help setup run test test-long test-fast sweep lint audit format catalogues lock bench clean

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# --- Setting up ------------------------------------------------------------------------------------

setup: $(DONE)/python $(DONE)/front $(CATALOGUES) ## what the site needs to run: Python, styles and scripts, translations

$(DONE):
	@mkdir -p $@

.venv/bin/python: | $(DONE)
	@command -v $(PYTHON) >/dev/null \
	  || { echo "Python 3.11 or later is needed. On Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version). Another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(DONE)/python: requirements.txt .venv/bin/python | $(DONE)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DONE)/python-dev: requirements-dev.txt $(DONE)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(DONE)/npm: package.json package-lock.json | $(DONE)
	@{ command -v node && command -v npm; } >/dev/null \
	  || { echo "Node.js $(NODE) or later and npm are needed. On Debian: apt-get install nodejs npm" >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < $(NODE) ? 1 : 0)' \
	  || { echo "Node.js $(NODE) or later is needed; this is $$(node --version)." >&2; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DONE)/front: $(DONE)/npm $(FRONT_SOURCES)
	npm run --silent build
	@touch $@

translations/%/LC_MESSAGES/messages.mo: translations/%/messages.po | $(DONE)/python
	@mkdir -p $(@D)
	$(BIN)/pybabel --quiet compile --locale $* --input-file $< --output-file $@

# --- Running ---------------------------------------------------------------------------------------

run: setup ## the site with its demo, on http://127.0.0.1:8000
	@$(WITH_SETTINGS); export DEMO="$${DEMO:-1}"; \
	if [ "$$DEMO" = 1 ]; then export HELP_PHONE="$${HELP_PHONE:-01 99 00 12 34}" \
	  HELP_PLACE="$${HELP_PLACE:-Maison du projet (adresse inventée), place du Marché}" \
	  HELP_HOURS="$${HELP_HOURS:-Du lundi au vendredi, de 9 h à 12 h et de 14 h à 18 h}"; fi; \
	$(BIN)/flask --app app db upgrade; \
	$(BIN)/flask --app app demo load; \
	echo "Open http://$${BIND:-127.0.0.1:8000} (Ctrl+C stops)."; \
	exec $(BIN)/gunicorn --config gunicorn.conf.py app:app

# --- Proving ---------------------------------------------------------------------------------------

# Prints what the browser tests lack, as names of Debian's packages (libatomic1: Playwright's driver needs it).
BROWSER_LACKS = { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null \
    || echo chromium fonts-noto-core; \
  if [ "$$(uname)" = Linux ] && ! PATH="$$PATH:/sbin:/usr/sbin" ldconfig -p | grep -F libatomic.so.1 >/dev/null; then echo libatomic1; fi

# The same for the tests of printed sheets: what WeasyPrint draws with, and what reads the PDF again.
PDF_LACKS = for library in libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 \
    libharfbuzz-subset.so.0:libharfbuzz-subset0; do \
    PATH="$$PATH:/sbin:/usr/sbin" ldconfig -p | grep -F "$${library%%:*}" >/dev/null || echo "$$library" | cut -d: -f2; done; \
  { command -v pdftotext && command -v pdffonts && command -v pdfinfo; } >/dev/null || echo poppler-utils

# Installs $$lacks where it may, for $$what; else says what is skipped.
INSTALL = if [ -n "$$lacks" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing for $$what:" $$lacks; apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$lacks >/dev/null; \
	elif [ -n "$$lacks" ]; then echo "Skipped: $$what. On Debian: apt-get install" $$lacks; fi

.PHONY: browser sheets
browser:
	@lacks="$$($(BROWSER_LACKS))"; what="the browser tests"; $(INSTALL)

sheets: browser
	@lacks="$$($(PDF_LACKS))"; what="the tests of printed sheets"; $(INSTALL)

# What a site's own settings would change.
WITHOUT_SETTINGS := unset CDV_ENV DATABASE_URL DATA_DIR KEYS_DIR LEDGER_DIR

# Servers, browsers and clocks are real here, and a busy machine is late now and then. In continuous integration what failed
# is asked again, alone, where that is five tests at most; what fails twice ends the run. Both times stand in the output.
ASKED_AGAIN = { [ -n "$${CI:-}" ] && [ "$$(grep -c '": true' .pytest_cache/v/cache/lastfailed)" -le 5 ] \
    && echo "The same once more, what failed alone:" \
    && $(BIN)/pytest --last-failed --last-failed-no-failures none -m "$$marks" $(TESTS); }

# $(call RUN_TESTS,MARKS): the tests with these marks, on SQLite and, where TEST_POSTGRES_URL is set, on PostgreSQL too.
define RUN_TESTS
	@if [ -z "$${TEST_POSTGRES_URL:-}" ]; then \
	  echo "Skipped: the tests on PostgreSQL. Set TEST_POSTGRES_URL, such as postgresql+psycopg://postgres@127.0.0.1:5432/test"; fi
	@marks="$(1)"; if [ -n "$$($(BROWSER_LACKS))" ]; then marks="$$marks and not browser"; fi; \
	if [ -n "$$($(PDF_LACKS))" ]; then marks="$$marks and not pdf"; fi; \
	$(WITHOUT_SETTINGS); \
	export TEST_DATABASE=sqlite; $(PYTEST) -m "$$marks" $(TESTS) || $(ASKED_AGAIN) || exit 1; \
	if [ -n "$${TEST_POSTGRES_URL:-}" ]; then echo "The same tests on PostgreSQL:"; \
	  export TEST_DATABASE=postgresql; $(PYTEST) -m "$$marks" $(TESTS) || $(NONE_IS_FINE) || $(ASKED_AGAIN) || exit 1; fi
endef

test: setup $(DONE)/python-dev browser sheets ## all tests but the long ones and the sweep; on PostgreSQL too where TEST_POSTGRES_URL is set
	$(call RUN_TESTS,not long and not sweep)

test-long: setup $(DONE)/python-dev ## attacks and faults that take many seconds: bombs, floods, killed processes, cut connections
	$(call RUN_TESTS,long)

test-fast: setup $(DONE)/python-dev ## what needs no browser and no printed sheet, on SQLite alone
	@$(WITHOUT_SETTINGS); TEST_DATABASE=sqlite $(PYTEST) -m "not long and not browser and not pdf" $(TESTS)

sweep: setup $(DONE)/python-dev browser ## look at every page in every language and width, in Chromium, on SQLite
	@$(WITHOUT_SETTINGS); TEST_DATABASE=sqlite $(PYTEST) -m looks $(TESTS)

.PHONY: mutants
mutants: setup $(DONE)/python-dev ## small faults put into the code, to see whether the tests find them: make mutants [MUTANTS="--sample 100 --seed 2"]
	$(BIN)/python -m tests.mutants --workers $(WORKERS) $(MUTANTS)

# The reference library asks for a proprietary solver that nothing here uses: only what the list names is installed.
$(DONE)/oracle: requirements-oracle.txt .venv/bin/python | $(DONE)
	$(PYTHON) -m venv --clear $(DONE)/reference
	$(DONE)/reference/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-oracle.txt
	@touch $@

.PHONY: oracle
oracle: $(DONE)/oracle ## our count beside the reference library's in random elections: make oracle [ORACLE="--elections 5000 --seed 2"]
	$(DONE)/reference/bin/python -m tools.oracle $(ORACLE)

lint: $(DONE)/python-dev ## ruff, mypy, the layers, and catalogues that say what the code says and no more
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.catalogues --check

audit: $(DONE)/python ## known weaknesses of the locked packages (pip-audit, npm audit); needs a network
	@test -x $(DONE)/auditing/bin/pip-audit || { $(PYTHON) -m venv --clear $(DONE)/auditing \
	  && $(DONE)/auditing/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.10,<3'; } \
	  || echo "pip-audit could not be fetched." >&2
	@$(BIN)/python -m tools.audit $(DONE)/auditing/bin/pip-audit

format: $(DONE)/python-dev ## put the code in its usual form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

catalogues: $(DONE)/python ## bring translations/*/messages.po to what the code says
	$(BIN)/python -m tools.catalogues

# --- Measuring -------------------------------------------------------------------------------------

# BENCH=short: the small site and few rounds, to see that each run works; no goal of speed is judged.
BENCH ?=
export BENCH

.PHONY: bench-compare bench-import bench-pages bench-cards bench-durability bench-attempts bench-consultations bench-ideas bench-fund bench-accepting bench-hints bench-tally bench-weight bench-lighthouse

bench: ## all measured runs, about 20 minutes; JSON in benchmarks/results/
	@missed=""; for part in import pages cards durability attempts consultations ideas fund accepting hints tally weight lighthouse; do \
	  echo; echo "== $$part"; $(MAKE) bench-$$part || missed="$$missed $$part"; done; \
	if [ -n "$$missed" ]; then echo "Goals missed or runs failed:$$missed" >&2; exit 1; fi

bench-import: setup ## time and memory of importing the largest pack
	$(BIN)/python -m benchmarks.import_pack

bench-pages: setup ## pages against a bare Flask view, up to 20,000 commitments
	$(BIN)/python -m benchmarks.pages

bench-compare: setup ## pages against those of another commit: make bench-compare BASE=REVISION [BASE_PYTHON=…]
	$(BIN)/python -m benchmarks.compare $(BASE) $(if $(BASE_PYTHON),--python $(BASE_PYTHON))

bench-cards: setup ## sign-ins by card: rate, and argon2's share of it
	$(BIN)/python -m benchmarks.card_sign_in

bench-durability: setup ## acts a second on SQLite that waits for the disk, and on one that does not
	$(BIN)/python -m benchmarks.durability

bench-attempts: setup ## what one counted attempt to come in costs
	$(BIN)/python -m benchmarks.counted_attempt

bench-consultations: setup $(DONE)/python-dev ## pages of consultations with 150,000 answers against 100; BENCH_POSTGRES_URL for PostgreSQL
	$(BIN)/python -m benchmarks.consultations

bench-ideas: setup $(DONE)/python-dev ## pages of ideas with 10,000 ideas and 60,000 supports and points against 100; BENCH_POSTGRES_URL too
	$(BIN)/python -m benchmarks.ideas

bench-fund: setup $(DONE)/python-dev ## the desk of projects with 2,000 projects in a round against 20; BENCH_POSTGRES_URL too
	$(BIN)/python -m benchmarks.fund

bench-accepting: setup $(DONE)/python-dev ## answers to a consultation that come in, against a bare view; BENCH_POSTGRES_URL too
	$(BIN)/python -m benchmarks.accepting

bench-hints: setup $(DONE)/python-dev ## what looking through a text costs: its length, and that of the list of words
	$(BIN)/python -m benchmarks.hints

bench-tally: setup ## the count of elections; beside the reference library's where `make oracle` has installed it
	$(BIN)/python -m benchmarks.tally

bench-weight: setup $(DONE)/python-dev browser ## bytes of a first visit on a phone
	CHROMIUM="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome)}" \
	  $(BIN)/python -m benchmarks.weight

bench-lighthouse: setup $(DONE)/npm-bench browser ## Lighthouse on a phone: performance and accessibility
	CHROMIUM="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome)}" \
	  $(BIN)/python -m benchmarks.lighthouse

$(DONE)/npm-bench: benchmarks/package.json benchmarks/package-lock.json $(DONE)/npm
	npm ci --prefix benchmarks --no-audit --no-fund --loglevel=error
	@touch $@

# --- Keeping ---------------------------------------------------------------------------------------

COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(DONE)/locking/bin/pip-compile --quiet --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --strip-extras --allow-unsafe

lock: | $(DONE) ## write requirements*.txt anew from requirements*.in
	$(PYTHON) -m venv --clear $(DONE)/locking
	$(DONE)/locking/bin/pip install --quiet --disable-pip-version-check pip-tools
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(filter-out --allow-unsafe,$(COMPILE)) --unsafe-package gurobipy --output-file requirements-oracle.txt requirements-oracle.in

clean: ## remove what was built (never the data)
	rm -rf $(DONE) .venv node_modules benchmarks/node_modules benchmarks/results static/dist test-results
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf $(dir $(CATALOGUES))
