# What you need: python3 (3.11 or newer) and make. Every target makes what it needs.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
REQUIRE_BROWSER ?=
RUN := .venv/bin/python -m
MANAGE := .venv/bin/python manage.py

# What `check --deploy` sees: production in shape, with nothing real in it.
PRODUCTION := DEBUG=false SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))') \
  ALLOWED_HOSTS=shop.example SHOP_URL=https://shop.example DATABASE_URL=postgres://trivet:x@127.0.0.1:1/trivet \
  AWS_ENDPOINT_URL= AWS_DEFAULT_REGION=eu-central-1 PRODUCT_IMAGES_BUCKET=images ORDER_DOCUMENTS_BUCKET=documents \
  ANALYTICS_RESULTS_BUCKET=analytics PRODUCT_IMAGES_URL=https://images.example SHOP_EMAIL_FROM=shop@shop.example \
  SHOP_STAFF_EMAIL=staff@shop.example SHOP_SELLER='Trivet; 1 High Street' AWS_EC2_METADATA_DISABLED=true \
  STRIPE_SECRET_KEY=sk_live_x STRIPE_PUBLISHABLE_KEY=pk_live_x STRIPE_WEBHOOK_SECRETS=whsec_x

.DEFAULT_GOAL := help
.PHONY: help run test bench check format lock install browser shell clean python

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F '|' '{ printf "  make %-9s %s\n", $$1, $$2 }'

run: install ## run the shop on http://127.0.0.1:8000 (PORT=8100 moves it); Ctrl-C stops everything
	@exec $(RUN) infra.devstack run --port $(PORT)

test: install browser ## run all tests on a stack of their own (ARGS="-k cart" picks some)
	@REQUIRE_BROWSER=$(REQUIRE_BROWSER) exec $(RUN) pytest -n 2 --dist loadgroup $(ARGS)

bench: install ## measure what each page costs, beside bare Django views (ARGS="--pages home,cart" picks some)
	@exec $(RUN) tests.bench $(ARGS)

check: install ## formatting, lint, imports, types, templates, migrations and production settings, as CI does
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	.venv/bin/lint-imports --no-cache
	$(PRODUCTION) $(RUN) mypy .
	$(RUN) djlint --quiet --check --lint templates
	$(PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

format: install ## format Python and the templates
	$(RUN) ruff check --fix --quiet .
	$(RUN) ruff format .
	-$(RUN) djlint --quiet --reformat templates

lock: python ## compile requirements/*.in into pinned versions with hashes
	@$(PYTHON) -m infra.devstack.lock_requirements

install: python ## make .venv and the emulator's environment, when requirements/ changed
	@$(PYTHON) -m infra.devstack.bootstrap

browser: install ## find a Chromium for the browser tests, or install one
	@$(RUN) infra.devstack.browser

shell: install ## a Django shell on the running stack
	@exec $(MANAGE) shell

clean: ## delete the environments and all data of the stacks
	@if [ -x .venv/bin/python ]; then $(RUN) infra.devstack clean; fi
	rm -rf .venv .devstack staticfiles .mypy_cache .ruff_cache .pytest_cache

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "trivet: Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | tail -n 1)." \
	    "Install one, or name it: make run PYTHON=python3.12" >&2; exit 1; }
