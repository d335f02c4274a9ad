# Two commands are enough: `make run` and `make test`. Everything they need is put into .venv.
PYTHON ?= python3
BIN := .venv/bin
# Most of the 9,000 files are never imported; Python compiles those that are, once (measured: 75 s down to 49 s).
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Where compiled files may not be written, every start of the app compiles pandas, Streamlit and scikit-learn again: 4.7 s
# of processor time for the imports instead of 1.8 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test fuzz bench load faults evaluate lint lint-js lock clean fake-spotify supabase-local screenshots
.DELETE_ON_ERROR:

run: .venv/app.stamp            ## open the app on demo data at http://127.0.0.1:8501
	MALLOC_ARENA_MAX=2 $(BIN)/streamlit run app.py

test: .venv/test.stamp          ## lint, types and every test, browser tests included
	$(BIN)/ruff check . && $(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: .venv/test.stamp          ## style and types only
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lint-js:                        ## the components' JavaScript (needs Node.js)
	npx --yes eslint@10.15.0 --config tests/eslint.config.mjs --max-warnings 0 recsys/ui/page.js recsys/ui/components

fuzz: .venv/test.stamp          ## mutated files against every importer: time, memory and crashes as a table
	$(BIN)/python -m tests.fuzz

bench: .venv/test.stamp         ## print speed and memory as ratios measured in one run
	$(BIN)/python -m tests.bench

load: .venv/test.stamp          ## what one server carries: 10, 30 and 100 listeners, Taste, API (LOAD="--minutes 10")
	$(BIN)/python -m tests.load $(LOAD)

faults: .venv/test.stamp        ## everything that can go wrong, in every stage: what was lost, doubled or wrong
	$(BIN)/python -m tests.faults

screenshots: .venv/test.stamp   ## every page, light and dark, at three widths, into build/screenshots; three for README
	$(BIN)/python -m tests.screenshots

evaluate: .venv/test.stamp      ## measure recommendation quality and rewrite the table in README.md
	$(BIN)/python -m tests.evaluate_readme

fake-spotify: .venv/test.stamp  ## a Spotify to try the whole app against, without an account
	$(BIN)/python -m tests.fakes.spotify

lock: .venv/test.stamp          ## write requirements.lock: every package the app needs, pinned with hashes
	$(INSTALL) uv
	$(BIN)/uv pip compile requirements.txt --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --output-file requirements.lock

supabase-local: .venv/test.stamp ## the proofs and the store contracts against the Supabase CLI's own stack (needs docker)
	supabase start && supabase db reset && supabase test db
	env $$(supabase status -o env | sed 's/^/TEST_SUPABASE_/; s/"//g') \
		$(BIN)/python -m pytest tests/storage -k "TestSupabaseStore or TestSupabaseSessions"

clean:                          ## remove what the other targets made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" && $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python 3.11 or newer with its venv module is needed (Debian and Ubuntu: apt-get install python3-venv). Name another Python with: make PYTHON=python3.12" >&2; exit 1; }

.venv/app.stamp: requirements.txt pyproject.toml | .venv/bin/python
	$(INSTALL) -r requirements.txt
	$(INSTALL) --no-deps --editable .
	touch $@

.venv/test.stamp: tests/requirements.txt requirements.txt tests/install_browser.sh .venv/app.stamp
	$(INSTALL) -r tests/requirements.txt
	sh tests/install_browser.sh $(BIN)/python
	touch $@
