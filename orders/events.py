"""The events of orders: a type and a function for each, publishing in the caller's transaction.

A payload is self-contained: an email can be written from it without further lookups. Amounts are
strings. docs/events.md describes all payloads.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.address_format import format_lines
from catalog.models import Variant, options_text
from orders.models import Dispute, Order, OrderItem, Payment, Refund, Return, Shipment
from orders.states import ReturnStatus
from shop.countries import country_name
from shop.events.outbox import publish
from shop.models import Event
from shop.money import ZERO, plain_money

#: The rendition that emails show: small, and available for every image that is at least this wide.
MAIL_WIDTH = 320
AMOUNTS = ("items_total", "shipping_total", "discount_total", "tax_total", "total")


class EventType(models.TextChoices):
    """All types of events, as messages and the event log name them."""

    ORDER_CREATED = "order.created"
    ORDER_PROCESSING = "order.processing"
    ORDER_PAYMENT_REMINDER = "order.payment_reminder"
    ORDER_PAID = "order.paid"
    ORDER_SHIPPED = "order.shipped"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_REFUNDED = "order.refunded"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_NEEDS_REFUND = "payment.needs_refund"
    REFUND_FAILED = "refund.failed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_CLOSED = "dispute.closed"
    RETURN_REQUESTED = "return.requested"
    RETURN_APPROVED = "return.approved"
    RETURN_REJECTED = "return.rejected"
    RETURN_RECEIVED = "return.received"
    RETURN_REFUNDED = "return.refunded"
    LOW_STOCK = "product.low_stock"
    NOTIFICATION_REQUESTED = "notification.requested"


RETURN_EVENTS = {
    ReturnStatus.REQUESTED: EventType.RETURN_REQUESTED,
    ReturnStatus.APPROVED: EventType.RETURN_APPROVED,
    ReturnStatus.REJECTED: EventType.RETURN_REJECTED,
    ReturnStatus.RECEIVED: EventType.RETURN_RECEIVED,
}


def order_created(order: Order, items: Iterable[OrderItem]) -> None:
    """Publish that an order was placed."""
    _publish_event(EventType.ORDER_CREATED, order, items)


def order_processing(order: Order, payment: Payment) -> None:
    """Publish that the payment of an order is being processed."""
    _publish_event(EventType.ORDER_PROCESSING, order, payment=_payment_payload(order, payment))


def payment_reminder(order: Order) -> None:
    """Publish that an order has been waiting for its payment for a while."""
    _publish_event(EventType.ORDER_PAYMENT_REMINDER, order)


def order_paid(
    order: Order, items: Iterable[OrderItem], payment: Payment | None, *, late: bool
) -> None:
    """Publish that an order was paid; `payment` is None if it costs nothing.

    `late` means that the payment was being processed before, and the shopper was told to wait.
    """
    told = _payment_payload(order, payment, late=late)
    _publish_event(EventType.ORDER_PAID, order, items, payment=told)


def order_shipped(shipment: Shipment, units: Mapping[int, int]) -> None:
    """Publish a shipment; `units` maps the pk of items to the units in it."""
    items = _items_of(shipment.order)
    told = {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "items": [
            _item_payload(item, units[item.pk], shipment.order.currency)
            for item in items
            if item.pk in units
        ],
    }
    _publish_event(EventType.ORDER_SHIPPED, shipment.order, items, shipment=told)


def order_cancelled(
    order: Order, items: Iterable[OrderItem], *, reason: str, refund: Decimal, told: bool
) -> None:
    """Publish that nothing of an order will be shipped; `refund` is the amount that goes back.

    `told` means that a page has told the shopper.
    """
    amount = plain_money(refund, order.currency) if refund else ""
    cancellation = {"reason": reason, "refund": amount, "told": told}
    _publish_event(EventType.ORDER_CANCELLED, order, items, cancellation=cancellation)


def order_refunded(order: Order, refund: Refund) -> None:
    """Publish that money was returned to the shopper."""
    _publish_event(EventType.ORDER_REFUNDED, order, refund=_refund_payload(refund))


def payment_failed(order: Order, payment: Payment, *, late: bool) -> None:
    """Publish that a payment failed; `late` is as for `order_paid()`."""
    told = _payment_payload(order, payment, late=late)
    _publish_event(EventType.PAYMENT_FAILED, order, payment=told)


def payment_needs_refund(order: Order, items: Iterable[OrderItem], refund: Refund) -> None:
    """Publish that money came that the order cannot use, and that `refund` returns it."""
    told = {"amount": plain_money(refund.amount, refund.currency)}
    _publish_event(EventType.PAYMENT_NEEDS_REFUND, order, items, refund=told)


def refund_failed(order: Order, refund: Refund) -> None:
    """Publish that the provider could not return the money of a refund."""
    _publish_event(
        EventType.REFUND_FAILED, order, refund=_refund_payload(refund) | {"error": refund.error}
    )


def dispute_opened(order: Order, dispute: Dispute) -> None:
    """Publish that a customer disputes a payment at the bank."""
    _publish_event(EventType.DISPUTE_OPENED, order, dispute=_dispute_payload(dispute))


def dispute_closed(order: Order, dispute: Dispute) -> None:
    """Publish that a dispute was won or lost."""
    _publish_event(EventType.DISPUTE_CLOSED, order, dispute=_dispute_payload(dispute))


def return_moved(returned: Return) -> None:
    """Publish the state that a return has reached, from requested to received."""
    lines = returned.items.select_related("item").order_by("item")
    told = {
        "id": str(returned.pk),
        "reason": returned.reason,
        "answer": returned.answer,
        "items": [
            _item_payload(line.item, line.quantity, returned.order.currency) for line in lines
        ],
    }
    event_type = RETURN_EVENTS[ReturnStatus(returned.status)]
    _publish_event(event_type, returned.order, **{"return": told})  # type: ignore[arg-type]


def return_refunded(order: Order, refund: Refund) -> None:
    """Publish that the money of a return was refunded."""
    _publish_event(EventType.RETURN_REFUNDED, order, refund=_refund_payload(refund))


def low_stock(variant: Variant, left: int) -> None:
    """Publish that a variant has fallen to the threshold; the event belongs to no order."""
    product = variant.product
    payload = {
        "product": {
            "id": str(product.pk),
            "name": product.name,
            "admin_url": _absolute_url(reverse("admin:catalog_product_change", args=[product.pk])),
            "image_url": _image_url(product.listing_image),
        },
        "variant": {
            "sku": variant.sku or "",
            "options": options_text(variant.options),
            "stock": left,
            "threshold": settings.SHOP_LOW_STOCK,
        },
    }
    publish(EventType.LOW_STOCK, payload)


def notification_requested(order: Order, original: Event, template: str) -> None:
    """Publish that the email `template` of an earlier event is to be sent again.

    It says of the order what is true now: its email or address may have been corrected.
    """
    payload = original.payload | order_payload(order, _items_of(order))
    payload |= {"notification": {"template": template}}
    publish(EventType.NOTIFICATION_REQUESTED, payload)


def _publish_event(
    event_type: EventType, order: Order, items: Iterable[OrderItem] | None = None, **more: Any
) -> None:
    """Publish an event about an order; `more` is added beside `order` in the payload."""
    publish(event_type, order_payload(order, _items_of(order) if items is None else items) | more)


def _items_of(order: Order) -> list[OrderItem]:
    return list(order.items.order_by("pk"))


def order_payload(order: Order, items: Iterable[OrderItem]) -> dict[str, Any]:
    """Return what every event about an order says about it."""
    address = order.shipping_address
    admin_page = reverse("admin:orders_order_change", args=[order.pk])
    return {
        "order": {
            "number": order.number,
            "email": order.email,
            "user_id": str(order.user_id) if order.user_id else None,
            # Whether somebody stands behind what was typed; mails leave it out otherwise.
            "paid": order.was_paid,
            "name": address["full_name"],
            "currency": order.currency,
            # By the shop's clock: the Lambda, which knows no other, prints its day.
            "placed_at": timezone.localtime(order.placed_at).isoformat(),
            "admin_url": _absolute_url(admin_page),
            "items": [_item_payload(item, item.quantity, order.currency) for item in items],
            "shipping_method": order.shipping_method,
            "voucher_code": order.voucher_code,
            "tax_included": order.tax_included,
            **{name: plain_money(getattr(order, name), order.currency) for name in AMOUNTS},
            "shipping_address": address | {"country": country_name(address["country"])},
            "shipping_address_lines": format_lines(address),
        },
    }


def with_order_urls(payloads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return payloads with the secret URL of each one's order as `order.url`, for the mails.

    They go to the email that the order's account has now: whoever reads an older one must not get
    the URL. This is one query. The relay calls it (see shop/events/outbox.py); nothing stores the
    result.
    """
    numbers = {payload["order"]["number"] for payload in payloads if "order" in payload}
    orders = Order.objects.select_related("user").only("number", "token", "user__email")
    found = orders.in_bulk(numbers, field_name="number")
    return [_with_url(payload, found) for payload in payloads]


