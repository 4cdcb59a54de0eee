# `make run` shows the demo company at work; `make test` runs every check there is. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

LISTEN ?= 127.0.0.1:8080
DATABASE ?= redthread.db
CORPORA ?=
MINUTES ?= 10

.PHONY: help run test tools web rust-test postgres-test rust-lint web-test browser-test conformance soak bench bench-core pictures openapi clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

tools:
	@scripts/check-tools

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

# Built again only when something in it has changed.
WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

web: tools web/dist/.built ## build the web UI into web/dist

run: web ## build everything and serve the demo company on 127.0.0.1:8080
	cargo build --profile quick --bin redthread
	exec target/quick/redthread serve --demo --listen $(LISTEN) --database sqlite:$(DATABASE)

test: rust-lint rust-test postgres-test web-test browser-test ## run every check there is
	@echo "All checks passed."

rust-lint: web ## rustfmt and clippy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

rust-test: web ## all Rust tests
	cargo test --workspace

# The whole workspace is compiled as for rust-test, so that nothing is built a second time.
postgres-test: web ## the tests of everything that stores something, on a temporary PostgreSQL
	scripts/postgres cargo test --workspace --test engine --test crm --test connectors --test api \
		--test crash --test doctor --test first_start

web-test: web ## TypeScript check and web unit tests
	cd web && npm run check && npm test

browser-test: web ## the founding example and every page in headless Chromium
	@scripts/chromium
	cargo build --bin redthread
	cd web && npm run e2e

conformance: ## check and count the corpora: make conformance CORPORA=path
	@test -n "$(CORPORA)" || { echo "Say where the corpora are: make conformance CORPORA=path"; exit 2; }
	cargo build --bin redthread
	cargo run -q -p redthread-tests --bin conformance -- --redthread target/debug/redthread $(CORPORA)

soak: ## random processes over all of BPMN, with new seeds: make soak MINUTES=10
	MINUTES=$(MINUTES) cargo test -p redthread-core --test random soak -- --ignored --nocapture

# Long, and worth little on a machine that does something else: figures of the engine beside the same rows without one, of many
# open instances and timers, and over HTTP, on both databases with durable commits. docs/performance.md is written anew.
# The whole workspace is compiled at once, so that nothing is built a second time while something is measured. Less is measured by
# make bench ENGINE='--runs 1 --open 1000' HTTP='--runs 1': the benches' own texts have all options.
bench: web ## measure the engine on both databases and over HTTP: about 40 minutes
	cargo build --profile quick --bin redthread
	cargo bench --profile quick --bench engine --bench http --no-run
	scripts/postgres --durable cargo bench --profile quick --bench engine -- $(ENGINE) --write $(CURDIR)/docs/performance.md
	REDTHREAD_BINARY=$(CURDIR)/target/quick/redthread scripts/postgres --durable \
		cargo bench --profile quick --bench http -- $(HTTP) --write $(CURDIR)/docs/performance.md

bench-core: ## how fast the core decides, without a database
	cargo bench -p redthread-core --bench core

bench-feel: ## measure FEEL and decisions: medians of evaluating and compiling, on an optimised build
	cargo bench -p redthread-feel --bench feel
	cargo bench -p redthread-dmn --bench decisions

pictures: web ## make docs/pictures again from the running product
	@scripts/chromium
	cargo build --bin redthread
	cd web && npm run pictures

openapi: ## write api/openapi.json and the web client's types again
	UPDATE_OPENAPI=1 cargo test -p redthread-api openapi
	cd web && npm run schema

clean: ## remove everything that was built
	cargo clean
	rm -rf web/dist web/node_modules
