"""The bare views, which the pages are measured against, keep up with the models."""

import pytest
from django.test import Client

from orders.models import Order
from tests.bench import bare
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.mark.urls(bare.__name__)
def test_writes_an_order(client: Client) -> None:
    variants = [make_product().variants.get() for _ in range(3)]
    answer = client.post("/order/", {"variant": [variant.pk for variant in variants]})
    assert answer.status_code == 302
    assert Order.objects.get().items.count() == 3


@pytest.mark.urls(bare.__name__)
def test_shows_a_list_and_a_product(client: Client) -> None:
    product = make_product("Clay pot")
    assert client.get("/products/").status_code == 200
    assert "Clay pot" in client.get(f"/product/{product.slug}/").content.decode()
