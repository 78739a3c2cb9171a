# Two commands from a fresh clone: `make rank` and `make test`. `make` alone tells the rest.

STUDY ?= studies/gigafactory.toml
REGION ?=
RIVALS ?=
PREVIOUS ?=
KNOWN ?=
CELL ?=
WORKERS ?=
MARKERS ?= not (slow or browser or cluster or poppler or postgis or pygeoapi or qgis)
TEST_WORKERS ?= auto
VENV ?= .venv

# An interpreter that is asked for is taken; else the first of these that runs, is new enough and can make an environment.
PYTHON ?=
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python)

BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from-constraints
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup check test rank report reports bench lint clean

help: ## Show this list
	@echo "geo_engine: where should the next plant go, and why there?"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Variables:"
	@echo "  STUDY     the study file                      $(STUDY)"
	@echo "  REGION    a region or a local authority      the whole area, or for example REGION=north-east"
	@echo '  CELL      side of a cell                      as in the study, or for example CELL="100 m"'
	@echo "  WORKERS   threads of a run                    one for each core"
	@echo "  PYTHON    Python 3.11 or newer                $(if $(PYTHON),$(PYTHON),the first that is found)"

setup: $(STAMP) ## Make the environment in .venv (the other targets do this by themselves)

rank: $(STAMP) ## Rank areas for STUDY and say where the map is
	$(BIN)/geo-engine run "$(STUDY)" $(if $(REGION),--region "$(REGION)") $(if $(CELL),--cell "$(CELL)") $(if $(WORKERS),--workers "$(WORKERS)")

report: $(STAMP) ## Write report.html and report.pdf of REGION, and run it first where needed (RIVALS=, PREVIOUS=, KNOWN=: see docs/reports.md)
	$(BIN)/geo-engine report "$(STUDY)" --renew $(if $(REGION),--region "$(REGION)") $(if $(CELL),--cell "$(CELL)") $(if $(RIVALS),--rivals "$(RIVALS)") $(if $(PREVIOUS),--previous "$(PREVIOUS)") $(if $(KNOWN),--known "$(KNOWN)") $(if $(WORKERS),--workers "$(WORKERS)")

# `make -j2 reports` does two regions at once: the engine starts them, so that it can see to memory and to lines that say their region.
JOBS = $(or $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),1)

reports: $(STAMP) ## Write the reports of all regions of STUDY, and their index; with -j2 two regions at once
	$(BIN)/geo-engine report "$(STUDY)" --renew --all --jobs $(JOBS) $(if $(CELL),--cell "$(CELL)") $(if $(WORKERS),--workers "$(WORKERS)")

check: $(STAMP) ## Check STUDY and its layers without running it
	$(BIN)/geo-engine check "$(STUDY)"

test: $(STAMP) ## Run the tests and the examples of the documentation
	$(BIN)/python -m pytest --numprocesses $(TEST_WORKERS) --maxprocesses 8 --dist loadfile --doctest-modules -m "$(MARKERS)" tests geo_engine

lint: $(STAMP) ## Check style, types and the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-cache --no-logo

bench: $(STAMP) ## Measure the engine against its peers (installs the bench extra)
	$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks.run --write

clean: ## Remove the environment and every cache; outputs stay
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find geo_engine tests benchmarks layers -name __pycache__ -type d -prune -exec rm -rf {} +

# What the set-up asks of an interpreter, and of the libraries once they are installed.
define ASK_INTERPRETER
import sys
if sys.version_info < (3, 11):
    sys.exit("it is Python %d.%d, and 3.11 or newer is needed" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("it cannot make environments; on Debian and Ubuntu: apt-get install python3-venv (or python%d.%d-venv)" % sys.version_info[:2])
endef
define ASK_LIBRARIES
import importlib, re, sys
DEBIAN = {"libgomp": "libgomp1", "libexpat": "libexpat1", "libstdc++": "libstdc++6", "libz": "zlib1g", "libgcc_s": "libgcc-s1"}
wrong = []
for name in ("numpy", "scipy.spatial", "scipy.sparse.csgraph", "pandas", "shapely", "pyproj", "rasterio", "pyogrio", "geopandas", "numba", "networkx", "pydantic", "folium"):
    try:
        importlib.import_module(name)
    except ImportError as error:
        found = re.search(r"(lib[a-zA-Z_+]+)[^ ]*?\.so", str(error))
        package = DEBIAN.get(found[1]) if found else None
        wrong.append(f"{name} does not load: {error}" + (f"\n    on Debian and Ubuntu: apt-get install {package}" if package else ""))
sys.exit("\n".join(wrong) or 0)
endef
export ASK_INTERPRETER ASK_LIBRARIES

$(STAMP): pyproject.toml constraints.txt
	@chosen=; said=; \
	for candidate in $(CANDIDATES); do \
	    if ! command -v "$$candidate" >/dev/null 2>&1; then said="$$said$(if $(PYTHON),  $$candidate: not found\n)"; continue; fi; \
	    if why=$$("$$candidate" -c "$$ASK_INTERPRETER" 2>&1); then chosen=$$candidate; break; fi; \
	    said="$$said  $$candidate: $$(printf '%s\n' "$$why" | tail -n 1)\n"; \
	done; \
	if [ -z "$$chosen" ]; then \
	    echo "Set-up needs Python 3.11 or newer with the modules venv and ensurepip." >&2; \
	    printf "%b" "$$said" >&2; \
	    echo "On Debian 12 and Ubuntu 24.04: apt-get install python3 python3-venv. Another interpreter: make setup PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	if ! $(BIN)/python -c "$$ASK_INTERPRETER" >/dev/null 2>&1 || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    echo "Making an environment in $(VENV) with $$($$chosen --version)."; \
	    "$$chosen" -m venv --clear $(VENV); \
	fi
	@echo "Installing the engine and its tools, about 150 packages: one to five minutes."
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -c "$$ASK_LIBRARIES"
	@echo "Compiling the kernels, once: about a minute."
	@$(BIN)/python -m geo_engine.kernels
	@touch $@
	@echo "Set up."
