# `make run` is all a first visit needs; `make` alone lists the rest.
PORT ?= 8000
# Not from the environment: some shells keep the machine's name in HOST.
HOST = 127.0.0.1
IDEA ?= Buy the S&P 500 when it closes below its 20-day average and sell when it closes above it
PYTHON := .venv/bin/python
# Through the environment, an idea may hold quotes without the shell reading them.
export IDEA

.DEFAULT_GOAL := help
.PHONY: help run setup demo test fuzz bench lint types floors lock shell clean clean-data

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: ## Start the whole site on http://127.0.0.1:8000 (another port: make run PORT=8001)
	@scripts/setup
	@exec scripts/with-env $(PYTHON) manage.py serve --host $(HOST) --port $(PORT)

setup: ## Install everything and prepare database, data and kernels, without starting
	@scripts/setup
	@scripts/with-env $(PYTHON) manage.py prepare

demo: setup ## Test one idea here in the terminal: make demo IDEA="..."
	@scripts/with-env $(PYTHON) manage.py backtest "$$IDEA"

test: ## Lint, types, floors, migrations and every test
	@scripts/setup dev
	@scripts/test

fuzz: ## Ten minutes of made-up bytes for everything that reads what a script left
	@scripts/setup dev
	@$(PYTHON) -m tests.fuzz.run --minutes 10

bench: ## Measure the speed of engine, sandbox, translator and the whole way
	@scripts/setup dev
	@for file in benchmarks/*_*.py; do \
		case $$file in *__init__*) continue;; esac; \
		echo "== $$file"; \
		$(PYTHON) -m benchmarks.$$(basename $$file .py) || exit 1; \
	done

lint: floors ## Style and floors: the quick half of the checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

floors:
	@scripts/setup dev
	@.venv/bin/lint-imports

types: ## Type annotations
	@scripts/setup dev
	@.venv/bin/mypy .

lock: ## Pin what requirements*.in ask for, for every platform
	@scripts/setup dev
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 requirements.in -o requirements.txt
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

shell: ## A Python prompt with the models at hand
	@scripts/setup
	@scripts/with-env $(PYTHON) manage.py shell

clean: ## Remove .venv and caches; runs, reports and accounts in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## Remove var/ too: every account, run and report on this machine
	@printf 'This removes every account, run and report in var/. Type "yes" to go on: '; \
	read answer; [ "$$answer" = yes ] && rm -rf var || echo "Nothing was removed."
