"""Structured data for search engines: JSON-LD as defined by https://schema.org/Product."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from catalog.models import Product, Variant
from shop.money import plain_money
from shop.templatetags.shop import rendition_url

# A script element ends at the first "</script", even inside a JSON string.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
_STOCK = {True: "https://schema.org/InStock", False: "https://schema.org/OutOfStock"}


def product_data(
    product: Product,
    variants: Sequence[Variant],
    pictures: Sequence[dict[str, Any]],
    *,
    text: str,
    address: str,
) -> SafeString:
    """Return a product's JSON-LD, safe inside a script element; `address` is the shop's URL."""
    url = f"{address}{product.get_absolute_url()}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": url,
        "description": text,
        "image": [rendition_url(picture, 960) for picture in pictures if picture["widths"]],
        "offers": [_variant_offer(variant, url) for variant in variants],
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308


def _variant_offer(variant: Variant, url: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "price": plain_money(variant.price, settings.SHOP_CURRENCY),
        "priceCurrency": settings.SHOP_CURRENCY,
        "availability": _STOCK[variant.is_buyable],
        "url": f"{url}?variant={variant.pk}",
    }
    return offer | ({"sku": variant.sku} if variant.sku else {})
