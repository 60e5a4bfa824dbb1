# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
TFLITE_VENV ?= .venv-tflite-runtime
# The first Python that is new enough.
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
FRAMEWATCH := $(VENV)/bin/framewatch

# What the steps work on; set them on the command line.
STORE ?= features
DATASET ?= production
OUTPUT ?= metrics
REPORTS ?= reports
BASELINE_FILE ?= $(OUTPUT)/baseline_metrics.json

_model = $(if $(MODEL),--model "$(MODEL)")
_date = $(if $(DATE),--date $(DATE))
_metadata = $(if $(METADATA),--metadata "$(METADATA)")
_options = $(_model) $(_metadata) $(OPTIONS)
_current = $(if $(DATA),--data-dir "$(DATA)" $(_options),--store "$(STORE)" --select $(if $(SELECT),$(SELECT),$(DATASET)) $(OPTIONS))

# $(call given,NAME,EXAMPLE): stop where a variable is not set on the command line.
given = @test -n "$($(1))" || { echo "give $(1)=$(2)" >&2; exit 2; }

# $(call install,FOLDER,WHAT,CONSTRAINTS): an environment with the package in it, by uv where that is there.
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		{ test -x $(1)/bin/python || uv venv --quiet --python $(PYTHON) $(1); } && \
		uv pip install --quiet --python $(1)/bin/python --constraint $(3) --editable "$(2)"; \
	else \
		{ test -x $(1)/bin/python || $(PYTHON) -m venv $(1); } && \
		$(1)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(3) --editable "$(2)"; \
	fi
	@touch $@
endef

$(VENV)/.installed: pyproject.toml constraints.txt
	$(call install,$(VENV),.,constraints.txt)

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	$(call install,$(VENV),.[dev],constraints.txt)

$(TFLITE_VENV)/.installed: pyproject.toml constraints-tflite-runtime.txt
	$(call install,$(TFLITE_VENV),.[tflite-runtime$(comma)test],constraints-tflite-runtime.txt)

comma := ,

.PHONY: help install demo extract baseline monitor compare history site test test-browser test-tflite-runtime lint format schemas notebooks picture bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  make extract DATA=folder DATASET=production DATE=2026-11-23 MODEL=model.onnx'
	@echo '  make compare BASELINE=val CURRENT=production@2026-11-23'

install: $(VENV)/.installed ## set up the environment in .venv

demo: $(VENV)/.installed ## the whole story on a simulated week: open demo-output/index.html
	$(FRAMEWATCH) demo --output demo-output

extract: $(VENV)/.installed ## stage one: images of DATA to a partition of DATASET in STORE (DATE, MODEL, METADATA, OPTIONS)
	$(call given,DATA,folder-of-images)
	$(FRAMEWATCH) extract --data-dir "$(DATA)" --store "$(STORE)" --dataset $(DATASET) $(_date) $(_options)

baseline: $(VENV)/.installed ## reference metrics of DATA, or of SELECT in STORE, to BASELINE_FILE
	$(FRAMEWATCH) baseline $(_current) --output "$(BASELINE_FILE)"

monitor: $(VENV)/.installed ## DATA, or SELECT in STORE, against BASELINE_FILE, to OUTPUT/report.json and .html
	$(FRAMEWATCH) monitor $(_current) --baseline "$(BASELINE_FILE)" --output "$(OUTPUT)/report.json" --html

compare: $(VENV)/.installed ## CURRENT against BASELINE, both selections in STORE, to OUTPUT/comparison.json and .html
	$(call given,BASELINE,val)
	$(call given,CURRENT,production@2026-11-23)
	$(FRAMEWATCH) compare --store "$(STORE)" --baseline-select $(BASELINE) --current-select $(CURRENT) \
		--output "$(OUTPUT)/comparison.json" --html $(OPTIONS)

history: $(VENV)/.installed ## every day of DATASET in STORE against BASELINE_FILE, to OUTPUT/history.json and .html
	$(FRAMEWATCH) history --store "$(STORE)" --dataset $(DATASET) --baseline "$(BASELINE_FILE)" \
		--output "$(OUTPUT)/history.json" --html $(OPTIONS)

site: $(VENV)/.installed ## an overview of the reports in REPORTS, to OUTPUT/site
	$(FRAMEWATCH) site --reports "$(REPORTS)" --output "$(OUTPUT)/site"

test: $(VENV)/.installed-dev ## the tests
	$(VENV)/bin/python -m pytest --numprocesses auto --dist worksteal $(TESTS)

test-browser: $(VENV)/.installed-dev ## the pages in a real browser (Chromium must be there)
	$(VENV)/bin/python -m pytest --numprocesses auto -m browser tests/browser

test-tflite-runtime: $(TFLITE_VENV)/.installed ## models and one whole run with tflite-runtime, NumPy 1 and an older pyarrow
	@$(TFLITE_VENV)/bin/python -c 'import tflite_runtime' 2>/dev/null || \
		{ echo "skipped: tflite-runtime 2.14.0 exists for Python 3.11 at most"; exit 0; }; \
		$(TFLITE_VENV)/bin/python -m pytest --numprocesses auto -m tflite tests/extract/models tests/test_tflite_runtime.py

lint: $(VENV)/.installed-dev ## style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.installed-dev ## set the code's style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

schemas: $(VENV)/.installed ## write schemas/ and the data dictionary again, from the code
	$(VENV)/bin/python -m pipeline.schema schemas
	$(VENV)/bin/python -m pipeline.data_dictionary docs/DATA_DICTIONARY.md

notebooks: $(VENV)/.installed-dev demo ## run the notebooks on the demo, and store them with what they show
	$(VENV)/bin/python notebooks/execute.py notebooks/*.ipynb

picture: $(VENV)/.installed-dev ## take the picture of a report in docs/ again (Chromium must be there)
	$(VENV)/bin/python docs/picture.py

bench: $(VENV)/.installed-dev ## what the README claims, measured here
	$(VENV)/bin/python benchmarks/run.py

clean: ## remove environments and caches
	rm -rf $(VENV) $(TFLITE_VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
