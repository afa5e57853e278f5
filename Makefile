# run: set up and start · test: both databases · lint: style, types, imports · check: all that CI runs
.PHONY: run test lint check sqlite postgres browser requirements

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

run:
	@$(PYTHON) -m tools.run

test: sqlite postgres

.PHONY: dev
dev:
	@$(PYTHON) -m tools.setup dev

sqlite: dev
	GONGZHI_DATABASE= $(PYTEST) -m "not browser" -n auto

postgres: dev
	$(BIN)/python -m tools.postgres $(PYTEST) -m "not browser" -n auto

browser: dev
	GONGZHI_DATABASE= $(PYTEST) -m browser

lint: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -co --exclude-standard '*.html' | xargs -r $(BIN)/djade --check --target-version 5.2
	GONGZHI_SECRETS=test $(BIN)/python -m gongzhi makemigrations --check --dry-run

check: lint test browser

# New pins; review the difference like code.
requirements: dev
	for name in uv run dev; do $(BIN)/uv pip compile --quiet --upgrade --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		requirements/$$name.in --output-file requirements/$$name.txt; done
