# Everything a newcomer needs: `make demo` and `make test`. Set-up happens by itself. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FILES ?= 3000
SIDE_BY_SIDE := -n 2 --dist worksteal
export TELEBILL_HOME ?= $(CURDIR)/.telebill/demo
export DAGSTER_HOME ?= $(TELEBILL_HOME)/dagster

.PHONY: help demo test test-fast setup-python ui bench-day bench-month bench-reading bench-pricing bench-audit bench-deck setup java browser lint clean

help: ## List what can be made; the text is what stands after the two hashes of each target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Run a month of the demo operator, from files to invoices
	@. ./deploy/java-home.sh && $(BIN)/telebill demo

ui: setup $(DAGSTER_HOME)/dagster.yaml ## Open Dagster's UI on the demo's instance, with the tax sandbox beside it
	@. ./deploy/java-home.sh; $(BIN)/telebill sandbox & trap "kill $$!" EXIT INT TERM; $(BIN)/dagster dev -w workspace.yaml

$(DAGSTER_HOME)/dagster.yaml:
	@mkdir -p $(@D) && cp telebill_assets/dagster.yaml $@

test: setup browser lint ## Lint, type-check and test
	@$(BIN)/pytest telebill_assets_tests/unit $(SIDE_BY_SIDE)
	@. ./deploy/java-home.sh && $(BIN)/pytest telebill_assets_tests/integration telebill_assets_tests/end_to_end

lint: setup-python ## Lint, check the format and the types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test-fast: setup-python ## The tests that need neither Java nor a server, in under a minute
	@$(BIN)/pytest telebill_assets_tests/unit $(SIDE_BY_SIDE) --hypothesis-profile=fast

bench-day: setup ## Time one big day beside the same work in DuckDB; FILES=30000 for the reference day
	@. ./deploy/java-home.sh && $(BIN)/python -m benchmarks.day --files $(FILES)

bench-month: setup ## Time one big billing month beside the same sums in DuckDB
	@. ./deploy/java-home.sh && $(BIN)/python -m benchmarks.month

bench-reading: setup-python ## Time the reading of five layouts beside DuckDB
	@$(BIN)/python -m benchmarks.reading

bench-pricing: setup ## Time the price of millions of calls beside the same work in DuckDB
	@. ./deploy/java-home.sh && $(BIN)/python -m benchmarks.pricing

bench-audit: setup-python ## Which share of a big day the audit takes
	@$(BIN)/python -m benchmarks.audit

bench-deck: setup ## Time a rate deck of 200,000 prefixes beside DuckDB
	@$(BIN)/python -m benchmarks.deck

setup: setup-python java ## Install the locked dependencies into .venv, and find Java

setup-python: $(VENV)/.installed ## Install the locked dependencies into .venv

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "telebill needs Python 3.11 or newer; set PYTHON=")'
	@echo "Installing telebill's locked dependencies into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

java: ## Find Java 17; install it where that is possible without asking
	@sh deploy/find-java.sh

browser: ## The browser test's Chromium, where it can be installed without asking
	@sh deploy/find-chromium.sh

clean: ## Forget the demo
	rm -rf $(TELEBILL_HOME)
