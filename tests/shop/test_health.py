"""Health checks."""

import pytest

pytestmark = pytest.mark.django_db


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
