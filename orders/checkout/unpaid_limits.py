"""Limits on orders that nobody pays, and on the stock that they hold.

Placing an order takes no proof of anything, but holds goods and sends mail to the email typed. So
somebody who leaves orders unpaid may not place more, by address, cart and mailbox. Orders that are
paid never count: a family, or all customers of a mobile network, may share an address.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from orders.pricing.vouchers import mailbox_of
from shop.limiter import TooManyAttempts, subject_keys

# The condition is that of the index `order_never_paid`.
_UNPAID = """
SELECT placed_by, placed_at, CASE WHEN status = 'pending' THEN
    (SELECT coalesce(sum(quantity), 0) FROM orders_orderitem WHERE order_id = orders_order.id)
    ELSE 0 END
FROM orders_order
WHERE (paid_at IS NULL OR total = 0) AND placed_at > %s AND placed_by && %s::varchar[]
ORDER BY placed_at, id
"""


class TooManyUnpaidOrders(TooManyAttempts):
    """Nothing was ordered, because too many earlier orders wait for their payment."""

    code = "too_many_unpaid_orders"
    sentence = "Too many unpaid orders. Please pay one of them, or try again in {wait}."


class UnpaidOrder(NamedTuple):
    """An order that nobody has paid, with the units that it holds."""

    placed_by: list[str]
    placed_at: datetime
    held: int


def placer_keys(*, address: str, owner: str, email: str) -> dict[str, str]:
    """Return the keys by which orders of one shopper are known as such, for `Order.placed_by`."""
    return subject_keys("unpaid_orders", address=address, owner=owner, email=mailbox_of(email))


def check_unpaid_orders(keys: Mapping[str, str]) -> None:
    """Refuse a further order of somebody who has left too many unpaid; takes one query.

    Orders that were cancelled meanwhile count too, and so do those that cost nothing: each of them
    may have been mailed about. Only pending ones hold units. Raises TooManyUnpaidOrders.
    """
    limits = {
        (kind, what): limit
        for kind in keys
        for what in ("orders", "units")
        if (limit := settings.LIMITS[f"unpaid_{what}.{kind}"])
    }
    if not limits:
        return
    now = timezone.now()
    unpaid = _unpaid_orders(keys, now - timedelta(seconds=max(span for _, span in limits.values())))
    for (kind, what), (most, seconds) in limits.items():
        span = timedelta(seconds=seconds)
        counted = [
            order
            for order in unpaid
            if keys[kind] in order.placed_by and order.placed_at + span > now
        ]
        if sum(order.held if what == "units" else 1 for order in counted) >= most:
            # The oldest is the first that no longer counts. A limit of 0 lets nobody order.
            oldest = counted[0].placed_at if counted else now
            raise TooManyUnpaidOrders((oldest + span - now).total_seconds())


def _unpaid_orders(keys: Mapping[str, str], since: datetime) -> list[UnpaidOrder]:
    """Return the orders that nobody has paid since a moment, oldest first.

    Every order that is placed makes this query, and the ORM takes longer to write it than
    PostgreSQL to answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNPAID, [since, list(keys.values())])
        return [UnpaidOrder(*row) for row in cursor.fetchall()]
