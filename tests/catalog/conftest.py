import pytest
from django.core.cache import caches

from tests.catalog.images.web_server import server

__all__ = ["server"]


@pytest.fixture(autouse=True)
def fresh_navigation() -> None:
    """Each test has its own categories; the process keeps the tree for a minute."""
    caches["local"].clear()
