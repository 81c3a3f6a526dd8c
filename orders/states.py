"""Every state of orders, payments, refunds and returns, and the ways between them.

States move along these ways only.

Each step is a conditional update: `move()` changes the row if it is still in a state from which the
way leads there, and says whether it did. Partly refunded is not a state of its own but an amount,
`Payment.refunded`: a part can be refunded before and after the goods are sent.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models


class OrderStatus(models.TextChoices):
    """Where an order is on its way."""

    PENDING = "pending", "Waiting for payment"
    PAID = "paid", "Paid"
    PARTLY_FULFILLED = "partly_fulfilled", "Partly sent"
    FULFILLED = "fulfilled", "Sent"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


class PaymentStatus(models.TextChoices):
    """What has become of one try to pay."""

    CREATED = "created", "Started"
    PROCESSING = "processing", "Being processed"
    CAPTURED = "captured", "Captured"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


class RefundStatus(models.TextChoices):
    """What has become of a refund."""

    CREATED = "created", "Started"
    PROCESSING = "processing", "Being processed"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"


class ReturnStatus(models.TextChoices):
    """How far a return has come."""

    REQUESTED = "requested", "Asked for"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    RECEIVED = "received", "Received"
    REFUNDED = "refunded", "Refunded"


#: Whose last word is still to come.
OPEN_PAYMENTS = (PaymentStatus.CREATED, PaymentStatus.PROCESSING)
OPEN_REFUNDS = (RefundStatus.CREATED, RefundStatus.PROCESSING)
#: Whose money the shop has got, whatever became of it afterwards.
PAID_PAYMENTS = (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED)
#: Where each state may lead. Cancelled leads to paid where money arrives after all and the goods
# are still there.
ORDER: Mapping[str, set[str]] = {
    OrderStatus.PENDING: {OrderStatus.PAID, OrderStatus.CANCELLED},
    OrderStatus.PAID: {
        OrderStatus.PARTLY_FULFILLED,
        OrderStatus.FULFILLED,
        OrderStatus.CANCELLED,
        OrderStatus.REFUNDED,
    },
    OrderStatus.PARTLY_FULFILLED: {OrderStatus.FULFILLED, OrderStatus.REFUNDED},
    OrderStatus.FULFILLED: {OrderStatus.REFUNDED},
    OrderStatus.CANCELLED: {OrderStatus.PAID, OrderStatus.REFUNDED},
    OrderStatus.REFUNDED: set(),
}
#: Failed and cancelled lead to captured because the provider has the last word on whether there is
# money.
PAYMENT: Mapping[str, set[str]] = {
    PaymentStatus.CREATED: {
        PaymentStatus.PROCESSING,
        PaymentStatus.CAPTURED,
        PaymentStatus.FAILED,
        PaymentStatus.CANCELLED,
    },
    PaymentStatus.PROCESSING: {
        PaymentStatus.CAPTURED,
        PaymentStatus.FAILED,
        PaymentStatus.CANCELLED,
    },
    PaymentStatus.FAILED: {PaymentStatus.CAPTURED},
    PaymentStatus.CANCELLED: {PaymentStatus.CAPTURED},
    PaymentStatus.CAPTURED: {PaymentStatus.REFUNDED},
    PaymentStatus.REFUNDED: set(),
}
REFUND: Mapping[str, set[str]] = {
    RefundStatus.CREATED: {RefundStatus.PROCESSING, RefundStatus.SUCCEEDED, RefundStatus.FAILED},
    RefundStatus.PROCESSING: {RefundStatus.SUCCEEDED, RefundStatus.FAILED},
    RefundStatus.SUCCEEDED: set(),
    RefundStatus.FAILED: set(),
}
RETURN: Mapping[str, set[str]] = {
    ReturnStatus.REQUESTED: {ReturnStatus.APPROVED, ReturnStatus.REJECTED},
    ReturnStatus.APPROVED: {ReturnStatus.RECEIVED, ReturnStatus.REJECTED},
    ReturnStatus.RECEIVED: {ReturnStatus.REFUNDED},
    ReturnStatus.REFUNDED: set(),
    ReturnStatus.REJECTED: set(),
}
WAYS: Mapping[type[models.TextChoices], Mapping[str, set[str]]] = {
    OrderStatus: ORDER,
    PaymentStatus: PAYMENT,
    RefundStatus: REFUND,
    ReturnStatus: RETURN,
}


def sources(target: models.TextChoices) -> set[str]:
    """Return the states from which a way leads to `target`."""
    return {source for source, targets in WAYS[type(target)].items() if target in targets}


def move(rows: "models.QuerySet[Any]", target: models.TextChoices, **fields: Any) -> bool:
    """Move the one row of a queryset to a state, with other fields; say whether a way led there
    from where it was.
    """
    return bool(rows.filter(status__in=sources(target)).update(status=target, **fields))
