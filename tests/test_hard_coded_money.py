"""No module and no template fixes the digits, the rounding or the symbol of money.

All of that is the currency's, and in shop/money.py and shop/currencies.py.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("accounts", "carts", "catalog", "orders", "shop", "infra/lambdas/notifications")
MODULES = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
MODULES += (ROOT / "infra/demo").glob("*.py")
TEMPLATES = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
KNOWS = {"shop/money.py", "shop/currencies.py"}

IN_MODULES = {
    "a fixed number of decimals": r"\.[2-9]f\b|0\.0+1\b|['\"]0\.00['\"]",
    "rounding": r"\bround\(|\.quantize\(|ROUND_HALF|\bto_cents\b|\bCENTS?\b",
    "an amount as bare text": (
        r"str\([\w.]*\b(amount|total|price|discount|tax|refund|refunded|rest|left)\)"
    ),
    "a symbol of money": r"[€£¥₩]",
    "a column that is no AmountField": r"models\.DecimalField\(",
}
IN_TEMPLATES = {
    "a fixed number of decimals": r"floatformat|stringformat:.[.0-9]*f|['\"]0\.00['\"]",
    "a symbol of money": r"[€£¥₩]|&euro;|&pound;|&yen;",
    "an amount without its currency": r"\|\s*money\s*(\}\}|\|)",
    "an amount as bare text": (
        r"\{\{\s*[\w.]*\b(amount|price|unit_price|total|items_total|shipping_total|tax_total"
        r"|discount_total|refunded|minimum|free_from|remains)\s*(\|\s*unlocalize\s*)?\}\}"
    ),
}
#: What is no money, and so may have digits of its own: the line's text, by file.
ALLOWED = {
    "catalog/importers/cells.py": ["import ROUND_HALF_UP", "return int(Decimal(value).quantize("],
    "infra/lambdas/notifications/mails.py": ['"A$"', '"₪"', "as people write it"],
    "orders/checkout/review.py": ['"" if amount is None else str(amount)'],
    "orders/models/order.py": ["tax_percent = models.DecimalField"],
    "orders/models/tax.py": ["percent = models.DecimalField"],
    "shop/dynamo/table.py": ["time.sleep("],
    "shop/events/outbox.py": ["round(max(lag, 0.0), 1)"],
    "shop/settings.py": ["PAYMENT_UNITS = "],
    "templates/admin/orders/order/refund.html": ["{{ form.amount }}"],
    "templates/emails/_totals.html": ["{{ amount }}"],
    "templates/orders/_voucher.html": ["voucher.value|floatformat }} % off"],
}


def found(paths: list[Path], patterns: dict[str, str]) -> list[str]:
    """Return the lines that match, each with its file and the reason."""
    lines = []
    for path in paths:
        name = str(path.relative_to(ROOT))
        if name in KNOWS or "migrations" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if any(known in line for known in ALLOWED.get(name, [])):
                continue
            lines += [
                f"{name}:{number}: {what}: {line.strip()}"
                for what, pattern in patterns.items()
                if re.search(pattern, _code_of(line, path))
            ]
    return lines


def _code_of(line: str, path: Path) -> str:
    """Return a line without its comment."""
    return line.partition("#")[0] if path.suffix == ".py" else line


def test_no_module_knows_the_digits_of_money():
    assert found(MODULES, IN_MODULES) == []


def test_no_template_knows_the_digits_of_money():
    assert found(TEMPLATES, IN_TEMPLATES) == []


@pytest.mark.parametrize(
    ("line", "patterns"),
    [
        ('text = f"{total:.2f}"', IN_MODULES),
        ("round(order.total, 2)", IN_MODULES),
        ("Decimal('0.01')", IN_MODULES),
        ('"amount": str(payment.amount),', IN_MODULES),
        ("total.quantize(CENT)", IN_MODULES),
        ('least = "€5"', IN_MODULES),
        ("price = models.DecimalField(max_digits=12, decimal_places=2)", IN_MODULES),
        ("{{ order.total|money }}", IN_TEMPLATES),
        ("{{ order.total|floatformat:2 }}", IN_TEMPLATES),
        ("€{{ order.total }}", IN_TEMPLATES),
        ("{{ order.total }}", IN_TEMPLATES),
    ],
)
def test_the_walk_would_see_it(line, patterns):
    assert any(re.search(pattern, line) for pattern in patterns.values())
