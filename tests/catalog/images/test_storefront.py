"""Pages show pictures without layout shifts and in the right size, without a request to S3."""

import re
from typing import Any

import pytest
from botocore.client import BaseClient
from django.test import Client

from catalog.listing_columns import refresh_listings
from catalog.models import Product, ProductImage
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db
PREVIEW = "data:image/webp;base64,AAAA"


def make_shown(count: int = 2, **fields: Any) -> Product:
    """Make a product with this many pictures in a category."""
    product = make_product("Clay pot", category=make_category())
    known = {
        "status": "ready",
        "widths": [160, 320, 640],
        "width": 900,
        "height": 700,
        "colour": "#aabbcc",
    }
    for position in range(count):
        key = f"uploads/pot{position}.jpg"
        values = known | {"preview": PREVIEW, "alt": f"Pot {position}"} | fields
        ProductImage.objects.create(product=product, position=position, original=key, **values)
    refresh_listings([product.pk])
    return product


def tags(page: str) -> list[dict[str, str]]:
    """Return the attributes of every picture of a product on a page."""
    found = [
        dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        for tag in re.findall(r"<img[^>]*srcset[^>]*>", page)
    ]
    assert found
    return found


def test_each_has_all_widths_its_proportions_and_its_colour(client: Client) -> None:
    page = client.get(make_shown().get_absolute_url()).content.decode()
    for number, tag in enumerate(tags(page)[:2]):
        base = f"/renditions/pot{number}/"
        assert re.findall(r"(\d+)\.webp (\d+)w", tag["srcset"]) == [
            ("160", "160"),
            ("320", "320"),
            ("640", "640"),
        ]
        assert base in tag["src"]
        assert (tag["width"], tag["height"], tag["alt"]) == ("900", "700", f"Pot {number}")
        assert tag["sizes"].endswith("100vw")
        assert tag["data-colour"] == "#aabbcc"


def test_the_first_is_fetched_at_once_and_the_others_when_they_are_near(client: Client) -> None:
    first, *others = tags(client.get(make_shown(3).get_absolute_url()).content.decode())
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert {other.get("loading") for other in others} == {"lazy"}


def test_a_blurred_preview_stands_behind_where_there_is_one(client: Client) -> None:
    assert (
        client.get(make_shown(1).get_absolute_url())
        .content.decode()
        .count(f'src="{PREVIEW}" alt=""')
        == 1
    )
    assert (
        "picture-preview"
        not in client.get(make_shown(1, preview="").get_absolute_url()).content.decode()
    )


def test_no_page_asks_s3(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_shown()
    asked = []
    plain = BaseClient._make_api_call

    def noting(self: BaseClient, operation: str, parameters: Any) -> Any:
        asked.append(self.meta.service_model.service_name)
        return plain(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noting)
    for path in (
        "/",
        product.category.get_absolute_url(),
        product.get_absolute_url(),
        "/search/?q=pot",
        "/cart/",
    ):
        assert client.get(path).status_code == 200
    assert "s3" not in asked
