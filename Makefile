# Needs Python 3.11 or newer with pip, and make. Everything else is fetched into .tools and .venv.

PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
READY := .venv/.ready
BESIDE := .venv-benchmarks
WRITING := .venv-docs
SITE := build/docs

export UV_PYTHON_DOWNLOADS := never
# Trust whom this machine trusts, as Debian's pip does, or a network with an authority of its own stops uv.
export UV_SYSTEM_CERTS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup up test lint types imports unit servers faults schema practices screenshot docs benchmarks image buildtools clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-11s %s\n", $$1, $$2 }'

setup: $(READY) ## fetch what Troth needs into .venv (every other target does this by itself)

up: $(READY) ## run the whole service with a sample couple whose rituals fall due every minute
	@$(BIN)/troth up --demo

test: lint types imports unit ## check everything: lint, types, imports, tests

lint: $(READY) ## check style and common mistakes
	@echo "lint: ruff over code and tests"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "lint: not formatted; mend: $(BIN)/ruff format"; exit 1; }

types: $(READY) ## check the types
	@echo "types: mypy --strict"
	@$(BIN)/mypy --no-error-summary

imports: $(READY) ## check who may import whom
	@echo "imports: the layers of service/troth"
	@$(BIN)/lint-imports --no-logo

unit: $(READY) ## run the tests alone, four at a time (one file: make unit T=tests/test_wheel.py)
	@echo "tests: pytest on four workers, with real servers where a test asks for them"
	@$(BIN)/pytest -n 4 --dist worksteal $(T)

servers: $(UV) ## fetch the chat servers that tests talk to and no Linux has, into .tools (a minute; needs npm)
	@echo "servers: Synapse and a Telegram emulator; prosody and mosquitto are the system's"
	@UV_TOOL_DIR=$(CURDIR)/.tools/environments UV_TOOL_BIN_DIR=$(CURDIR)/.tools/bin \
		$(UV) tool install --quiet --compile-bytecode --python $(PYTHON) matrix-synapse==1.163.2
	@npm install --silent --fetch-timeout=60000 --fetch-retries=2 --no-audit --no-fund --ignore-scripts --prefix .tools telegram-test-api@4.2.1

faults: $(READY) ## break everything at length: processes, servers, disks and clocks (half an hour)
	@echo "faults: the full forms, with their counts (one file: make faults T=tests/faults/test_killed.py)"
	@TROTH_FAULTS=full $(BIN)/pytest -s $(or $(T),tests/faults)

schema: $(READY) ## write schedules/schema.json anew from the models
	@echo "schema: schedules/schema.json"
	@$(BIN)/python -m troth.schedules.schema schedules/schema.json

practices: $(READY) ## write the table of all practices anew, in docs/practices.md
	@echo "practices: docs/practices.md"
	@$(BIN)/python -m tests.support.practice_table

screenshot: $(READY) ## take the picture of the inbox that README shows
	@echo "screenshot: docs/inbox.png"
	@$(BIN)/python -m tests.support.screenshot docs/inbox.png

# Warnings are errors: a link that leads nowhere, an anchor that is not there, a page in no contents.
docs: $(WRITING)/.ready ## build the site of the docs, into build/docs
	@echo "docs: Sphinx, from docs into $(SITE)"
	@$(WRITING)/bin/sphinx-build --quiet --fail-on-warning --keep-going --jobs auto -b html -d build/doctrees docs $(SITE)
	@echo "docs: open $(SITE)/index.html"

# An environment of its own: what Troth is measured beside pins what Troth itself need not.
benchmarks: $(BESIDE)/.ready ## measure Troth beside other queues and schedulers (half an hour, a quiet machine)
	@echo "benchmarks: a burst of nudges, over HTTP and over HTTPS"
	@$(BESIDE)/bin/python -m tests.benchmarks.burst --runs 3
	@$(BESIDE)/bin/python -m tests.benchmarks.burst --tls --nudges 2000 --slow-nudges 200
	@echo "benchmarks: many rituals due in one minute"
	@$(BESIDE)/bin/python -m tests.benchmarks.plan
	@echo "benchmarks: replies through the door"
	@$(BESIDE)/bin/python -m tests.benchmarks.replies
	@echo "benchmarks: a store backed up, checked and restored"
	@$(BESIDE)/bin/python -m tests.benchmarks.backup

image: $(READY) ## build the image without an engine, and prove what is in it (minutes; root, buildah, debootstrap)
	@$(BIN)/python -m tests.deploy.image_content

buildtools: $(UV) ## lock anew what builds Troth inside the image, in deploy/build-tools.txt
	@echo "buildtools: deploy/build-tools.txt"
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.13 --generate-hashes --no-annotate \
		--custom-compile-command "make buildtools" deploy/build-tools.in --output-file deploy/build-tools.txt

clean: ## remove what make made
	@echo "clean: .venv, $(BESIDE), $(WRITING), .tools, build and caches"
	@rm -rf .venv $(BESIDE) $(WRITING) build .tools .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist

$(READY): pyproject.toml uv.lock $(UV)
	@echo "setup: some eighty Python packages as locked in uv.lock, into .venv (about a minute)"
	@$(UV) sync --quiet --frozen --all-extras --compile-bytecode --python $(PYTHON)
	@touch $@

$(BESIDE)/.ready: pyproject.toml uv.lock $(UV)
	@echo "benchmarks: Troth with Celery, RedBeat and APScheduler as locked in uv.lock, into $(BESIDE)"
	@UV_PROJECT_ENVIRONMENT=$(BESIDE) $(UV) sync --quiet --frozen --no-dev --group benchmarks \
		--all-extras --compile-bytecode --python $(PYTHON)
	@touch $@

$(WRITING)/.ready: pyproject.toml uv.lock $(UV)
	@echo "docs: Sphinx with MyST and Furo as locked in uv.lock, into $(WRITING)"
	@UV_PROJECT_ENVIRONMENT=$(WRITING) $(UV) sync --quiet --frozen --only-group docs \
		--compile-bytecode --python $(PYTHON)
	@touch $@

# uv makes the environment itself, so neither ensurepip nor Debian's python3-venv is needed, and pip's
# --target leaves the system's own packages alone (PEP 668 forbids only those).
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "setup: $(PYTHON) is missing or older than 3.11; mend: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
		|| { echo "setup: $(PYTHON) has no pip; mend: apt install python3-pip" >&2; exit 1; }
	@echo "setup: uv, into .tools"
	@PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 \
		$(PYTHON) -m pip install --quiet --upgrade --target .tools 'uv>=0.13,<1'
	@touch $@
