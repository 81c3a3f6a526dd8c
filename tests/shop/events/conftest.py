"""What the tests of events share."""

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
    """Let the relay's clients be made anew, for what the test says of their addresses, and once
    more after it.
    """
    outbox._sns.cache_clear()
    log._s3.cache_clear()
    yield
    outbox._sns.cache_clear()
    log._s3.cache_clear()
