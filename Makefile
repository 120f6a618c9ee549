# `make` alone explains itself. The two that matter: `make demo` and `make test`.

PREFIX ?= /usr/local
BIN := .build/release/tocsin

.DEFAULT_GOAL := help
.PHONY: help demo run build test crash check format docs bench fuzz schemathesis install deb test-deb

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## install what is missing, build, and watch one incident go out on four channels
	@scripts/demo $(BIN)

run: build ## the router on ./routes.yaml
	@$(BIN) run

build: ## install what is missing and build the release (the first time takes some minutes)
	@scripts/needs build
	@scripts/quietly "building the release" swift build -c release --product tocsin

test: ## install what is missing and pass all tests
	@scripts/needs test
	@scripts/quietly "building the tests" swift build --build-tests
	@scripts/test

KILLS := 200

crash: build ## kill the built program KILLS times, let disk, clock and peers fail, and count what arrives
	@scripts/needs crash
	@scripts/quietly "building the tests" swift build --build-tests
	@scripts/crash $(BIN) $(KILLS) "$(SEED)" "$(SUITES)"

check: ## formatting, and that what is written from the sources is current
	@scripts/check

format: ## put the sources into the house's format
	@swift format --in-place --recursive --parallel Sources Tests Benchmarks Plugins Package.swift

docs: build ## write docs/configuration.md from the option table
	@$(BIN) option-table > docs/configuration.md

bench: build ## measure the built binary against every mark of speed and memory (some ten minutes)
	@scripts/bench $(BIN)

fuzz: ## a million hostile inputs for every door that data comes in by
	@scripts/needs build
	@scripts/fuzz

schemathesis: build ## hold the HTTP side against docs/openapi.yaml, by requests that nobody thought of
	@scripts/needs http
	@scripts/schemathesis $(BIN)

# The package's program has the Swift runtime linked in; it is built beside the other, so that neither spoils the other's build.
DEB_BUILD := .build/static

deb: ## build the Debian package into .build/deb
	@scripts/needs deb
	@scripts/quietly "building the release with the Swift runtime in it" swift build -c release --static-swift-stdlib --product tocsin --scratch-path $(DEB_BUILD)
	@scripts/deb $(DEB_BUILD)/release/tocsin .build/deb

test-deb: deb ## install, run, upgrade, remove and purge the package in a Debian of its own (needs root)
	@scripts/needs deb-test
	@scripts/test-deb .build/deb/tocsin_$$(scripts/version)-1_$$(dpkg --print-architecture).deb

install: build ## install the program, its completions and its manual under PREFIX (default /usr/local)
	@scripts/needs install
	@scripts/install $(BIN) "$(DESTDIR)$(PREFIX)"
