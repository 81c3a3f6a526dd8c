"""Limits on orders that nobody pays, and on the stock that they hold.

Placing an order takes no proof of anything, but holds goods and sends mail to the email typed. So
somebody who leaves orders unpaid may not place more, by address, cart and mailbox. Orders that are
paid never count: a family, or all customers of a mobile network, may share an address.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from orders.models import Order
from orders.pricing.vouchers import mailbox_of
from shop.limiter import TooManyAttempts, subject_keys


class TooManyUnpaidOrders(TooManyAttempts):
    """Nothing was ordered, because too many earlier orders wait for their payment."""

    code = "too_many_unpaid_orders"
    sentence = "Too many unpaid orders. Please pay one of them, or try again in {wait}."


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
        if sum(order.held or 0 if what == "units" else 1 for order in counted) >= most:
            # The oldest is the first that no longer counts. A limit of 0 lets nobody order.
            oldest = counted[0].placed_at if counted else now
            raise TooManyUnpaidOrders((oldest + span - now).total_seconds())


def _unpaid_orders(keys: Mapping[str, str], since: datetime) -> list[Any]:
    """Return the orders that nobody has paid, oldest first, each with the units that it `held`."""
    return list(
        Order.objects.never_paid()
        .filter(placed_at__gt=since, placed_by__overlap=list(keys.values()))
        .annotate(held=Sum("items__quantity", filter=Q(status=Order.Status.PENDING)))
        .only("placed_by", "placed_at")
        .order_by("placed_at", "pk")
    )
