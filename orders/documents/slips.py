"""Packing slips: what is in a parcel, or is to be sent of an order. No prices; many in one PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from catalog.models import options_text
from orders.documents.contents import named
from orders.documents.sheet import (
    BODY,
    LABEL,
    SMALL,
    STRONG,
    TITLE,
    Block,
    Sheet,
    address_lines,
    paginate,
)
from orders.documents.text import Style, shorten, wrap
from orders.fulfilment import left_to_ship
from orders.models import Order, OrderItem, Shipment

ADDRESS = Style(13)
PAD = 8


@dataclass(frozen=True)
class Slip:
    """What one slip is about: units of an order's items, and how they go."""

    order: Order
    lines: Sequence[tuple[OrderItem, int]]
    sent_by: str
    tracking: str = ""


def slip_of(shipment: Shipment) -> Slip:
    """Return the slip of a parcel."""
    lines = [(line.item, line.quantity) for line in shipment.items.select_related("item").order_by("item_id")]
    sent_by = shipment.carrier or shipment.order.shipping_method
    return Slip(shipment.order, lines, sent_by, shipment.tracking_number)


def slips_of(order: Order) -> list[Slip]:
    """Return one slip of what is still to be sent, or where that is nothing, those of the parcels."""
    left = left_to_ship(order)
    lines = [(item, left[item.pk]) for item in order.items.order_by("pk") if left[item.pk]]
    if lines:
        return [Slip(order, lines, order.shipping_method)]
    return [slip_of(shipment) for shipment in order.shipments.order_by("created_at", "pk")]


def packing_slips(orders: Iterable[Order]) -> bytes:
    """Return one PDF with the slips of orders, in their order; a page says so where there are none."""
    return print_slips([slip for order in orders for slip in slips_of(order)])


def print_slips(slips: Sequence[Slip]) -> bytes:
    """Return one PDF with these slips; each begins a page and counts its own."""
    sheet = Sheet(settings.SHOP_PAPER, "Packing slips" if len(slips) != 1 else f"Packing slip {slips[0].order.number}")
    for slip in slips:
        SlipDrawing(sheet, slip).draw()
    if not slips:
        sheet.text(sheet.left, 56, "There is nothing to send.", TITLE)
        sheet.canvas.showPage()
    return sheet.finished()


