"""Disputes of payments: recorded as the provider tells, answered in its dashboard.

While a dispute is open the order is on hold (orders/fulfilment/shipments.py). If it's lost, its
money counts as refunded, so that it isn't refunded once more.
"""

import logging

from django.db import transaction

from orders import events
from orders.models import Dispute, Order, Payment, Refund
from orders.payments.providers.base import DisputeResult, get_provider
from orders.payments.refunds import close_refunded, reserve_what_is_left
from orders.states import OPEN_DISPUTES, DisputeStatus, move

logger = logging.getLogger(__name__)

LOST_DISPUTE = "The customer's bank took it back after a dispute."


def import_disputes(payment: Payment) -> None:
    """Ask the provider for the disputes of a payment and record them. Raises PaymentError."""
    for told in get_provider(payment.provider).disputes(payment):
        record_dispute(payment, told)


@transaction.atomic
def record_dispute(payment: Payment, told: DisputeResult) -> Dispute:
    """Record what the provider tells of a dispute; its effects happen once."""
    order = Order.objects.select_for_update(no_key=True).get(pk=payment.order_id)
    dispute, is_new = Dispute.objects.get_or_create(
        transaction_id=told.transaction_id,
        defaults={
            "payment": payment,
            "amount": told.amount,
            "currency": told.currency,
            "reason": told.reason[:80],
            "respond_by": told.respond_by,
        },
    )
    if is_new:
        events.dispute_opened(order, dispute)
    Dispute.objects.filter(pk=dispute.pk, status__in=OPEN_DISPUTES).update(
        respond_by=told.respond_by
    )
    if told.status != DisputeStatus.OPEN and move(
        Dispute.objects.filter(pk=dispute.pk), told.status
    ):
        _close_dispute(order, dispute)
    dispute.refresh_from_db()
    return dispute


def _close_dispute(order: Order, dispute: Dispute) -> None:
    dispute.refresh_from_db()
    if dispute.status == DisputeStatus.LOST:
        # Some of the payment may have been refunded before the dispute.
        taken = reserve_what_is_left(dispute.payment, dispute.amount)
        if taken:
            Refund.objects.create(
                payment=dispute.payment,
                transaction_id=dispute.transaction_id,
                amount=taken,
                currency=dispute.currency,
                status=Refund.Status.SUCCEEDED,
                reason=LOST_DISPUTE,
            )
        close_refunded(order)
    events.dispute_closed(order, dispute)
