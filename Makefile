# run: set up and start · test: all tests but the browser's, on SQLite and PostgreSQL
# format: put style right · lint: style, types, imports, templates, migrations
# check: everything, as CI does · bench: what requests cost, written to docs/
# drill: races, kills, upgrades and installations, at full size
.PHONY: run test lint format check bench quality drill dev system sqlite postgres browser requirements

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
DJANGO := DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -m gongzhi

run:
	@$(PYTHON) -m tools.run

test: sqlite postgres

check: system lint test browser

lint: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -co --exclude-standard '*.html' | xargs -r $(BIN)/djade --check --target-version 5.2
	$(DJANGO) makemigrations --check --dry-run

format: dev
	$(BIN)/ruff check --fix --exit-zero --quiet
	$(BIN)/ruff format --quiet
	git ls-files -co --exclude-standard '*.html' | xargs -r $(BIN)/djade --target-version 5.2

dev:
	@$(PYTHON) -m tools.setup dev

system:
	@$(PYTHON) -m tools.system

sqlite: dev
	GONGZHI_DATABASE= $(PYTEST) -m "not browser and not drill" -n auto

postgres: dev
	$(BIN)/python -m tools.postgres $(PYTEST) -m "not browser and not drill" -n auto

browser: dev
	GONGZHI_DATABASE= $(PYTEST) -m browser -n 2 --dist loadscope

# What must hold when many press at once and processes are killed, at full size.
drill: dev
	GONGZHI_DATABASE= $(PYTEST) tests/drills -n 0 -s
	$(BIN)/python -m tools.postgres $(PYTEST) tests/drills -n 0 -s

bench: dev
	$(BIN)/python -m benchmarks.requests --write
	$(BIN)/python -m benchmarks.desk --write
	$(BIN)/python -m benchmarks.open311 --write
	$(BIN)/python -m benchmarks.tables --write
	$(BIN)/python benchmarks/locate.py
	$(BIN)/python benchmarks/deadlines.py

# How well advice advises, on labelled messages; written to docs/.
quality: dev
	$(BIN)/python -m benchmarks.quality --write
	$(BIN)/python -m benchmarks.places --write
	$(BIN)/python -m benchmarks.duplicates --write

# New pins; review the difference like code.
requirements: dev
	for name in uv run s3 dev; do $(BIN)/uv pip compile --quiet --upgrade --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		requirements/$$name.in --output-file requirements/$$name.txt; done
