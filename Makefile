# make run: Pepway with an invented council. make test: every test. See README.md.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
PYTHON_READY := .venv/installed
NODE_READY := node_modules/.installed
ASSETS := web/static/built/manifest.json
DIST ?= dist

.PHONY: setup run test check audit dist pictures bench bench-national soak

setup: $(PYTHON_READY) $(ASSETS)

run: setup
	@PEPWAY_DEMO=1 PEPWAY_PUBLIC_URL=http://127.0.0.1:$(PORT) $(BIN)/pepway serve --port $(PORT)

test: setup
	@$(BIN)/pytest -n 2 --dist loadgroup

check: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	node_modules/.bin/bpmnlint --max-warnings=0 bpmn/*/*.bpmn
	$(BIN)/pepway check bpmn/*/

pictures: setup
	@TAKE_PICTURES=1 $(BIN)/pytest -q -n 0 tests/e2e/test_pictures_of_help.py

audit: setup
	$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict \
	  --progress-spinner off
	npm audit --omit=dev --audit-level=high

# That of the commit, so that another build of it gives the same bytes.
dist: export SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),1580601600)
dist: setup
	@mkdir -p $(DIST) && rm -f $(DIST)/*.whl
	@$(BIN)/python .ci/bill_of_materials.py >$(DIST)/pepway.cdx.json
	$(BIN)/hatchling build --target wheel --directory $(DIST)
	@$(BIN)/python .ci/what_to_install.py $(DIST)/*.whl >$(DIST)/requirements.txt

bench: setup
	@PYTHONPATH=tests:tests/engine $(BIN)/python tests/load/bench/bench.py $(if $(SHARE),--share $(SHARE)) \
	  $(if $(ONLY),--only $(ONLY))

bench-national: setup
	@PYTHONPATH=tests:tests/engine $(BIN)/python tests/load/bench/bench.py --national \
	  $(if $(SHARE),--share $(SHARE))

soak: setup
	@PYTHONPATH=tests/web:tests/web/attacks:tests:tests/bpmn:tests/engine:tests/engine/spiff:tests/engine/checker \
	  $(BIN)/python tests/load/soak.py \
	  $(if $(SEED),--seed $(SEED))
	@PYTHONPATH=tests:tests/engine $(BIN)/python tests/load/chaos/chaos.py $(if $(SEED),--seed $(SEED))
	@PYTHONPATH=.:tests $(BIN)/python tests/load/chaos/failing_over.py $(if $(SEED),--seed $(SEED))
	@PYTHONPATH=.:tests:tests/load/chaos $(BIN)/python tests/installed/recipe.py $(if $(SEED),--seed $(SEED))
	@$(BIN)/pytest -q -n 0 tests/installed/exchanging_versions.py
	@PYTHONPATH=.:tests:tests/load/bench:tests/load/chaos $(BIN)/python tests/installed/container.py
	@PYTHONPATH=.:tests:tests/load/chaos $(BIN)/python tests/installed/from_nothing.py
	@PYTHONPATH=.:tests:tests/e2e $(BIN)/python tests/load/event_log_elsewhere.py
	@HISTORIES=20 $(BIN)/pytest -q -s tests/workflows/figures/test_came_true.py
	@ROUNDS=1000 $(BIN)/pytest -q tests/web/attacks/test_taken_away_meanwhile.py
	@ROUNDS=10000 $(BIN)/pytest -q tests/engine/test_tampering_by_chance.py

$(PYTHON_READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Pepway needs Python 3.11 or newer; say which: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(NODE_READY): package-lock.json package.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' \
	  || { echo "Pepway needs Node 20.19 or newer" >&2; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(NODE_READY) $(shell find web/assets -type f)
	node web/assets/build.mjs
	@touch $@
