"""Payments and refunds in the database, to test how the shop talks about them with Stripe."""

from decimal import Decimal
from typing import Any

from orders.models import Order, Payment, Refund
from orders.payments.providers.base import PaymentResult
from tests.factories import make_order


def make_payment(amount: str = "14.90", currency: str = "EUR", **fields: Any) -> Payment:
    """Make a payment that Stripe does not know."""
    order = make_order(status=Order.Status.PENDING)
    order.payments.all().delete()
    fields = {"provider": "stripe", "amount": Decimal(amount), "currency": currency} | fields
    return Payment.objects.create(order=order, **fields)


def note(payment: Payment, outcome: PaymentResult) -> Payment:
    """Save what the shop keeps of a payment result."""
    payment.transaction_id, payment.status = outcome.transaction_id, outcome.status
    payment.save(update_fields=["transaction_id", "status"])
    return payment


def make_refund(payment: Payment, amount: str) -> Refund:
    """Make a refund that Stripe does not know."""
    return Refund.objects.create(payment=payment, amount=Decimal(amount), currency=payment.currency)
