# What one does here, each in one word. `make` alone lists them.
#
# Variables: NO_COLOR, RUST_LOG and the settings of the programs pass through; DATABASE_URL and KAFKA_BROKERS
# point the tests at running servers, so that none are started.

.DEFAULT_GOAL := help
.PHONY: help run test test-embedded test-production servers servers-down check ci

CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start the whole platform on its embedded default: SQLite and the local log.
	cargo run --locked --bin kith -- up

test: ## Run every test on both stacks: SQLite with the local log, then PostgreSQL with Apache Kafka.
	@tests/run embedded production

test-embedded: ## Run every test on SQLite with the local log; needs nothing but the toolchain.
	@tests/run embedded

test-production: ## Run every test on PostgreSQL with Apache Kafka, started here unless the environment names them.
	@tests/run production

servers: ## Install and start PostgreSQL and Apache Kafka on free local ports; their addresses go to target/servers/env.
	@deploy/servers/up

servers-down: ## Stop these servers and remove their data.
	@deploy/servers/down

check: $(CARGO_DENY) ## Hold the tree against its rules: format, lints, docs, tidy, contract, licences and fences.
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	cargo test --workspace --test tidy --locked
	.ci/contract
	$(CARGO_DENY) --locked --config .deny.toml check bans licenses sources

ci: ## Do what CI does: check, then test.
	$(MAKE) check
	$(MAKE) test

# Without optimisation it builds in a third of the time and checks as well.
$(CARGO_DENY):
	cargo install cargo-deny@$(CARGO_DENY_VERSION) --locked --debug --config profile.dev.debug=false \
		--root target/tools/cargo-deny-$(CARGO_DENY_VERSION)
