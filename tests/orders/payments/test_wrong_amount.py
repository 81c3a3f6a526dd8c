"""A provider that reports another amount is not believed, and breaks no page, task or command."""

import logging
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import reconciliation
from orders.models import DummyCharge, Order, Payment
from orders.payments import charge
from orders.payments.providers.dummy import SECOND_STEP
from orders.payments.tasks import settle_payment
from tests.orders.checkout.test_pages import CARD, fill, order, to_review
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db
STRANGE = "1.00"


def misreport(payment: Payment) -> None:
    """Let the provider say that it has charged another amount."""
    DummyCharge.objects.update_or_create(
        idempotency_key=str(payment.pk),
        defaults={
            "payment_id": payment.pk,
            "reference": f"test_{uuid.uuid4().hex[:20]}",
            "amount": STRANGE,
            "currency": payment.currency,
            "status": "succeeded",
        },
    )


@pytest.fixture
def unpaid() -> Order:
    placed = place(provider="test")
    charge.pay(placed, CARD | {"card_number": SECOND_STEP})
    misreport(placed.payments.get())
    return placed


@pytest.mark.parametrize(
    ("page", "method"),
    [
        ("orders:pay", "post"),
        ("orders:dummy_challenge", "post"),
        ("orders:payment_return", "get"),
        ("orders:change", "post"),
        ("orders:cancel", "post"),
    ],
)
def test_each_page_says_that_it_is_unclear(client, unpaid, page, method):
    answer = getattr(client, method)(reverse(page, args=[unpaid.token]), CARD, follow=True)
    assert answer.redirect_chain[-1] == (unpaid.secret_url(), 302)
    assert answer.status_code == 200
    unpaid.refresh_from_db()
    assert unpaid.status == Order.Status.PENDING


def test_placing_an_order_leads_to_its_page(client: Client, monkeypatch):
    fill(client)
    page = to_review(client)
    create = Payment.objects.create

    def create_and_misreport(**fields):
        payment = create(**fields)
        misreport(payment)
        return payment

    monkeypatch.setattr(Payment.objects, "create", create_and_misreport)
    answer = order(client, page)
    assert answer.url == Order.objects.get().secret_url()


def test_the_worker_and_the_reconciler_go_on(unpaid, caplog):
    caplog.set_level(logging.ERROR)
    settle_payment(str(unpaid.payments.get().pk))
    assert "is not ours" in caplog.text
    Payment.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    (line,) = reconciliation.reconcile()
    assert "WrongAmount" in line
