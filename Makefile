# make demo     set everything up and run the main job on the bundled corpus
# make test     set everything up; lint, types, tests
# make test-transformer   the tests of the transformer component, in an environment with torch for the CPU where one can be had
# make lint     ruff, mypy, cython-lint
# make bench    side by side with the peer (makes an environment for it)
# make website  the site, into website/build/html, its links checked
# make test-website  the site in a browser: quickstart, search, colours, phone width, accessibility
# make dist     sdist and wheel, and a smoke test of the wheel in an empty environment
# make clean    remove what building left
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find spacy_lite -name '*.pyx' -o -name '*.pxd' -o -name '*.hh' -o -name '*.cc') setup.py

.PHONY: build demo test test-transformer lint types bench website test-website dist clean

$(VENV)/ready: requirements.txt extra/scripts/setup.sh
	PYTHON=$(PYTHON) sh extra/scripts/setup.sh $(VENV)
	touch $@

$(VENV)/built: $(VENV)/ready $(SOURCES)
	$(BIN)/python setup.py -q build_ext --inplace
	SPACY_LITE_ONLY=none $(BIN)/python -m pip install -q --no-build-isolation --no-deps -e .  # what is built is not built again
	touch $@

build: $(VENV)/built

demo: build
	$(BIN)/python extra/demo.py

lint: build
	$(BIN)/python extra/scripts/list_builtins.py --check
	$(BIN)/ruff check .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cython-lint spacy_lite
	$(BIN)/mypy

test: lint
	$(BIN)/python extra/corpus/validate.py
	$(BIN)/python -m pytest -q

test-transformer: build
	sh extra/scripts/test_transformer.sh $(VENV) $(VENV)-transformer

bench: build
	$(BIN)/python extra/benchmarks/run.py

website: build
	sh extra/scripts/website.sh $(VENV) $(VENV)-website build

test-website: website
	sh extra/scripts/website.sh $(VENV) $(VENV)-website test

dist: $(VENV)/ready
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	PYTHON=$(BIN)/python sh extra/scripts/smoke_test_wheel.sh dist

clean:
	rm -rf build dist *.egg-info demo bench website/build $(VENV)/built
	find spacy_lite -name '*.so' -delete
	find spacy_lite -name '*.cpp' -delete
