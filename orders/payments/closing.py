"""Cancel an order, in the caller's transaction: its state, voucher use, stock and event."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from catalog import listing_columns, stock
from catalog.models import StockMovement
from orders import events
from orders.models import Order
from orders.pricing import vouchers
from orders.states import OPEN_PAYMENTS, CartReturn, move
from orders.units import by_variant
from shop.money import ZERO


@dataclass(frozen=True)
class Ending:
    """How an order ends.

    `reason` is a sentence, `owed` the amount that is refunded, `lines_to` the owner of the cart to
    which its lines go back, or empty. `told` means that a page tells the shopper, so that no email
    needs to.
    """

    reason: str
    owed: Decimal = ZERO
    lines_to: str = ""
    told: bool = False


LAPSED = Ending("It was not paid in time.")


def close_unpaid(order: Order, ending: Ending) -> bool:
    """Cancel an order that was not paid and whose row the caller has locked.

    Returns False, and changes nothing, if it is paid or cancelled already, or a payment is open.
    After the commit `put_lines_back()` continues; if nobody calls it, the reconciler does.
    """
    if (
        order.status != Order.Status.PENDING
        or order.payments.filter(status__in=OPEN_PAYMENTS).exists()
    ):
        return False
    taken = by_variant((item, item.stock_taken) for item in order.items.all())
    close_order(order, taken, ending)
    return True


def close_order(order: Order, taken: Mapping[int, int], ending: Ending) -> None:
    """Move a locked order to cancelled, and release its voucher use and its stock.

    `taken` maps the pk of variants to units.
    """
    back = {"cart_owner": ending.lines_to, "cart_return": CartReturn.DUE}
    move(
        Order.objects.filter(pk=order.pk),
        Order.Status.CANCELLED,
        cancelled_at=timezone.now(),
        **(back if ending.lines_to else {}),
    )
    order.refresh_from_db()
    # The voucher is locked before the stock, as in `place_order()`.
    vouchers.release_voucher(order)
    stock.give_back(taken, reason=StockMovement.Reason.RELEASE, order_number=order.number)
    items = list(order.items.select_related("variant").order_by("pk"))
    events.order_cancelled(order, items, reason=ending.reason, refund=ending.owed, told=ending.told)
    listing_columns.refresh_listings([item.variant.product_id for item in items])
