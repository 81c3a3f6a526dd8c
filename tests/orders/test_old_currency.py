"""What an order, a payment, a refund or a document shows is in its own currency, not the shop's."""

import json
import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from orders.documents.issue import issue_credit_note, issue_invoice
from orders.documents.pdf.invoice import render
from orders.models import Order, OrderItem, Refund
from orders.payments.refunds import refund
from orders.pricing.vouchers import use_voucher
from shop.models import Event
from tests.factories import make_order, make_product, make_staff, make_user, make_voucher
from tests.orders.documents.papers import pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(settings) -> Order:
    """Return an order in yen, of which a part was refunded, in a shop that sells in euro."""
    settings.SHOP_REFUND_PASSWORD_ABOVE = 1_000_000
    variant = make_product(price="985").variants.get()
    fields = {"items_total": 1970, "shipping_total": 400, "discount_total": 99, "total": 2271}
    order = make_order(make_user(), variant=variant, quantity=2, currency="JPY", **fields)
    OrderItem.objects.update(discount=99, tax_percent=10, tax=170)
    Order.objects.update(tax_total=206, shipping_tax=36, paid_at=order.placed_at)
    order.refresh_from_db()
    use_voucher(make_voucher(), order)
    refund(order, key=uuid.uuid4(), quantities={order.items.get().pk: 1}, reason="Cracked.")
    return order


def test_every_page_that_shows_an_order_shows_its_currency(order):
    alice, staff = Client(), Client()
    alice.force_login(order.user)
    staff.force_login(make_staff())
    begun = Refund.objects.get()
    refund_page = reverse("admin:orders_order_refund", args=[order.pk])
    answers = {"key": str(uuid.uuid4()), "kind": "amount", "amount": "500", "reason": "Late."}
    pages = {
        "order": alice.get(order.secret_url()),
        "orders": alice.get(reverse("accounts:orders")),
        "in the admin": staff.get(reverse("admin:orders_order_change", args=[order.pk])),
        "list": staff.get(reverse("admin:orders_order_changelist")),
        "to refund": staff.get(refund_page),
        "refunding": staff.post(refund_page, answers),
        "payment": staff.get(reverse("admin:orders_payment_change", args=[begun.payment_id])),
        "payments": staff.get(reverse("admin:orders_payment_changelist")),
        "refund": staff.get(reverse("admin:orders_refund_change", args=[begun.pk])),
        "refunds": staff.get(reverse("admin:orders_refund_changelist")),
    }
    for name, page in pages.items():
        text = text_of(page.content.decode())
        assert re.search(r"¥\d", text), name
        assert not re.search(r"[€$£]\d|¥[\d,]+\.", text), (name, text)
    admin = text_of(pages["in the admin"].content.decode())
    for amount in ("¥985", "¥1,970", "−¥99", "¥170", "¥2,271", "¥936"):
        assert amount in admin, amount
    assert "¥500 goes back" in text_of(pages["refunding"].content.decode())


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_its_events_and_documents_have_the_digits_of_its_currency(order):
    events = [event.payload for event in Event.objects.filter(type="order.refunded")]
    assert events[0]["refund"]["amount"] == "936"
    documents = [issue_invoice(order), issue_credit_note(Refund.objects.get())]
    assert documents[0].data["total"] == "2271"
    assert documents[1].data["total"] == "936"
    for data in [*events, *(document.data for document in documents)]:
        assert not re.search(r'"-?\d+\.\d+"', json.dumps(data)), data
    for document in documents:
        text = "\n".join(pages_of(render(document)))
        assert "¥936" in text or "¥2,271" in text
        assert "€" not in text


def test_a_wrong_digit_is_refused_when_it_is_refunded(order):
    staff = Client()
    staff.force_login(make_staff())
    answers = {"key": str(uuid.uuid4()), "kind": "amount", "amount": "5.50", "reason": "Late."}
    page = staff.post(reverse("admin:orders_order_refund", args=[order.pk]), answers)
    assert "Amounts in JPY have no decimals." in page.content.decode()
