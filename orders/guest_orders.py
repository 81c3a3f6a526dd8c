"""Guest orders of people who have an account, and the look-up of an order by number and email.

Only a paid order joins the account: placing an order with somebody else's address proves nothing.
"""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from orders.models import Order
from shop.email_address import InvalidEmail, clean_email
from shop.errors import DomainError
from shop.text import clean_code


class OrderNotFound(DomainError):
    """No order has this number and this email; which of the two is wrong isn't told."""

    code = "order_not_found"

    def __init__(self) -> None:
        super().__init__(
            "We can't find an order with this number and email. Check both in your confirmation."
        )


def owner_by_email() -> Coalesce:
    """Return, for an UPDATE of orders, their user, or else the account with their email.

    It has to be the account's confirmed email.
    """
    account = User.objects.filter(
        emailaddress__verified=True, emailaddress__email=Lower(OuterRef("email"))
    )
    return Coalesce(F("user"), Subquery(account.values("pk")[:1]))


def claim_guest_orders(user: User) -> int:
    """Let the guest orders with a user's confirmed email belong to the user; return how many did.

    Every sign-in and every confirmed email ends here (CONFIRMED_EMAIL_HOOKS).
    """
    confirmed = User.objects.filter(pk=user.pk, emailaddress__verified=True).values(
        "emailaddress__email"
    )
    return (
        Order.objects.annotate(mailbox=Lower("email"))
        .filter(user=None, paid_at__isnull=False, mailbox__in=confirmed)
        .update(user=user)
    )


def follow_email(user: User) -> int:
    """Let a user's orders have the account's email, after a change of it; return how many changed.

    Called like claim_guest_orders(). Mails don't wait for it, see with_order_urls() in
    orders/events.py.
    """
    return Order.objects.filter(user=user).exclude(email=user.email).update(email=user.email)


def find_order(number: str, email: str) -> Order:
    """Return the order with a number and an email, both as people type them.

    Raises OrderNotFound.
    """
    try:
        mailbox = clean_email(email)
    except InvalidEmail as error:
        raise OrderNotFound from error
    order = Order.objects.filter(number=clean_code(number), email__iexact=mailbox).first()
    if order is None:
        raise OrderNotFound
    return order
