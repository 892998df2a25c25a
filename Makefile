# Every command a person needs. `make` alone lists them.
#
# What is set up lands in .venv, web/node_modules and web/dist, and is left alone until what it was made from changes.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

python := .venv/bin/python
# The lock files are whole. --no-deps, or an older pip looks at releases newer than those pinned and finds no hash for them.
install := $(python) -m pip install --require-hashes --no-deps
# Three workers for two processors: a test waits for time and for other processes a good part of its life. The tests of
# one file share servers and pages, so a file stays on one worker. In their own order: otherwise files with few tests
# come last, among them the longest, and one worker has nothing to do meanwhile.
workers := $(shell expr "$$(getconf _NPROCESSORS_ONLN)" '*' 3 / 2 2>/dev/null || echo auto)
pytest := $(python) -m pytest --numprocesses=$(workers) --dist=loadfile --no-loadscope-reorder
log := .venv/setup.log
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

# A .venv whose Python is gone (after an upgrade of the system's) is none.
$(shell test -e $(python) || rm -rf .venv)

# Runs a command in silence; when it fails, shows what it said and then the one line that matters.
# $(call quietly,<command>,<what went wrong>)
quietly = $(1) >$(log) 2>&1 || { cat $(log) >&2; echo "rebond: $(2)" >&2; exit 1; }

sources := $(wildcard server web/py web/runtime deploy tests playwright bench)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: build ## Serve the chat at http://127.0.0.1:8000
	@exec .venv/bin/rebond serve

.PHONY: share
share: build ## The same for a class: serve the local network, and show the address with a QR code
	@exec .venv/bin/rebond share

.PHONY: dev
dev: setup ## The same, reloading when a file of the server or of the page changes
	@exec .venv/bin/rebond dev

.PHONY: build
build: setup ## Build the page into web/dist, if anything in it changed
	@$(python) -m web.runtime.build

.PHONY: check
check: .venv/test.stamp ## Format, lint and types
	@echo "Checking format, lint and types …"
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary $(sources)

.PHONY: test
test: check build browser ## check, and every test, browser included
ifneq ($(wildcard tests),)
	@echo "Testing the core, the server and what is between them …"
	@$(pytest) tests $(if $(wildcard web/py/rebond),--cov --cov-report=term)
endif
ifneq ($(wildcard playwright/test_*.py),)
	@echo "Testing in a browser …"
	@$(pytest) playwright
endif

.PHONY: torture
torture: .venv/test.stamp build browser ## The long runs, over an hour: faults in every order (REBOND_SEED=… repeats a run)
	@REBOND_TORTURE=1 $(python) -m pytest tests/rebond/simulation tests/faults playwright/test_endurance.py

.PHONY: defects
defects: .venv/test.stamp ## Plant each known mistake in a copy of the code, and show which test catches it
	@$(python) -m tests.defects.plant $(only)

.PHONY: bench
bench: .venv/test.stamp build ## Measure, and write down what was measured
ifneq ($(wildcard bench),)
	@$(python) -m bench
else
	@echo "There is nothing to measure yet: bench/ is missing."
endif

.PHONY: pictures
pictures: build browser ## Make the README's picture and the icons anew
	@$(python) playwright/pictures.py

.PHONY: release
release: build ## Pack what a server needs into dist/ (docs/deploy.md)
	@$(python) deploy/pack.py

.PHONY: lock
lock: .venv/run.stamp ## Pin the newest versions of the Python packages (needs network)
	@echo "Resolving the Python packages …"
	@$(call quietly,$(install) -r requirements/lock.txt,uv could not be installed.)
	@cd requirements && for name in runtime test node lock; do \
		../.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; \
	done

.PHONY: clean
clean: ## Remove what was set up and built (never ./data)
	@rm -rf .venv web/node_modules bench/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------------------------- set-up

.PHONY: setup
setup: .venv/run.stamp web/node_modules/.stamp

# The first Python of at least 3.11, whatever it is called; PYTHON=… on the command line is tried before the others.
.venv/bin/python:
	@found=; for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "rebond: Python 3.11 or newer is needed; python3 is $$(python3 -V 2>/dev/null || echo missing)" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "rebond: $$found has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making .venv with $$($$found -V) …"; \
	$$found -m venv .venv || { rm -rf .venv; echo "rebond: $$found could not make .venv (see above)" >&2; exit 1; }

.venv/run.stamp: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Installing the Python packages into .venv …"
	@$(call quietly,$(install) -r requirements/runtime.txt,the Python packages could not be installed (see above; is there a network?))
	@$(call quietly,$(python) -m pip install --no-build-isolation --no-deps --editable .,rebond itself could not be installed (see above))
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@echo "Installing the tools of the tests into .venv …"
	@$(call quietly,$(install) -r requirements/test.txt,the tools of the tests could not be installed (see above; is there a network?))
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json web/.npmrc | .venv/run.stamp
	@$(python) -m web.runtime.install
	@touch $@

.PHONY: browser
browser: .venv/test.stamp
	@$(python) playwright/browser.py
