"""What the tests of events share."""

from collections.abc import Iterator

import pytest

from shop import event_log, events
from tests.shop.listening import Listener, listening

SNS_AWAY = S3_AWAY = "http://127.0.0.1:1"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def fresh_clients() -> Iterator[None]:
    """Let the relay's clients be made anew, for what the test says of their addresses, and once more after it."""
    events._sns.cache_clear()
    event_log._s3.cache_clear()
    yield
    events._sns.cache_clear()
    event_log._s3.cache_clear()
