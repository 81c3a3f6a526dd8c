"""Correct what a customer mistyped in an order: the email, and the address until it's shipped."""

from django.db import transaction

from orders.models import Order
from orders.models.order import make_token
from orders.states import OrderStatus
from shop.errors import DomainError

#: As long as something is to be shipped, the address matters.
ADDRESS_OPEN = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED)


class CorrectionRefused(DomainError):
    """Nothing was changed; the message tells staff why."""

    code = "correction_refused"


def may_correct_email(order: Order) -> bool:
    """Return whether the order has an email of its own: not that of an account, nor an erased one.

    Customers change the email of their account themselves.
    """
    return order.user_id is None and order.erased_at is None


def may_correct_address(order: Order) -> bool:
    """Return whether something of the order is still to be shipped."""
    return order.status in ADDRESS_OPEN


@transaction.atomic
def correct_email(order: Order, email: str) -> bool:
    """Change the email of a guest's order; return whether it was another one.

    Whoever read the mails at the old address knows the order's secret link, so the order gets a new
    one. Raises CorrectionRefused.
    """
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if email == locked.email:
        return False
    if not may_correct_email(locked):
        raise CorrectionRefused(
            "The order belongs to an account, whose email only its owner changes."
        )
    locked.email, locked.token = email, make_token()
    locked.save(update_fields=["email", "token"])
    return True


@transaction.atomic
def correct_address(order: Order, address: dict[str, str]) -> bool:
    """Change where an order goes; return whether that is another address.

    `address` is as AddressFields.as_dict() returns it. A billing address that was the same follows,
    unless the invoice was issued. Raises CorrectionRefused.
    """
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if address == locked.shipping_address:
        return False
    if not may_correct_address(locked):
        raise CorrectionRefused("All of it has been shipped, or it's cancelled.")
    if address["country"] != locked.shipping_address["country"]:
        raise CorrectionRefused(
            "Tax and delivery were calculated for the old country. Cancel the order instead, and "
            "ask the customer to order again."
        )
    if locked.billing_address == locked.shipping_address and not locked.invoices.exists():
        locked.billing_address = address
    locked.shipping_address = address
    locked.save(update_fields=["shipping_address", "billing_address"])
    return True
