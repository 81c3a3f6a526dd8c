"""The cache that each process has for itself."""

import time

import pytest

from shop.cache import ProcessCache


@pytest.fixture
def cache() -> ProcessCache:
    cache = ProcessCache("test", {"OPTIONS": {"MAX_ENTRIES": 3}})
    cache.clear()
    return cache


def test_a_value_comes_back_as_it_is(cache: ProcessCache) -> None:
    value = ["a"]
    cache.set("key", value)
    assert cache.get("key") is value
    assert ProcessCache("test", {}).get("key") is value, (
        "another thread's object has the same values"
    )
    assert ProcessCache("other", {}).get("key") is None


def test_a_value_expires(cache: ProcessCache) -> None:
    cache.set("short", 1, timeout=0.01)
    cache.set("long", 2, timeout=None)
    time.sleep(0.02)
    assert (cache.get("short", "gone"), cache.get("long")) == ("gone", 2)


def test_adding_and_deleting(cache: ProcessCache) -> None:
    assert [cache.add("key", 1), cache.add("key", 2), cache.get("key")] == [True, False, 1]
    assert [cache.delete("key"), cache.delete("key"), cache.get("key")] == [True, False, None]


def test_it_never_holds_more_than_it_may(cache: ProcessCache) -> None:
    for number in range(10):
        cache.set(str(number), number)
    assert sum(cache.get(str(number)) is not None for number in range(10)) <= 3
    assert cache.get("9") == 9
