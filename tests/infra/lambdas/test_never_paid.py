"""No mail carries a stranger's text to somebody who never paid."""

import importlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from orders import cancellation, events
from orders.models import DummyCharge, Order
from orders.payments import charge
from orders.payments.providers.dummy import SLOW
from orders.payments.reminders import remind
from shop.models import Event
from tests.factories import ADDRESS, make_product, make_shipping_method, make_voucher
from tests.infra.lambdas.orders import make_order, return_of
from tests.orders.shopping import CARD, checkout, fill, new_cart

pytestmark = pytest.mark.django_db

HOSTILE = "You won 500 https://evil.example/"
#: All that a shopper types, each with a mark of its own. The forms refuse links; this is the rest.
TYPED = {
    "shipping_address": {name: f"{HOSTILE}{name}" for name in ADDRESS} | {"country": "DE"},
    "billing_address": {name: f"{HOSTILE}{name}" for name in ADDRESS} | {"country": "DE"},
    "note": f"{HOSTILE}note",
}


@pytest.fixture
def handler(notifications_zip: Path) -> ModuleType:
    return importlib.import_module("handler")


def place(card: str, **wishes: Any) -> Order:
    cart = new_cart()
    fill(cart, make_product("Mug", price="10.00"), engraving=HOSTILE)
    details = CARD | {"card_number": card}
    return checkout(cart, wishes.pop("total", "14.90"), payment_details=details, **TYPED, **wishes)


def place_and_pay_slowly() -> Order:
    order = place(SLOW)
    charge.pay(order, {"card_number": SLOW})
    return order


def never_pay() -> None:
    """Let all happen that can happen to orders that are never paid."""
    cancellation.cancel_unpaid(place(SLOW))
    forgotten = place(SLOW)
    Order.objects.filter(pk=forgotten.pk).update(placed_at=timezone.now() - timedelta(minutes=11))
    assert remind(forgotten)
    cancelled = place_and_pay_slowly()
    cancellation.cancel_unpaid(cancelled)
    failed = place_and_pay_slowly()
    DummyCharge.objects.filter(payment_id=failed.payments.get().pk).update(status="failed")
    charge.settle_payment(failed.payments.get())
    make_voucher("ALL", value=Decimal(100))
    free = make_shipping_method("Free", "0.00").pk
    place(SLOW, total="0.00", voucher_code="ALL", shipping_method_id=free)


def messages() -> list[dict[str, Any]]:
    """Return all events so far, as the relay sends them."""
    sent = list(Event.objects.all())
    payloads = [event.payload for event in sent]
    return [
        {
            "id": str(event.pk),
            "type": event.type,
            "created_at": timezone.now().isoformat(),
            "payload": payload,
        }
        for event, payload in zip(sent, events.with_order_urls(payloads), strict=True)
    ]


def text_of(mail: Any) -> str:
    return f"{mail.subject}\n{mail.text}\n{mail.html}".replace("\n", " ")


def test_no_mail_about_an_order_that_was_never_paid_has_it(handler, monkeypatch) -> None:
    monkeypatch.setenv("STAFF_ALERTS_TOPIC_ARN", "arn:topic")
    monkeypatch.setenv("STAFF_EMAIL", "staff@example.com")
    never_pay()
    for event in list(Event.objects.filter(payload__has_key="order")):  # Staff send it again.
        if kind := handler._shopper_kind({"type": event.type, "payload": event.payload}):
            order = Order.objects.get(number=event.payload["order"]["number"])
            events.notification_requested(order, event, kind)
    sent: dict[str, int] = {}
    for message in messages():
        payload = message["payload"]
        assert HOSTILE in str(payload) or "order" not in payload  # A control: it is there.
        for notification in handler._notifications(message):
            mail = handler.render(notification.kind, payload, shop_name="Trivet")
            assert "evil.example" not in text_of(mail), notification.kind
            assert "You won" not in text_of(mail), notification.kind
            sent[notification.kind] = sent.get(notification.kind, 0) + 1
    assert sent.keys() >= {
        *("order_received", "order_cancelled", "payment_failed", "order_confirmation"),
        "payment_reminder",
    }


def test_no_mail_at_all_would_have_it(handler) -> None:
    """Whatever mail is added, and whichever event leads to it."""
    typed: dict[str, Any] = {"name": HOSTILE, "shipping_address_lines": [HOSTILE]}
    typed["shipping_address"] = dict.fromkeys(ADDRESS, HOSTILE)
    for paid in (False, True):
        order = make_order(paid=paid, **typed)
        payload = {
            "order": order,
            "payment": {"provider": "test", "amount": "1.00", "error": "", "late": False},
            "refund": {"amount": "1.00", "error": ""},
            "return": return_of(order),
        }
        found = {
            kind
            for kind in handler.SHOPPER_KINDS
            if "You won" in text_of(handler.render(kind, payload, shop_name="Trivet"))
        }
        # The control: mails about an order that was paid greet the shopper by name. A reminder is
        # only sent about one that isn't.
        assert found == (handler.SHOPPER_KINDS - {"payment_reminder"} if paid else set())


def test_an_order_that_was_paid_is_mailed_about_by_name(handler) -> None:
    order = place(CARD["card_number"])
    charge.pay(order, CARD)
    paid = next(message for message in messages() if message["type"] == "order.paid")
    mail = handler.render("order_confirmation", paid["payload"], shop_name="Trivet")
    assert f"Hello {HOSTILE}full_name" in text_of(mail)
