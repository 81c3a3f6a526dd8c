"""What order events tell.

Self-contained: a mail can be written from it without asking anybody. Money is text.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.countries import COUNTRY_NAMES
from catalog.models import Variant, options_text
from orders.models import Order, OrderItem, Payment

#: The rendition that mails show: small, and there for every picture that is at least this wide.
MAIL_WIDTH = 320


def order_payload(order: Order, items: Iterable[OrderItem], **more: Any) -> dict[str, Any]:
    """Return the payload of an event about an order; `more` stands beside `order`."""
    return {
        "order": {
            "number": order.number,
            "email": order.email,
            "user_id": str(order.user_id) if order.user_id else None,
            "name": order.shipping_address["full_name"],
            "currency": order.currency,
            "placed_at": order.placed_at.isoformat(),
            "url": _absolute(order.get_absolute_url()),
            "admin_url": _absolute(reverse("admin:orders_order_change", args=[order.pk])),
            "items": [item_payload(item, item.quantity) for item in items],
            "shipping_method": order.shipping_method,
            "voucher_code": order.voucher_code,
            "tax_included": order.tax_included,
            **{name: str(getattr(order, name)) for name in AMOUNTS},
            "shipping_address": order.shipping_address
            | {"country": COUNTRY_NAMES[order.shipping_address["country"]]},
        },
        **more,
    }


AMOUNTS = ("items_total", "shipping_total", "discount_total", "tax_total", "total")


def item_payload(item: OrderItem, quantity: int) -> dict[str, Any]:
    """Return what an event says of units of an item; `total` is for all that was ordered of it,
    before discount.
    """
    return {
        "name": item.name,
        "sku": item.sku,
        "options": options_text(item.options),
        "quantity": quantity,
        "unit_price": str(item.unit_price),
        "total": str(item.total),
        "image_url": _image_url(item.image),
    }


def _absolute(path: str) -> str:
    return f"{settings.SHOP_URL}{path}"


def _image_url(image: dict[str, Any] | None) -> str:
    if not image or not image["widths"]:
        return ""
    width = MAIL_WIDTH if MAIL_WIDTH in image["widths"] else image["widths"][-1]
    return f"{settings.PRODUCT_IMAGES_URL}/renditions/{image['id']}/{width}.webp"


def payment_payload(payment: Payment | None, *, late: bool) -> dict[str, Any]:
    """Return what an event says of a payment; of none, where an order costs nothing.

    `late` says that it was being processed before: the shopper has been told that it was on its
    way.
    """
    if payment is None:
        return {"provider": "", "amount": "0.00", "error": "", "late": False}
    return {
        "provider": payment.provider,
        "amount": str(payment.amount),
        "error": payment.error,
        "late": late,
    }


def low_stock_payload(variant: Variant, left: int) -> dict[str, Any]:
    """Return what an event says of a variant of which little is left."""
    product = variant.product
    return {
        "product": {
            "id": str(product.pk),
            "name": product.name,
            "admin_url": _absolute(reverse("admin:catalog_product_change", args=[product.pk])),
            "image_url": _image_url(product.listing_image),
        },
        "variant": {
            "sku": variant.sku or "",
            "options": options_text(variant.options),
            "stock": left,
            "threshold": settings.SHOP_LOW_STOCK,
        },
    }
