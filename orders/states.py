"""All states of orders, payments, refunds and returns, and the transitions between them.

A state changes by these transitions only.

Each one is a conditional update: `move()` changes the row if it is still in a state that allows the
transition, and returns whether it did. Partly refunded is not a state but an amount,
`Payment.refunded`: part of the money can be refunded before or after the goods are shipped.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models


class OrderStatus(models.TextChoices):
    PENDING = "pending", "Waiting for payment"
    PAID = "paid", "Paid"
    PARTLY_FULFILLED = "partly_fulfilled", "Partly sent"
    FULFILLED = "fulfilled", "Sent"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


class PaymentStatus(models.TextChoices):
    """The states of one attempt to pay."""

    CREATED = "created", "Started"
    PROCESSING = "processing", "Being processed"
    CAPTURED = "captured", "Captured"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


class RefundStatus(models.TextChoices):
    CREATED = "created", "Started"
    PROCESSING = "processing", "Being processed"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", "Asked for"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    RECEIVED = "received", "Received"
    REFUNDED = "refunded", "Refunded"
    CLOSED = "closed", "Closed, nothing to refund"


class DisputeStatus(models.TextChoices):
    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class CartReturn(models.TextChoices):
    """How far the lines of an order that was never paid have come on their way back to a cart.

    From `begun` on the order cannot be revived any more, or its goods could be bought twice.
    """

    NONE = "", "Not in a cart"
    DUE = "due", "To be put back"
    BEGUN = "begun", "Being put back"
    DONE = "done", "Back in the cart"
    PARTLY = "partly", "Back in the cart as far as there was room"


#: Payments and refunds whose outcome is still open.
OPEN_PAYMENTS = (PaymentStatus.CREATED, PaymentStatus.PROCESSING)
OPEN_DISPUTES = (DisputeStatus.OPEN,)
OPEN_CART_RETURNS = (CartReturn.DUE, CartReturn.BEGUN)
OPEN_REFUNDS = (RefundStatus.CREATED, RefundStatus.PROCESSING)
OPEN_RETURNS = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED, ReturnStatus.RECEIVED)
#: Orders that the shop still has to do something about.
UNFINISHED_ORDERS = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED)
#: Payments whose money the shop has received, whatever happened to it afterwards.
PAID_PAYMENTS = (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED)
#: The transitions from each state. A cancelled order becomes paid if its money arrives late and the
#: goods are still there.
ORDER: Mapping[str, set[str]] = {
    OrderStatus.PENDING: {OrderStatus.PAID, OrderStatus.CANCELLED},
    OrderStatus.PAID: {
        OrderStatus.PARTLY_FULFILLED,
        OrderStatus.FULFILLED,
        OrderStatus.CANCELLED,
        OrderStatus.REFUNDED,
    },
    # Once something was shipped, an order can be refunded but no longer cancelled.
    OrderStatus.PARTLY_FULFILLED: {OrderStatus.FULFILLED, OrderStatus.REFUNDED},
    OrderStatus.FULFILLED: {OrderStatus.REFUNDED},
    OrderStatus.CANCELLED: {OrderStatus.PAID, OrderStatus.REFUNDED},
    OrderStatus.REFUNDED: set(),
}
#: Failed and cancelled payments may become captured, because the provider has the last word on
#: whether there is money.
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
    ReturnStatus.RECEIVED: {ReturnStatus.REFUNDED, ReturnStatus.CLOSED},
    ReturnStatus.REFUNDED: set(),
    ReturnStatus.CLOSED: set(),
    ReturnStatus.REJECTED: set(),
}
DISPUTE: Mapping[str, set[str]] = {
    DisputeStatus.OPEN: {DisputeStatus.WON, DisputeStatus.LOST},
    DisputeStatus.WON: set(),
    DisputeStatus.LOST: set(),
}
TRANSITIONS: Mapping[type[models.TextChoices], Mapping[str, set[str]]] = {
    OrderStatus: ORDER,
    PaymentStatus: PAYMENT,
    RefundStatus: REFUND,
    ReturnStatus: RETURN,
    DisputeStatus: DISPUTE,
}

#: The states in which a row may stay for ever. What ends the others:
#: - an unpaid order, by itself: its money, or `reconcile()`, which cancels it after a while;
#: - a paid or partly shipped order: shipping, refunding or cancelling what is left of it. Once
#:   all units are shipped or refunded it ends by itself (`end_order()` in orders/units.py);
#: - an open payment or refund, by itself: `reconcile()` asks the provider until there is an answer;
#: - a requested or approved return: staff, who reject one that never comes. A received one:
#:   `refund_return()`, which closes it if there is nothing to refund;
#: - an open dispute: the provider.
#: A shipment has no states: it exists once it has left.
ENDS: Mapping[type[models.TextChoices], set[str]] = {
    OrderStatus: {OrderStatus.FULFILLED, OrderStatus.CANCELLED, OrderStatus.REFUNDED},
    PaymentStatus: {
        PaymentStatus.CAPTURED,
        PaymentStatus.FAILED,
        PaymentStatus.CANCELLED,
        PaymentStatus.REFUNDED,
    },
    RefundStatus: {RefundStatus.SUCCEEDED, RefundStatus.FAILED},
    ReturnStatus: {ReturnStatus.REJECTED, ReturnStatus.REFUNDED, ReturnStatus.CLOSED},
    DisputeStatus: {DisputeStatus.WON, DisputeStatus.LOST},
}


def sources(target: models.TextChoices) -> set[str]:
    """Return the states from which there is a transition to `target`."""
    return {source for source, targets in TRANSITIONS[type(target)].items() if target in targets}


def move(rows: "models.QuerySet[Any]", target: models.TextChoices, **fields: Any) -> bool:
    """Move the one row of a queryset to a state, and set other fields.

    Return whether the state that it was in allowed that.
    """
    # One UPDATE checks and changes the state, so only one of two concurrent calls succeeds.
    return bool(rows.filter(status__in=sources(target)).update(status=target, **fields))
