"""Draw invoices and credit notes from the data frozen in their rows and the logo, nothing else."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.address_format import format_lines
from orders.documents.pdf.page import (
    ACCENT,
    BODY,
    INK,
    LABEL,
    SMALL,
    STRONG,
    TITLE,
    Block,
    PageCanvas,
    paginate,
)
from orders.documents.pdf.text import Style, shorten, wrap
from orders.models import Invoice
from shop.formatting import format_date
from shop.money import format_money

PAD = 8
META_WIDTH = 172
TOTAL = Style(14, bold=True, color=INK)
ADDRESS = Style(9.5)


def render(invoice: Invoice) -> bytes:
    """Return the PDF of an invoice or a credit note; the same row gives the same bytes."""
    return InvoiceDrawing(invoice.data, invoice.get_kind_display()).render()


def shown_date(iso: str) -> str:
    """Return an ISO date from the data in the format that people read."""
    return format_date(date.fromisoformat(iso))


class InvoiceDrawing:
    """The drawing of one invoice or credit note."""

    def __init__(self, data: dict[str, Any], title: str) -> None:
        self.data = data
        self.title = title
        self.is_credit = "invoice" in data
        self.page = PageCanvas(data["paper"], f"{title} {data['number']}")
        right = self.page.right - PAD
        # The right edge of each column of numbers.
        self.amount, self.tax = right, right - 84
        self.unit = self.tax if self.is_credit else self.tax - 42
        self.quantity = self.unit - (58 if self.is_credit else 72)
        self.item_width = self.quantity - 34 - self.page.left - PAD

    def render(self) -> bytes:
        rows = [self.row(item) for item in self.data["items"]]
        if self.data.get("other"):
            rows.append(self.other_row(self.data["other"]))
        pages = paginate(self.first_head(), self.later_head(), rows, self.closing(), self.page.room)
        seller = self.data["seller"]
        tax_id = f"Tax ID {seller['tax_id']}" if seller["tax_id"] else ""
        self.page.draw(pages, [" · ".join(seller["lines"]), tax_id], self.data["number"])
        return self.page.finished()

    def money(self, text: str) -> str:
        """Return an amount from the data in the format that people read."""
        return format_money(Decimal(text), self.data["currency"])

    # The heading: logo and title, addresses, and what the document refers to.

    def first_head(self) -> Block:
        """Return the heading of the first page."""
        addresses, facts = self._addresses(), self._facts()
        height = max(
            max(14 + len(lines) * ADDRESS.leading for _, lines in addresses), len(facts) * 15 + 50
        )

        def draw(y: float) -> None:
            page = self.page
            page.brand()
            page.text(page.right, y - 2, self.title, TITLE, align="right")
            for column, (label, lines) in enumerate(addresses):
                self._address(page.left + column * 156, y + 84, label, lines)
            self._draw_facts(y + 84, facts)
            self.table_head(y + 84 + height + 22)

        return Block(84 + height + 22 + 24, draw)

    def _addresses(self) -> list[tuple[str, list[str]]]:
        buyer, ship_to = (
            [line for part in format_lines(self.data[name]) for line in wrap(part, ADDRESS, 142)]
            for name in ("buyer", "ship_to")
        )
        label = "Credited to" if self.is_credit else "Billed to"
        others = [] if ship_to == buyer or self.is_credit else [("Delivered to", ship_to)]
        return [(label, [*buyer, *wrap(self.data["email"], ADDRESS, 142)]), *others]

    def _address(self, x: float, y: float, label: str, lines: Sequence[str]) -> None:
        self.page.text(x, y, label, LABEL)
        end = self.page.lines(x, y + 14, lines[:1], STRONG)
        self.page.lines(x, end, lines[1:], ADDRESS)

    def _facts(self) -> list[tuple[str, str]]:
        data, order = self.data, self.data["order"]
        facts = [(f"{self.title} number", data["number"]), ("Date", shown_date(data["issued_on"]))]
        if self.is_credit:
            invoice = data["invoice"]
            facts += [
                ("For invoice", invoice["number"]),
                ("Invoice date", shown_date(invoice["issued_on"])),
            ]
        facts += [("Order", order["number"]), ("Ordered", shown_date(order["placed_on"]))]
        return facts if self.is_credit else [*facts, ("Delivery", order["shipping_method"])]

    def _draw_facts(self, y: float, facts: Sequence[tuple[str, str]]) -> None:
        page, left = self.page, self.page.right - META_WIDTH
        for number, (label, value) in enumerate(facts):
            page.text(left, y + number * 15, label, SMALL)
            style = STRONG if number == 0 else BODY
            page.text(
                page.right, y - 1 + number * 15, shorten(value, style, 104), style, align="right"
            )
        page.barcode(y + len(facts) * 15 + 10, self.data["order"]["number"])

    def later_head(self) -> Block:
        """Return the heading of each further page."""

        def draw(y: float) -> None:
            page = self.page
            page.text(page.left, y, shorten(self.data["seller"]["name"], STRONG, 200), STRONG)
            page.text(
                page.right,
                y,
                f"{self.title} {self.data['number']}, continued",
                SMALL,
                align="right",
            )
            self.table_head(y + 26)

        return Block(26 + 24, draw)

    # The table of items.

    def table_head(self, y: float) -> None:
        """Draw the names of the columns."""
        page = self.page
        page.band(y, 20)
        page.text(page.left + PAD, y + 5, "Item", LABEL)
        heads = [(self.quantity, "Quantity"), (self.tax, "Tax"), (self.amount, "Amount")]
        for x, label in heads if self.is_credit else [*heads, (self.unit, "Unit price")]:
            page.text(x, y + 5, label, LABEL, align="right")

    def row(self, item: dict[str, Any]) -> Block:
        figures = [
            (self.quantity, str(item["quantity"])),
            (self.tax, f"{item['tax_percent']}\N{NO-BREAK SPACE}%"),
        ]
        if self.is_credit:
            figures.append((self.amount, self.money(item["amount"])))
        else:
            figures += [
                (self.unit, self.money(item["unit_price"])),
                (self.amount, self.money(item["total"])),
            ]
        more = " · ".join(filter(None, [item["sku"], item["options"]]))
        details = wrap(more, SMALL, self.item_width)
        if Decimal(item.get("discount", 0)):
            details.append(f"Discount −{self.money(item['discount'])}")
        return self._line(wrap(item["name"], BODY, self.item_width), details, figures)

    def other_row(self, other: dict[str, str]) -> Block:
        """Return the row of what is credited besides items."""
        wide = self.unit - self.page.left - PAD
        return self._line(
            wrap(other["label"], BODY, wide), [], [(self.amount, self.money(other["amount"]))]
        )

    def _line(
        self, names: list[str], details: list[str], figures: list[tuple[float, str]]
    ) -> Block:
        height = 14 + len(names) * BODY.leading + len(details) * SMALL.leading

        def draw(y: float) -> None:
            page = self.page
            end = page.lines(page.left + PAD, y + 6, names)
            page.lines(page.left + PAD, end, details, SMALL)
            for x, figure in figures:
                page.text(x, y + 6, figure, align="right")
            page.rule(y + height)

        return Block(height, draw)

    # The end: totals, tax by rate, payment.

    def closing(self) -> Block:
        """Return what follows the last item: totals, tax by rate and payment."""
        sums, taxes = self._sums(), self._shown_taxes()
        height = max(len(sums) * 16 + 46, len(taxes) * 15 + 34 if taxes else 0)
        wide = self.page.right - self.page.left - 2 * PAD - 8
        notes = [line for text in self._notes() for line in wrap(text, BODY, wide)]

        def draw(y: float) -> None:
            self._draw_taxes(y + 18, taxes)
            self._draw_sums(y + 16, sums)
            below = y + 16 + height + 14
            self.page.band(below, len(notes) * BODY.leading + 16)
            self.page.lines(self.page.left + PAD + 4, below + 7, notes)

        return Block(16 + height + 14 + len(notes) * BODY.leading + 16, draw)

    def _sums(self) -> list[tuple[str, str]]:
        data = self.data
        if self.is_credit:
            return []
        sums = [("Items", self.money(data["items_total"]))]
        if Decimal(data["discount_total"]):
            code = f" ({data['voucher_code']})" if data["voucher_code"] else ""
            sums.append((f"Discount{code}", f"−{self.money(data['discount_total'])}"))
        sums.append(("Delivery", self.money(data["shipping_total"])))
        if not data["tax_included"]:
            taxed = [row for row in self._shown_taxes() if Decimal(row["tax"])]
            sums += [(f"Tax {row['percent']} %", self.money(row["tax"])) for row in taxed]
        return sums

    def _draw_sums(self, y: float, sums: Sequence[tuple[str, str]]) -> None:
        page, left = self.page, self.page.right - 212
        for label, amount in sums:
            page.text(left, y, shorten(label, BODY, 130))
            page.text(self.amount, y, amount, align="right")
            y += 16
        page.rule(y + 4, left=left, color=ACCENT, thickness=1.2)
        page.text(left, y + 11, "Credited" if self.is_credit else "Total", TOTAL)
        page.text(self.amount, y + 11, self.money(self.data["total"]), TOTAL, align="right")
        taxed = sum(Decimal(row["tax"]) for row in self.data["taxes"])
        if taxed and (self.is_credit or self.data["tax_included"]):
            text = f"including {self.money(str(taxed))} tax"
            page.text(self.amount, y + 31, text, SMALL, align="right")

    def _shown_taxes(self) -> list[dict[str, str]]:
        """Return the taxes by rate, or none if nothing is taxed."""
        rows: list[dict[str, str]] = self.data["taxes"]
        return rows if any(Decimal(row["percent"]) for row in rows) else []

    def _draw_taxes(self, y: float, taxes: Sequence[dict[str, str]]) -> None:
        if not taxes:
            return
        ends = (
            self.page.left + PAD + 34,
            *(self.page.left + PAD + 34 + 62 * number for number in (1, 2, 3)),
        )
        for x, label in zip(ends, ("Tax rate", "Net", "Tax", "Gross"), strict=True):
            self.page.text(x, y, label, LABEL, align="right")
        for number, row in enumerate(taxes, start=1):
            figures = [
                f"{row['percent']} %",
                *(self.money(row[name]) for name in ("net", "tax", "gross")),
            ]
            for x, figure in zip(ends, figures, strict=True):
                self.page.text(x, y + 2 + number * 15, figure, SMALL, align="right")

    def _export_note(self) -> list[str]:
        is_export = Decimal(self.data.get("tax_removed", 0))
        return ["Export delivery, free of tax."] if is_export else []

    def _notes(self) -> list[str]:
        payment = self.data["payment"]
        if payment is None:
            return [*self._export_note(), "There was nothing to pay. Thank you for your order."]
        amount, day = self.money(payment["amount"]), shown_date(payment["paid_on"])
        how = (
            f"{payment['method']}, reference {payment['reference']}"
            if payment["reference"]
            else payment["method"]
        )
        if not self.is_credit:
            return [
                *self._export_note(),
                f"Paid on {day}: {amount} by {how}.",
                "Thank you for your order.",
            ]
        reason = [f"Reason: {self.data['reason']}"] if self.data["reason"] else []
        return [f"Refunded on {day}: {amount}, the way it was paid: {how}.", *reason]
