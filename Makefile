# placeholder, replaced below
setup:
	python3.11 -m venv .venv && .venv/bin/pip install -e '.[dev]'
