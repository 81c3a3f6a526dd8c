"""How many units of an order's items were shipped, refunded, returned and restocked.

One query per order answers what staff and shoppers ask: how many are left to ship, to refund, to
return and to restock?
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, JSONField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from catalog import stock
from orders.models import Order, OrderItem, Refund, RefundItem, ReturnItem, ShipmentItem
from orders.states import OPEN_REFUNDS, ReturnStatus, move


@dataclass(frozen=True)
class ItemUnits:
    """What has happened to the units of one item."""

    item: OrderItem
    shipped: int
    #: Shipped recently enough to be returned, and not in a return that was not rejected.
    returnable: int
    #: Refunded, or about to be refunded.
    refunded: int
    #: Of those, how many were refunded without a return, so they need not be shipped or returned.
    refunded_unsent: int
    #: In returns that were not rejected.
    returned: int
    #: Put back into stock, by a refund or a return.
    restocked: int

    @property
    def to_ship(self) -> int:
        # Not less than zero: units that were shipped may have been refunded without a return, too.
        return max(self.item.quantity - self.shipped - self.refunded_unsent, 0)

    @property
    def to_refund(self) -> int:
        return self.item.quantity - self.refunded

    @property
    def to_return(self) -> int:
        """Return how many a shopper may ask to return now."""
        # Units that were refunded without a return count as gone, even if they were shipped.
        kept = self.item.quantity - self.refunded_unsent - self.returned
        return max(min(self.returnable, kept), 0)

    @property
    def to_restock(self) -> int:
        """Return how many were taken from stock and have not come back."""
        # stock_taken is less than the quantity for back orders, so more can come back than was
        # taken.
        return max(self.item.stock_taken - self.restocked, 0)


def units_of(order: Order) -> dict[int, ItemUnits]:
    """Return what has happened to each item of an order, by item pk, with one query.

    The items are sorted by pk. The result is exact under the order's row lock.
    """
    # Open refunds count, or their units could be refunded a second time.
    refunds = RefundItem.objects.exclude(refund__status=Refund.Status.FAILED)
    restocking = RefundItem.objects.filter(
        refund__restock=True, refund__status=Refund.Status.SUCCEEDED
    )
    returns = ReturnItem.objects.exclude(returned__status=ReturnStatus.REJECTED)
    items = order.items.order_by("pk").annotate(
        shipped=_sum(ShipmentItem.objects.all()),
        shipments=_list(ShipmentItem.objects.all(), "shipment__created_at"),
        refunded=_sum(refunds),
        refunded_unsent=_sum(refunds.filter(refund__returned=None)),
        returned=_sum(returns),
        returns=_list(returns, "returned__created_at"),
        restocked=_sum(restocking) + _sum(ReturnItem.objects.filter(returned__restocked=True)),
    )
    return {item.pk: _item_units(item) for item in items}


def _returnable_since(moment: datetime) -> datetime:
    """Return the start of the first day, by the shop's clock, whose shipments could be returned."""
    day = timezone.localdate(moment) - timedelta(days=settings.SHOP_RETURN_DAYS)
    return timezone.make_aware(datetime.combine(day, time.min))


def _returnable_units(shipments: list[dict[str, Any]], returns: list[dict[str, Any]]) -> int:
    """Return how many units were shipped recently enough to be returned, and are in no return.

    Each return is of the oldest units that could be returned when it was requested.
    """
    kept = sorted((datetime.fromisoformat(each["at"]), each["units"]) for each in shipments)
    for requested, units in sorted(
        (datetime.fromisoformat(each["at"]), each["units"]) for each in returns
    ):
        since, left = _returnable_since(requested), units
        for number, (shipped, there) in enumerate(kept):
            taken = min(there, left) if since <= shipped <= requested else 0
            kept[number] = (shipped, there - taken)
            left -= taken
    since = _returnable_since(timezone.now())
    return sum(units for shipped, units in kept if shipped >= since)


def _sum(lines: "QuerySet[Any]") -> Coalesce:
    """Return the units of an item in these shipment, refund or return lines, as an expression."""
    of_item = lines.filter(item=OuterRef("pk")).order_by().values("item")
    return Coalesce(Subquery(of_item.annotate(units=Sum(F("quantity"))).values("units")), 0)


def _list(lines: "QuerySet[Any]", at: str) -> Coalesce:
    """Return the units of an item in these lines and the times of them, as an expression."""
    of_item = lines.filter(item=OuterRef("pk")).order_by().values("item")
    each = of_item.annotate(each=JSONBAgg(JSONObject(at=at, units="quantity"))).values("each")
    return Coalesce(Subquery(each), [], output_field=JSONField())


def _item_units(item: Any) -> ItemUnits:
    names = ("shipped", "refunded", "refunded_unsent", "returned", "restocked")
    returnable = _returnable_units(item.shipments, item.returns)
    return ItemUnits(item, returnable=returnable, **{name: getattr(item, name) for name in names})


def left_to_ship(order: Order) -> dict[int, int]:
    """Return how many units of each item (by pk) are left to ship."""
    return {pk: units.to_ship for pk, units in units_of(order).items()}


def returnable(order: Order) -> dict[int, int]:
    """Return how many units of each item (by pk) a shopper may ask to return now."""
    return {pk: units.to_return for pk, units in units_of(order).items()}


def not_restocked(order: Order) -> dict[int, int]:
    """Return how many units of each variant (by pk) were taken from stock and not put back."""
    return by_variant((units.item, units.to_restock) for units in units_of(order).values())


def by_variant(units: Iterable[tuple[OrderItem, int]]) -> dict[int, int]:
    """Return the sum of units for each variant (by pk), of which an order may have several items.

    Stock is kept by variant, everything else of an order by item.
    """
    sums: dict[int, int] = {}
    for item, count in units:
        sums[item.variant_id] = sums.get(item.variant_id, 0) + count
    return sums


def take_stock(items: Sequence[OrderItem], order_number: str) -> dict[int, stock.StockTaken]:
    """Take the stock for items and note on each, unsaved, how much of it came from stock.

    Returns what was taken by variant pk. Call it inside a transaction; raises OutOfStock.
    """
    wanted = by_variant((item, item.quantity) for item in items)
    taken = stock.take(wanted, order_number=order_number)
    left = {variant_id: took.quantity for variant_id, took in taken.items()}
    for item in items:
        item.stock_taken = min(item.quantity, left[item.variant_id])
        left[item.variant_id] -= item.stock_taken
    return taken


def end_order(order: Order) -> None:
    """End an order of which nothing is left to ship, if it has not ended already.

    It is fulfilled if some of it was shipped, refunded otherwise, even if the shop keeps the price
    of the delivery. Call it in a transaction that holds the lock on the order's row.
    """
    # The units of a refund that fails are to be shipped after all.
    refunds = Refund.objects.filter(payment__order=order, status__in=OPEN_REFUNDS)
    if refunds.exists() or any(left_to_ship(order).values()):
        return
    this = Order.objects.filter(pk=order.pk)
    move(this.filter(status=Order.Status.PARTLY_FULFILLED), Order.Status.FULFILLED)
    move(this.filter(status=Order.Status.PAID), Order.Status.REFUNDED)
