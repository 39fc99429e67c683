# Everything runs in .venv, made from requirements.lock. `make demo`, `make grants` and `make test` need nothing
# but Python ≥ 3.11, git and make; as root on Debian the rest is installed by tests/peers/install.sh.
# Locks are installed with --no-deps: pip would look for a newer celery[redis] beside celery== and then refuse it.

PYTHON ?= python3
# Whoever starts Python a thousand times wants it compiled once.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo grants finance up down test test-peers check lint bench guarantees docs site lock licences sbom wheel peers clean format

demo: $(READY)
	$(BIN)/python -m sandbox.demo

# One night of grants for 2,000 firms, until everybody who may be paid is paid.
grants: $(READY)
	$(BIN)/python -m sandbox.grants

# An order for a bank: letter, request, answer, and what must not work.
finance: $(READY)
	$(BIN)/python -m sandbox.finance

# The whole hub as in production, on this machine: docs/how-to/production.md.
up: $(READY)
	tests/peers/install.sh servers
	$(BIN)/python -m sandbox.production up

down:
	$(BIN)/python -m sandbox.production down

test: $(READY) peers
	tests/run.sh

test-peers: $(READY) peers
	tests/peers/install.sh heavy
	$(BIN)/python -m pytest -m peer

check: lint test

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# dlt, against which syncs are measured, has a lock and an environment of its own (some 400 MB).
DLT := var/bench/dlt

bench: $(READY) $(DLT)/.ready
	$(BIN)/python -m benchmarks --plot var/bench/benchmarks.svg
	@echo var/bench/benchmarks.svg

$(DLT)/.ready: benchmarks/dlt/requirements.lock
	$(PYTHON) -m venv --clear $(DLT)
	$(DLT)/bin/pip install -q --no-deps --require-hashes -r $<
	touch $@

guarantees: $(READY) peers
	$(BIN)/python -m tests.guarantees_report

docs: $(READY)
	$(BIN)/python -m zhida.reference docs/reference

# The pages of docs/ as a site in var/site/html, searchable without any network; a warning is an error. Each time
# anew (-E -a): a second run would not repeat what the first has warned of, nor keep the places of problem codes in the
# search. Sphinx and its friends have a lock and an environment of their own: Zhida needs nothing of it.
SITE := var/site/venv

site: $(SITE)/.ready
	$(SITE)/bin/sphinx-build -q -E -a -W --keep-going -d var/site/doctrees -c docs/web docs var/site/html
	@echo var/site/html/index.html

$(SITE)/.ready: docs/web/requirements.lock
	$(PYTHON) -m venv --clear $(SITE)
	$(SITE)/bin/pip install -q --no-deps --require-hashes -r $<
	touch $@

# The lock files are the only place where versions are chosen; setup.cfg says what we need. Those in docker/ are
# what is installed in production, without and with Celery: the same versions, without what only developers need.
lock: $(READY)
	$(BIN)/uv pip compile setup.cfg --extra dev --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o requirements.lock
	$(BIN)/uv pip compile setup.cfg --universal --python-version 3.11 -c requirements.lock \
	  --generate-hashes --custom-compile-command "make lock" -q -o docker/requirements.lock
	$(BIN)/uv pip compile setup.cfg --extra celery --universal --python-version 3.11 -c docker/requirements.lock \
	  --generate-hashes --custom-compile-command "make lock" -q -o docker/requirements-celery.lock
	$(BIN)/uv pip compile requirements-signer.in -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o requirements-signer.lock
	$(BIN)/uv pip compile tests/peers/openapi/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o tests/peers/openapi/requirements.lock
	$(BIN)/uv pip compile tests/peers/metrics/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o tests/peers/metrics/requirements.lock
	$(BIN)/uv pip compile benchmarks/dlt/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o benchmarks/dlt/requirements.lock
	$(BIN)/uv pip compile docs/web/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o docs/web/requirements.lock
	$(BIN)/uv pip compile tests/peers/containers/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" -q -o tests/peers/containers/requirements.lock

PACKAGES = $(wildcard var/peers/production/lib/python3*/site-packages)

# What is linked in and under which licence; fails on GPL, AGPL, unknown, and on LGPL without a reason.
licences: $(READY)
	tests/peers/install.sh heavy
	$(BIN)/python -m zhida.licences docker/requirements-celery.lock $(PACKAGES) > docs/licences.md

# The bill of materials (CycloneDX), the same bytes for the same lock.
sbom: $(READY)
	tests/peers/install.sh heavy
	mkdir -p dist
	$(BIN)/python -m zhida.sbom docker/requirements-celery.lock $(PACKAGES) > dist/zhida.cdx.json

# The same bytes from the same commit, on any machine: the image and the air-gapped installation take this file.
wheel: $(READY)
	rm -rf build dist
	umask 022 && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) \
	  $(BIN)/pip wheel -q --no-deps --no-build-isolation --no-index -w dist .
	cd dist && sha256sum zhida-*.whl | tee SHA256SUMS

peers: $(READY)
	tests/peers/install.sh

$(READY): requirements.lock setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV) || { apt-get update -q && apt-get install -qy python3-venv \
	  && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/pip install -q --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/pip -q check
	touch $@

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
