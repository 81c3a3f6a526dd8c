"""Guest orders of people who have an account, and the look-up of an order by number and email.

Only a paid order joins the account: placing an order with somebody else's address proves nothing.
"""

from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from accounts.models import User
from orders.models import Order
from shop.email_address import InvalidEmail, clean_email
from shop.errors import DomainError
from shop.text import clean_code

_ACCOUNT_OF_EMAIL = "SELECT user_id FROM account_emailaddress WHERE verified AND email = %s LIMIT 1"


class OrderNotFound(DomainError):
    """No order has this number and this email; which of the two is wrong isn't told."""

    code = "order_not_found"

    def __init__(self) -> None:
        super().__init__(
            "We can't find an order with this number and email. Check both in your confirmation."
        )


def owner_by_email(order: Order) -> int | RawSQL | None:
    """Return, for an UPDATE of an order, its user, or else the account with its email.

    It has to be the account's confirmed email. The query is raw because every paid order of a guest
    makes it: the ORM takes longer to write it than PostgreSQL to answer.
    """
    return order.user_id or RawSQL(_ACCOUNT_OF_EMAIL, [order.email.lower()])  # noqa: S611 - no input in it


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
