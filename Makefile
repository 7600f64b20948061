# The steps of CI, each a target. `make test` is the whole truth, `make check` the fast half.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help set-up documents check test-sqlite test-postgres newman fuzz bench-parts test soak

# How long `make soak` plays each scenario on each database.
SECONDS_EACH ?= 600

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

set-up: ## Find or install what the tests need
	scripts/set-up

documents: ## Write openapi.json and docs/permissions.md anew
	cargo run --locked --quiet -- openapi >openapi.json
	cargo run --locked --quiet -- permissions >docs/permissions.md

check: ## Format, lints, licences and sources of dependencies, architecture
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	scripts/deny
	cargo test --locked --test architecture

test-sqlite: ## The whole Rust suite, on SQLite
	TICKETGATE_TEST_DATABASE=sqlite scripts/rust-suite whole

test-postgres: ## The integration tests, on a private PostgreSQL
	scripts/with-postgres scripts/rust-suite integration

newman: ## The Postman collections, against a fresh demo server
	scripts/with-demo scripts/newman

fuzz: ## Made-up requests to every operation, against a fresh demo server on each database
	scripts/with-demo scripts/fuzz-api
	scripts/with-postgres scripts/with-demo scripts/fuzz-api

bench-parts: ## How fast the parts are: opening and sealing tokens, deciding, drawing QR codes
	cargo bench --locked --bench parts

test: set-up check test-sqlite test-postgres newman fuzz ## All of the above, in this order
	@echo 'All passed: format, lints, dependencies, architecture, the Rust suite on SQLite and on PostgreSQL, the Postman collections, and the API fuzz.'

soak: ## Crashes, outages and full disks again and again, on each database: SECONDS_EACH=600
	TICKETGATE_TEST_DATABASE=sqlite scripts/soak $(SECONDS_EACH)
	scripts/with-postgres scripts/soak $(SECONDS_EACH)
