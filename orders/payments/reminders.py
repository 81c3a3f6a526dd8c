"""Remind shoppers of an order that they have not paid, once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from orders import events
from orders.models import Order, Payment
from orders.models.order import OrderQuerySet


def orders_to_remind() -> OrderQuerySet:
    """Return the orders that have been unpaid for long enough, oldest first.

    A payment that is being processed needs nothing of its shopper.
    """
    if not settings.PAYMENT_REMINDER_MINUTES:
        return Order.objects.none()
    since = timezone.now() - timedelta(minutes=settings.PAYMENT_REMINDER_MINUTES)
    waiting = Order.objects.unpaid_since(since).filter(reminded_at=None)
    return waiting.exclude(payments__status=Payment.Status.PROCESSING)


@transaction.atomic
def remind(order: Order) -> bool:
    """Publish that an order waits for its payment; return whether that was still due."""
    # Under the lock of the order's row, so that no payment is recorded in between.
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if not orders_to_remind().filter(pk=locked.pk).exists():
        return False
    Order.objects.filter(pk=locked.pk).update(reminded_at=timezone.now())
    events.payment_reminder(locked)
    return True
