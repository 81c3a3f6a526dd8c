"""Whatever people read or type is by the shop's clock, and what is stored is UTC."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import DateField
from django.test import RequestFactory

from accounts.models import User
from shop.admin_fields import ShopTimeField

ROOT = Path(settings.BASE_DIR)
APPS = ("shop", "accounts", "catalog", "carts", "orders", "infra/lambdas/notifications")
#: Only the first formats for people, and the Lambda, which gets times of the shop's clock. SigV4
#: and the keys of the event log are in UTC.
FORMATTERS = {
    "shop/formatting.py",
    "shop/dynamo/client.py",
    "shop/events/log.py",
    "infra/lambdas/notifications/mails.py",
}
#: They ask the clock of the server, or forget the time zone.
SERVER_CLOCK = {"today", "utcnow", "utcfromtimestamp", "strftime", "ctime", "date"}
NEEDS_ZONE = {"now": 0, "fromtimestamp": 1}


def clock_faults(source: str) -> Iterator[str]:
    """Yield what a module does with times other than by the shop's clock."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, name = ast.unparse(node.func.value), node.func.attr
            bare = len(node.args) <= NEEDS_ZONE.get(name, -1) and not node.keywords
            if (name in SERVER_CLOCK and not node.args) or name in {"strftime", "utcfromtimestamp"}:
                yield f"line {node.lineno}: {ast.unparse(node)}"
            elif name in NEEDS_ZONE and owner != "timezone" and bare:
                yield f"line {node.lineno}: {ast.unparse(node)} without a zone"
        elif isinstance(node, ast.FormattedValue):
            pattern = ast.unparse(node.format_spec) if node.format_spec else ""
            is_moment = isinstance(node.value, ast.Attribute) and node.value.attr.endswith("_at")
            if re.search("%[A-Za-z]", pattern) or is_moment:
                yield f"line {node.lineno}: {ast.unparse(node.value)} is printed as it is stored"


def test_no_module_prints_or_asks_another_clock() -> None:
    found = [
        f"{path.relative_to(ROOT)} {fault}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in FORMATTERS
        for fault in clock_faults(path.read_text())
    ]
    assert found == [], "use shop/formatting.py, and django.utils.timezone"


@pytest.mark.parametrize(
    "source",
    [
        "date.today()",
        "order.placed_at.date()",
        "datetime.now()",
        "datetime.fromtimestamp(seconds)",
        "datetime.utcnow()",
        "moment.strftime('%d')",
        "f'{moment:%H:%M}'",
        "f'{order.placed_at}'",
    ],
)
def test_the_walk_finds_such_lines(source: str) -> None:
    assert list(clock_faults(source))


def test_pages_for_shoppers_name_the_zone_of_each_time() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {use}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if "admin" not in path.parts
        for use in re.findall(r'\|(?:date|time)\b(?::"[^"]*"|:\'[^\']*\')?', path.read_text())
        if not re.fullmatch(r"\|date:[\"'](c|j M Y|j F Y)[\"']", use)
    ]
    assert found == [], "use the filter `moment`"


@pytest.mark.django_db
def test_staff_read_the_zone_beside_each_time_that_they_type(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = User(is_superuser=True, is_staff=True)
    asked = []
    for model, page in admin.site._registry.items():
        if not page.has_add_permission(request):
            continue
        fields = page.get_form(request).base_fields
        for column in model._meta.fields:
            if isinstance(column, DateField) and column.name in fields:
                asked.append(fields[column.name])
    assert len(asked) == 2
    assert all(isinstance(field, ShopTimeField) for field in asked)


def test_no_form_of_the_shop_asks_for_a_time_elsewhere() -> None:
    kinds = (forms.DateTimeField, forms.SplitDateTimeField, forms.TimeField)
    names = "|".join(kind.__name__ for kind in kinds)
    found = [
        str(path.relative_to(ROOT))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if re.search(rf"forms\.({names})\b", path.read_text())
    ]
    assert found == ["shop/admin_fields.py"]


def test_a_zone_is_django_s_but_not_celery_s() -> None:
    assert settings.TIME_ZONE == settings.SHOP_TIME_ZONE
    assert settings.CELERY_TIMEZONE == "UTC"
