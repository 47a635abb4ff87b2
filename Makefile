.PHONY: setup demo test test-slow check format ui openapi reference lock bench clean

setup:            ## Python environment and web UI
	@scripts/setup

demo: setup       ## the whole loop on this machine; ARGS="--exit" and the like are passed on
	@.venv/bin/windlass demo $(ARGS)

test:             ## everything that must hold before a change lands
	@scripts/test

test-slow: setup  ## statistics simulations, soak and fuzz, and every page in all looks
	WINDLASS_TEST_LOOKS=all .venv/bin/pytest -n 3 --dist loadgroup -m "slow or looks"

check: setup      ## linters and types only
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

format: setup
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

ui: setup         ## build the web UI into the package

openapi: setup    ## write docs/reference/openapi.json and the UI's typed client from the server
	.venv/bin/python scripts/write_openapi.py
	cd ui && npm run --silent api

reference: setup  ## write docs/reference from the code
	.venv/bin/python scripts/write_reference.py

lock:             ## resolve the dependencies again
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --all-extras \
		--group demo --group dev --no-header --quiet -o requirements.lock

bench: setup      ## every speed claim, one JSON line each
	for script in startup ingest query durability evaluation gates; do .venv/bin/python bench/$$script.py; done

clean:
	rm -rf .venv .tools ui/node_modules src/windlass/server/static .windlass
