import pytest
from django.core.cache import caches

from tests.catalog.images.web_server import server

__all__ = ["server"]


@pytest.fixture(autouse=True)
def fresh_navigation() -> None:
    """Clear the category tree, which the process caches for a minute: each test has its own."""
    caches["local"].clear()
