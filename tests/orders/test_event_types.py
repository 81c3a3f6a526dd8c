"""Every event type is in one list, with which code, documentation and Lambda agree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from orders.events import EventType

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "carts", "catalog", "orders", "shop")


def bare_types(source: str) -> Iterator[str]:
    """Yield the strings in a module that are event types."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in EventType.values:
            yield node.value


def test_no_module_but_the_list_names_a_type_by_a_string() -> None:
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    named = {
        str(path.relative_to(ROOT)): sorted(bare_types(path.read_text()))
        for path in modules
        if path != ROOT / "orders" / "events.py"
    }
    assert len(modules) > 100
    assert {path: types for path, types in named.items() if types} == {}


def test_it_would_notice_a_bare_string() -> None:
    assert list(bare_types('publish("order.paid", {})')) == ["order.paid"]


def test_the_documentation_describes_every_type() -> None:
    table = (ROOT / "docs" / "events.md").read_text().partition("## Types")[2].partition("\n## ")[0]
    first_cells = " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line)
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", first_cells)) == set(EventType.values)


@pytest.mark.parametrize("name", ["SHOPPER_MAILS", "LATE_PAYMENT_MAILS", "STAFF_NOTICES"])
def test_the_notification_lambda_knows_no_other_types(name: str) -> None:
    source = (ROOT / "infra" / "lambdas" / "notifications" / "handler.py").read_text()
    tree = ast.parse(source)
    (mails,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    ]
    assert mails.keys() <= set(EventType.values)
