"""Fixtures for the tests of events."""

from collections.abc import Iterator

import pytest

from shop.events import log, outbox
from tests.shop.events.listening import Listener, listening

SNS_AWAY = S3_AWAY = "http://127.0.0.1:1"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def fresh_clients() -> Iterator[None]:
    """Discard the relay's clients before and after the test.

    They are then created with the addresses that the test sets.
    """
    outbox._sns.cache_clear()
    log._s3_client.cache_clear()
    yield
    outbox._sns.cache_clear()
    log._s3_client.cache_clear()
