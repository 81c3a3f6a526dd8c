"""A Stripe of its own for each test, and a provider that talks to it."""

from collections.abc import Iterator

import pytest
import stripe

from orders.payments.providers.base import get_provider
from orders.payments.providers.stripe import StripeProvider
from tests.orders.payments.stripe.server import SECRET_KEY, StripeServer

WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]


@pytest.fixture
def server() -> Iterator[StripeServer]:
    with StripeServer().running() as running:
        yield running


@pytest.fixture
def provider(server: StripeServer, settings, monkeypatch) -> Iterator[StripeProvider]:
    settings.STRIPE_API_URL = server.url
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_the_shops_own"
    settings.STRIPE_WEBHOOK_SECRETS = WEBHOOK_SECRETS
    settings.PAYMENT_PROVIDERS_OFFERED = ["stripe"]
    # The library waits half a second before it retries, which is long for a test.
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    get_provider.cache_clear()
    yield get_provider("stripe")
    get_provider.cache_clear()
