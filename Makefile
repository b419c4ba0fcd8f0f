# Everything a newcomer or a developer does here. Python 3.11 or later is all that must be there before.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header pyproject.toml
# Twice the processors of a small machine: some of them always wait, for a server or a code's half minute.
WORKERS ?= 4

# However the shell is set up, Python keeps what it compiled: a test run starts a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run check test chaos bench years stops containers lint audit sbom clean lock environment developer chromium

help: ## Show what there is to make
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: environment ## Start everything on this machine; Ctrl-C stops it
	@$(BIN)/cqrs run

check: lint ## While you work: lint, and every test that needs neither Keycloak nor a browser
	@$(BIN)/pytest -n $(WORKERS) -m "not browser" tests/unit tests/portal

test: developer chromium ## Run every test
	@$(BIN)/pytest -n $(WORKERS)

chaos: developer ## Send nonsense to every form, and let a scanner at the running portal (ten minutes or more)
	@$(BIN)/pytest tests/chaos/every_form.py tests/chaos/every_step.py
	@[ -x .venv-wapiti/bin/wapiti ] || { $(PYTHON) -m venv .venv-wapiti && .venv-wapiti/bin/python -m pip \
		--disable-pip-version-check install --quiet --require-hashes -r requirements/chaos.txt; }
	@$(BIN)/pytest -rP tests/chaos/scanned.py

bench: developer chromium ## Measure the figures of docs/performance.md
	@$(BIN)/python -m tests.bench

years: developer ## Take a country with everybody in it through six years and back; some minutes
	@$(BIN)/python -m tests.heavy.years

stops: developer ## Kill the sync a hundred times, and Keycloak under it; some minutes
	@$(BIN)/python -m tests.heavy.stops

containers: developer chromium ## Build the images, bring them up and walk through them (needs a container engine)
	@$(BIN)/python -m tests.containers

lint: developer ## Check style, types, who imports whom, and that nothing is left over
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/vulture

audit: developer ## Look for known holes in the locked libraries (needs the network)
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements/run.txt

sbom: developer ## List what the service is made of, in sbom.json (CycloneDX)
	@$(BIN)/python -m tests.support.sbom > sbom.json

clean: ## Remove the data of the local stack
	@if [ -x $(BIN)/cqrs ]; then $(BIN)/cqrs clean; else echo "Nothing was installed here, so there is no data."; fi

lock: developer ## Choose the libraries' versions anew
	@$(UV_COMPILE) --upgrade --output-file requirements/service.txt
	@$(UV_COMPILE) --constraint requirements/service.txt --extra stack --output-file requirements/run.txt
	@grep -A2 -E "^(aiosmtpd|atpublic|attrs)==" requirements/run.txt | grep -v "^--" > requirements/mail.txt
	@$(UV_COMPILE) --constraint requirements/run.txt --extra stack --extra dev --output-file requirements/dev.txt

environment: .venv/installed
	@$(call installed,run)

developer: .venv/installed
	@$(call installed,dev)

# The stamp names the lock that was installed; dev holds all of run, so run is content with it.
define installed
	wanted="$$(cksum < requirements/$(1).txt)"; \
	wider="$$(cksum < requirements/dev.txt)"; \
	had="$$(cat .venv/installed)"; \
	if [ "$$had" != "$$wanted" ] && [ "$$had" != "$$wider" ]; then \
		echo "Installing the libraries of requirements/$(1).txt (a minute, until they change)"; \
		$(PIP) --require-hashes -r requirements/$(1).txt && $(PIP) --no-deps --no-build-isolation -e . \
		|| { echo "The libraries could not be installed: look at the network, then run this again." >&2; exit 1; }; \
		echo "$$wanted" > .venv/installed; \
	fi
endef

.venv/installed:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or later is needed and was not found: install it, or name it with make PYTHON=..." >&2; \
		exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) has no venv module: install it (Debian and Ubuntu: apt-get install python3-venv)." >&2; \
		exit 1; fi
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv
	@touch .venv/installed

# A browser for the tests: any Chromium that is there, else Debian's for root, else Playwright's own.
chromium: developer
	@$(BIN)/python -m tests.support.servers.chromium
