# Two commands do everything on a fresh machine: `make demo` runs the main job, `make test` passes all the tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
KG     := $(BIN)/kg -g out/graph

.PHONY: demo test check format clean page lexicon

demo: $(VENV)/.installed
	@mkdir -p out
	$(KG) build data/digests
	$(KG) export html -o out/graph.html
	$(KG) export graphml -o out/graph.graphml
	@echo
	$(KG) show "Stable Diffusion" --limit 3
	@echo
	@echo "Look:    out/graph.html in any browser (offline), out/graph.graphml in Gephi, yEd or Cytoscape"
	@echo "Ask:     $(KG) show 新视角合成      what works on it, with the sentences that say so"
	@echo "         $(KG) show ControlNet      any model, dataset, task, metric or paper, by any of its names"
	@echo "         $(KG) stats                what the graph holds, and what was left out and why"
	@echo "         $(KG) query @papers-using LoRA          Cypher with no server; kg query --list has more"
	@echo "Take:    $(KG) export csv -o out/tables --type Dataset --min-papers 2"
	@echo "Your own digests:  $(BIN)/kg build FOLDER, then the same commands without -g"

test: $(VENV)/.installed-test check
	@scripts/system-packages.sh
	$(BIN)/pytest --cov --cov-report=term --cov-report=xml

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# After a change to the lexicon or the priors: what start-up reads instead of working it out.
lexicon: $(VENV)/.installed
	$(BIN)/python -m kg.compiled

# The HTML view's template; needs Node 20, which users do not.
page:
	cd kg/page && npm ci && npm test && npm run build

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out dist build .coverage coverage.xml .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kg needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,dev,llm]'
	@touch $@ $(VENV)/.installed
