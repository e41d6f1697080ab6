PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/ready

.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE  # packages come without compiled modules: the first import writes them
.PHONY: help setup report test check format facts bench clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

setup: $(STAMP)  ## make .venv with the pinned packages

report: $(STAMP)  ## sample shop → store → six notebooks → PDFs of the last complete month
	$(BIN)/xiaodian sample
	$(BIN)/xiaodian ingest --shop sample
	$(BIN)/xiaodian report --shop sample

test: $(STAMP)  ## every test, the six notebooks included
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -p no:nbval

check: $(STAMP)  ## formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)  ## put the code into the house style, strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/clean_notebooks.py notebooks

facts: $(STAMP)  ## write docs/facts.md anew from the metrics
	$(BIN)/python tools/write_facts.py

bench: $(STAMP)  ## measure ingest, queries and runs against bare readers, SQL, pandas and a shell loop (twenty minutes to an hour and a half), write benchmarks/RESULTS.md
	@{ printf '# Measured\n\nRatios of one run; only they can be compared between machines. `make bench` writes this file.\n\n'; \
	$(BIN)/python benchmarks/bench_ingest.py && echo && $(BIN)/python benchmarks/bench_queries.py && echo && \
	$(BIN)/python benchmarks/bench_run.py && echo && $(BIN)/python benchmarks/bench_charts.py; } > benchmarks/RESULTS.md

clean:  ## remove the store and the reports; exports and .venv stay
	rm -rf data/store reports/*/