class SlipDrawing:
    """The drawing of one slip."""

    def __init__(self, sheet: Sheet, slip: Slip) -> None:
        self.sheet = sheet
        self.slip = slip
        self.what = sheet.left + 76
        self.sku_width = 120
        self.width = sheet.right - PAD - self.sku_width - 12 - self.what

    def draw(self) -> None:
        """Draw its pages."""
        rows = [self.row(item, units) for item, units in self.slip.lines]
        pages = paginate(self.first_head(), self.later_head(), rows, self.closing(), self.sheet.room)
        self.sheet.draw(pages, [" · ".join(settings.SHOP_SELLER)], f"Order {self.slip.order.number}")

    def first_head(self) -> Block:
        """Return what the first page begins with: the address, big, and the order's bar code."""
        address = named(self.slip.order.shipping_address)
        lines = [line for part in address_lines(address) for line in wrap(part, ADDRESS, 280)]
        phone = [address["phone"]] if address.get("phone") else []
        height = max(16 + len(lines) * ADDRESS.leading + len(phone) * BODY.leading, len(self._facts()) * 15 + 46)

        def draw(y: float) -> None:
            sheet = self.sheet
            sheet.brand()
            sheet.text(sheet.right, y - 2, "Packing slip", TITLE, align="right")
            sheet.text(sheet.left, y + 76, "Send to", LABEL)
            end = sheet.lines(sheet.left, y + 92, lines[:1], Style(ADDRESS.size, bold=True))
            sheet.lines(sheet.left, sheet.lines(sheet.left, end, lines[1:], ADDRESS) + 2, phone)
            self._draw_facts(y + 76)
            self.table_head(y + 76 + height + 26)

        return Block(76 + height + 26 + 24, draw)

    def _facts(self) -> list[tuple[str, str]]:
        order = self.slip.order
        facts = [("Order", order.number), ("Ordered", f"{order.placed_at.day} {order.placed_at:%b %Y}")]
        facts.append(("Delivery", self.slip.sent_by))
        if self.slip.tracking:
            facts.append(("Tracking", self.slip.tracking))
        return [*facts, ("Units", str(sum(units for _, units in self.slip.lines)))]

    def _draw_facts(self, y: float) -> None:
        sheet = self.sheet
        for label, value in self._facts():
            style = STRONG if label == "Order" else BODY
            sheet.text(sheet.right - 172, y, label, SMALL)
            sheet.text(sheet.right, y - 1, shorten(value, style, 124), style, align="right")
            y += 15
        sheet.barcode(y + 10, self.slip.order.number, height=34)

    def later_head(self) -> Block:
        """Return what each further page begins with."""

        def draw(y: float) -> None:
            order, sheet = self.slip.order, self.sheet
            name = order.shipping_address.get("full_name", "")
            sheet.text(sheet.left, y, shorten(f"Order {order.number} for {name}", STRONG, 300), STRONG)
            sheet.text(sheet.right, y, "Packing slip, continued", SMALL, align="right")
            self.table_head(y + 26)

        return Block(26 + 24, draw)

    def table_head(self, y: float) -> None:
        """Draw the names of the columns."""
        sheet = self.sheet
        sheet.band(y, 20)
        sheet.text(sheet.left + 62, y + 5, "Quantity", LABEL, align="right")
        sheet.text(self.what, y + 5, "Item", LABEL)
        sheet.text(sheet.right - PAD - self.sku_width, y + 5, "SKU", LABEL)

    def row(self, item: OrderItem, units: int) -> Block:
        """Return the line of an item: a box to tick, how many, what, with which wishes."""
        names = wrap(item.name, STRONG, self.width)
        options = wrap(options_text(item.options), BODY, self.width)
        wishes = [line for wish in wishes_of(item) for line in wrap(f"▸ {wish}", STRONG, self.width)]
        sku = wrap(item.sku, BODY, self.sku_width)
        height = 16 + max(len(names) + len(options) + len(wishes), len(sku)) * BODY.leading

        def draw(y: float) -> None:
            sheet = self.sheet
            sheet.box(sheet.left + PAD, y + 8, 11)
            sheet.text(sheet.left + 62, y + 4, str(units), Style(13, bold=True), align="right")
            end = sheet.lines(self.what, y + 7, names, STRONG)
            end = sheet.lines(self.what, end, options)
            sheet.lines(self.what, end, wishes, STRONG)
            sheet.lines(sheet.right - PAD - self.sku_width, y + 7, sku)
            sheet.rule(y + height)

        return Block(height, draw)

    def closing(self) -> Block:
        """Return what follows the last item: the shopper's note."""
        wide = self.sheet.right - self.sheet.left - 2 * PAD - 8
        note = [line for part in self.slip.order.note.splitlines() for line in wrap(part, BODY, wide)]
        height = len(note) * BODY.leading + 32 if note else 0

        def draw(y: float) -> None:
            if not note:
                return
            self.sheet.band(y + 18, height)
            self.sheet.text(self.sheet.left + PAD + 4, y + 26, "Note from the shopper", LABEL)
            self.sheet.lines(self.sheet.left + PAD + 4, y + 40, note)

        return Block(18 + height if note else 0, draw)


def wishes_of(item: OrderItem) -> list[str]:
    """Return what the shopper wants done with an item, such as gift wrap, in words."""
    named_wishes = ((name.replace("_", " ").capitalize(), value) for name, value in item.attributes.items() if value)
    return [name if value is True else f"{name}: {value}" for name, value in named_wishes]