def _with_url(payload: dict[str, Any], orders: Mapping[str, Order]) -> dict[str, Any]:
    order = orders.get(payload.get("order", {}).get("number", ""))
    if order is None:
        return payload
    secret = {"url": _absolute_url(order.secret_url())}
    if order.user is not None:
        secret["email"] = order.user.email
    return payload | {"order": payload["order"] | secret}


def _item_payload(item: OrderItem, quantity: int, currency: str) -> dict[str, Any]:
    """Return units of an item; `total` is for all that was ordered of it, before discount."""
    return {
        "name": item.name,
        "sku": item.sku,
        "options": options_text(item.options),
        "quantity": quantity,
        "unit_price": plain_money(item.unit_price, currency),
        "total": plain_money(item.total, currency),
        "image_url": _image_url(item.image),
    }


def _payment_payload(
    order: Order, payment: Payment | None, *, late: bool = False
) -> dict[str, Any]:
    if payment is None:
        return {
            "provider": "",
            "amount": plain_money(ZERO, order.currency),
            "error": "",
            "late": False,
        }
    return {
        "provider": payment.provider,
        "amount": plain_money(payment.amount, payment.currency),
        "error": payment.error,
        "late": late,
    }


def _refund_payload(refund: Refund) -> dict[str, Any]:
    return {"amount": plain_money(refund.amount, refund.currency), "reason": refund.reason}


def _dispute_payload(dispute: Dispute) -> dict[str, Any]:
    return {
        "amount": plain_money(dispute.amount, dispute.currency),
        "status": dispute.status,
        "reason": dispute.reason,
        "respond_by": dispute.respond_by.isoformat() if dispute.respond_by else "",
    }


def _image_url(image: dict[str, Any] | None) -> str:
    if not image or not image["widths"]:
        return ""
    width = MAIL_WIDTH if MAIL_WIDTH in image["widths"] else image["widths"][-1]
    return f"{settings.PRODUCT_IMAGES_URL}/renditions/{image['id']}/{width}.webp"


def _absolute_url(path: str) -> str:
    return f"{settings.SHOP_URL}{path}"
