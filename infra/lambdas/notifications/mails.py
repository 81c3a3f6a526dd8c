"""Renders emails from emails/<name>/{subject.txt,body.txt,body.html}, which are Jinja2 templates.

The folder lies beside this module in the zip. Which event sends which email is in handler.py.
"""

import textwrap
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).with_name("emails")
TEXT_WIDTH = 64
# What a payload may leave out, by section. Everything else that a template uses must be present, or
# no email is sent.
OPTIONAL: dict[str, dict[str, Any]] = {
    "shipment": {"carrier": "", "tracking_number": "", "tracking_url": "", "items": []},
    "cancellation": {"reason": "", "refund": ""},
    "refund": {"reason": "", "error": ""},
}
# The currencies that are not shown by their code; tests/infra/lambdas/test_mails.py compares this
# with shop/currencies.py, which has it from CLDR.
SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$",
    "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱",
    "TWD": "NT$", "USD": "$", "VND": "₫", "XAF": "FCFA\xa0", "XCD": "EC$", "XCG": "Cg.\xa0",
    "XOF": "F\u202fCFA\xa0", "XPF": "CFPF\xa0",
}  # fmt: skip


@dataclass(frozen=True)
class Mail:
    """A rendered email without a sender or a recipient yet."""

    subject: str
    text: str
    html: str

    def as_bytes(self, *, sender_name: str, sender: str, recipient: str) -> bytes:
        """Return the email as bytes for SES: multipart/alternative in 7 bits.

        SES requires 7 bits of a raw message. `sender_name` may be any text; the addresses are in
        ASCII.
        """
        message = EmailMessage(policy=SMTP)
        # Not formataddr(): EmailMessage would read its text again, and a comma or @ in an encoded
        # name would then begin another address.
        message["From"] = Address(" ".join(sender_name.split()), addr_spec=sender)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = self.subject
        # RFC 3834: prevents out-of-office replies.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return message.as_bytes()


def render(name: str, payload: dict[str, Any], *, shop_name: str) -> Mail:
    """Render the email `name`, such as "order_confirmation", with the payload of an event.

    Raises jinja2.UndefinedError if the payload lacks something that the templates use.
    """
    environment = _environment()
    optional = {section: fields | payload.get(section, {}) for section, fields in OPTIONAL.items()}
    context = _readable(payload) | optional | {"shop_name": shop_name}
    subject, text, html = (
        environment.get_template(f"{name}/{part}").render(context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Mail(" ".join(subject.split()), text.strip() + "\n", html)


def _readable(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload without what the shopper typed, if nobody ever paid the order.

    Anybody can order with anybody's email, and would have us mail them any text.
    """
    order = payload.get("order")
    if order is None or order["paid"]:
        return payload
    untyped = {"name": "", "shipping_address": {}, "shipping_address_lines": []}
    return payload | {"order": order | untyped}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        filter_.__name__: filter_ for filter_ in (money, date, columns, sums, included_tax)
    }
    return environment


def money(amount: str, currency: str) -> str:
    """Return "1234.50" as people write it: `€1,234.50`, or `CHF 1,234.50` without a symbol.

    Payloads write amounts with their currency's digits, so those need not be known here.
    """
    value = Decimal(amount)
    sign = "−" if value < 0 else ""
    symbol = SYMBOLS.get(currency, currency + "\xa0")
    return f"{sign}{symbol}{abs(value):,}"


def date(moment: str) -> str:
    """Return the day of an ISO time, such as `5 November 2026`."""
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"


def columns(left: str, right: str) -> str:
    """Return a line of plain text with `left` at the left edge and `right` at the right edge.

    `left` is wrapped if it is long.
    """
    room = TEXT_WIDTH - len(right) - 2
    *upper, last = textwrap.wrap(left, room, subsequent_indent="    ") or [""]
    return "\n".join([*upper, f"{last.ljust(room)}  {right}".rstrip()])


def sums(order: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the lines between an order's items and its total, as (label, text) pairs."""
    currency = order["currency"]
    lines = [("Items", money(order["items_total"], currency))]
    if Decimal(order["discount_total"]):
        label = f"Discount ({order['voucher_code']})" if order["voucher_code"] else "Discount"
        lines.append((label, money(str(-Decimal(order["discount_total"])), currency)))
    delivery = (
        money(order["shipping_total"], currency) if Decimal(order["shipping_total"]) else "free"
    )
    lines.append((f"Delivery ({order['shipping_method']})", delivery))
    if Decimal(order["tax_total"]) and not order["tax_included"]:
        lines.append(("Tax", money(order["tax_total"], currency)))
    return lines


def included_tax(order: dict[str, Any]) -> str:
    """Return the formatted tax that the prices of an order include.

    It is "" if there is no tax or it is added on top.
    """
    included = order["tax_included"] and Decimal(order["tax_total"])
    return money(order["tax_total"], order["currency"]) if included else ""
