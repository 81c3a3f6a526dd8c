"""Health checks."""

import time

import pytest
from django.core.cache import caches

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    caches["local"].clear()


def test_livez_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok\n"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_load_balancer_asks_by_its_own_name(client, path):
    assert client.get(path, headers={"Host": "10.0.3.17"}).status_code == 200


def test_readyz_says_what_each_store_answered(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("events")["backlog"] == 0
    assert told == {"ready": True, "postgresql": "ok", "dynamodb": "ok", "s3": "ok"}


def test_readyz_is_503_when_a_store_is_away(client, settings):
    settings.PRODUCT_IMAGES_BUCKET = "there-is-no-such-bucket"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["s3"] != "ok"
    assert answer.json()["postgresql"] == "ok"


@pytest.mark.parametrize("there", [True, False])
def test_strangers_hear_only_whether_the_shop_is_ready(client, settings, there):
    settings.TRUSTED_PROXY_COUNT = 1
    if not there:
        settings.PRODUCT_IMAGES_BUCKET = "there-is-no-such-bucket"
    answer = client.get("/readyz", headers={"X-Forwarded-For": "10.0.0.1, 8.8.8.8"})
    assert (answer.status_code, answer.json()) == (200 if there else 503, {"ready": there})
    inside = client.get("/readyz", headers={"X-Forwarded-For": "8.8.8.8, 10.0.0.1"})
    assert "postgresql" in inside.json()


def test_an_answer_is_kept_for_a_second(client, django_assert_num_queries, monkeypatch):
    client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/readyz")
    later = time.monotonic() + 1.1
    monkeypatch.setattr("shop.cache.time.monotonic", lambda: later)
    with django_assert_num_queries(4):
        client.get("/readyz")
