"""Draw packing slips: what is in a shipment, or what is left to ship of an order.

They show no prices; one PDF can hold many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from accounts.address_format import format_lines
from catalog.models import options_text
from orders.documents.pdf.page import (
    BODY,
    LABEL,
    SMALL,
    STRONG,
    TITLE,
    Block,
    PageCanvas,
    paginate,
)
from orders.documents.pdf.text import Style, shorten, wrap
from orders.models import Order, OrderItem, Shipment
from orders.units import left_to_ship
from shop.formatting import format_date

ADDRESS = Style(13)
PAD = 8


@dataclass(frozen=True)
class Slip:
    """What one slip is about: units of an order's items, and how they are shipped."""

    order: Order
    lines: Sequence[tuple[OrderItem, int]]
    sent_by: str
    tracking: str = ""


def slip_of(shipment: Shipment) -> Slip:
    """Return the slip of a shipment."""
    lines = [
        (line.item, line.quantity)
        for line in shipment.items.select_related("item").order_by("item_id")
    ]
    sent_by = shipment.carrier or shipment.order.shipping_method
    return Slip(shipment.order, lines, sent_by, shipment.tracking_number)


def slips_of(order: Order) -> list[Slip]:
    """Return one slip of what is left to ship, or if that is nothing, those of the shipments."""
    left = left_to_ship(order)
    lines = [(item, left[item.pk]) for item in order.items.order_by("pk") if left[item.pk]]
    if lines:
        return [Slip(order, lines, order.shipping_method)]
    return [slip_of(shipment) for shipment in order.shipments.order_by("created_at", "pk")]


def packing_slips(orders: Iterable[Order]) -> bytes:
    """Return one PDF with the slips of orders, in the given order.

    If there are none, a page says so.
    """
    return print_slips([slip for order in orders for slip in slips_of(order)])


def print_slips(slips: Sequence[Slip]) -> bytes:
    """Return one PDF with these slips; each starts a new page and numbers its own pages."""
    page = PageCanvas(
        settings.SHOP_PAPER,
        "Packing slips" if len(slips) != 1 else f"Packing slip {slips[0].order.number}",
    )
    for slip in slips:
        SlipDrawing(page, slip).draw()
    if not slips:
        page.text(page.left, 56, "There is nothing to send.", TITLE)
        page.canvas.showPage()
    return page.finished()


class SlipDrawing:
    def __init__(self, page: PageCanvas, slip: Slip) -> None:
        self.page = page
        self.slip = slip
        self.what = page.left + 76
        self.sku_width = 120
        self.width = page.right - PAD - self.sku_width - 12 - self.what

    def draw(self) -> None:
        rows = [self.row(item, units) for item, units in self.slip.lines]
        pages = paginate(self.first_head(), self.later_head(), rows, self.closing(), self.page.room)
        self.page.draw(pages, [" · ".join(settings.SHOP_SELLER)], f"Order {self.slip.order.number}")

    def first_head(self) -> Block:
        """Return the heading of the first page: a large address and the order's bar code."""
        address = self.slip.order.shipping_address
        lines = [line for part in format_lines(address) for line in wrap(part, ADDRESS, 280)]
        phone = [address["phone"]] if address.get("phone") else []
        height = max(
            16 + len(lines) * ADDRESS.leading + len(phone) * BODY.leading,
            len(self._facts()) * 15 + 46,
        )

        def draw(y: float) -> None:
            page = self.page
            page.brand()
            page.text(page.right, y - 2, "Packing slip", TITLE, align="right")
            page.text(page.left, y + 76, "Send to", LABEL)
            end = page.lines(page.left, y + 92, lines[:1], Style(ADDRESS.size, bold=True))
            page.lines(page.left, page.lines(page.left, end, lines[1:], ADDRESS) + 2, phone)
            self._draw_facts(y + 76)
            self.table_head(y + 76 + height + 26)

        return Block(76 + height + 26 + 24, draw)

    def _facts(self) -> list[tuple[str, str]]:
        order = self.slip.order
        facts = [
            ("Order", order.number),
            ("Ordered", format_date(order.placed_at)),
        ]
        facts.append(("Delivery", self.slip.sent_by))
        if self.slip.tracking:
            facts.append(("Tracking", self.slip.tracking))
        return [*facts, ("Units", str(sum(units for _, units in self.slip.lines)))]

    def _draw_facts(self, y: float) -> None:
        page = self.page
        for label, value in self._facts():
            style = STRONG if label == "Order" else BODY
            page.text(page.right - 172, y, label, SMALL)
            page.text(page.right, y - 1, shorten(value, style, 124), style, align="right")
            y += 15
        page.barcode(y + 10, self.slip.order.number, height=34)

    def later_head(self) -> Block:
        """Return the heading of each further page."""

        def draw(y: float) -> None:
            order, page = self.slip.order, self.page
            name = order.shipping_address.get("full_name", "")
            page.text(
                page.left, y, shorten(f"Order {order.number} for {name}", STRONG, 300), STRONG
            )
            page.text(page.right, y, "Packing slip, continued", SMALL, align="right")
            self.table_head(y + 26)

        return Block(26 + 24, draw)

    def table_head(self, y: float) -> None:
        """Draw the names of the columns."""
        page = self.page
        page.band(y, 20)
        page.text(page.left + 62, y + 5, "Quantity", LABEL, align="right")
        page.text(self.what, y + 5, "Item", LABEL)
        page.text(page.right - PAD - self.sku_width, y + 5, "SKU", LABEL)

    def row(self, item: OrderItem, units: int) -> Block:
        """Return the row of an item: a box to tick, the quantity, the item and any requests."""
        names = wrap(item.name, STRONG, self.width)
        options = wrap(options_text(item.options), BODY, self.width)
        wishes = [
            line for wish in line_requests(item) for line in wrap(f"▸ {wish}", STRONG, self.width)
        ]
        sku = wrap(item.sku, BODY, self.sku_width)
        height = 16 + max(len(names) + len(options) + len(wishes), len(sku)) * BODY.leading

        def draw(y: float) -> None:
            page = self.page
            page.box(page.left + PAD, y + 8, 11)
            page.text(page.left + 62, y + 4, str(units), Style(13, bold=True), align="right")
            end = page.lines(self.what, y + 7, names, STRONG)
            end = page.lines(self.what, end, options)
            page.lines(self.what, end, wishes, STRONG)
            page.lines(page.right - PAD - self.sku_width, y + 7, sku)
            page.rule(y + height)

        return Block(height, draw)

    def closing(self) -> Block:
        """Return what follows the last item: the shopper's note."""
        wide = self.page.right - self.page.left - 2 * PAD - 8
        note = [
            line for part in self.slip.order.note.splitlines() for line in wrap(part, BODY, wide)
        ]
        height = len(note) * BODY.leading + 32 if note else 0

        def draw(y: float) -> None:
            if not note:
                return
            self.page.band(y + 18, height)
            self.page.text(self.page.left + PAD + 4, y + 26, "Note from the shopper", LABEL)
            self.page.lines(self.page.left + PAD + 4, y + 40, note)

        return Block(18 + height if note else 0, draw)


def line_requests(item: OrderItem) -> list[str]:
    """Return what the shopper wants done with an item, such as gift wrap, in words."""
    named_wishes = (
        (name.replace("_", " ").capitalize(), value)
        for name, value in item.attributes.items()
        if value
    )
    return [name if value is True else f"{name}: {value}" for name, value in named_wishes]
