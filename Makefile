# Everything runs in .venv; `make setup` creates it and is quick when nothing changed.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow validators lint benchmark benchmark-memory benchmark-target benchmark-viewport benchmark-lab benchmark-window ablation screenshots translations clean

help:
	@echo "make setup      create .venv and install everything"
	@echo "make run        open the window (without a display: compress a sample in the terminal)"
	@echo "make test       lint, types, import rules and all quick tests"
	@echo "make test-slow  the same with the slow tests"
	@echo "make validators fetch the validators of exported files that need Node.js; tests without them are skipped"
	@echo "make benchmark  rate and quality beside BC7, ASTC and JPEG, written to docs/benchmarks (long; goes on where it was)"
	@echo "make benchmark-memory  peak memory of compressing, written there too"
	@echo "make benchmark-target  how close a search for a quality comes, written there too (long)"
	@echo "make benchmark-viewport  frames per second and pauses of the view, written there too (needs a display or Xvfb)"
	@echo "make benchmark-lab  what the lab's networks reach on photographs, written there too"
	@echo "make benchmark-window  start-up, pauses while training, hundreds of materials, written there too (likewise)"
	@echo "make ablation   what each choice in the trainer brings, written there too (long)"
	@echo "make screenshots  the pictures of the README (needs Xvfb)"
	@echo "make translations  the template for translators and the files that are loaded, anew"
	@echo "make clean      remove .venv and caches"

setup:
	@$(PYTHON) packaging/set_up.py

run: setup
	@$(BIN)/texloom

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -m "not slow"

test-slow: lint
	$(BIN)/pytest

validators: setup
	npm install --prefix $(BIN)/../validators --no-save --no-audit --no-fund gltf-validator@2.0.0-dev.3.10 ktx-parse@2

benchmark: setup
	$(BIN)/python -m tests.benchmarks.codec

benchmark-memory: setup
	$(BIN)/python -m tests.benchmarks.memory

benchmark-target: setup
	$(BIN)/python -m tests.benchmarks.target

benchmark-viewport: setup
	$(if $(DISPLAY)$(WAYLAND_DISPLAY),,xvfb-run -a) $(BIN)/python -m tests.benchmarks.viewport

benchmark-lab: setup
	$(BIN)/python -m tests.benchmarks.lab

benchmark-window: setup
	$(if $(DISPLAY)$(WAYLAND_DISPLAY),,xvfb-run -a) $(BIN)/python -m tests.benchmarks.window

ablation: setup
	$(BIN)/python -m tests.benchmarks.ablation

screenshots: setup
	xvfb-run -a -s "-screen 0 2560x1440x24" $(BIN)/python packaging/screenshots.py docs/images

translations: setup
	$(BIN)/python packaging/translations.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache build dist *.egg-info
