"""The DynamoDB tables in infra/resources.json are those that the shop's code reads and writes."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, replace

import pytest
from django.conf import settings
from pynamodb.constants import INCLUDE, NUMBER, STRING

from accounts.tables import SessionItem
from carts.tables import CartLine
from infra.resources import Index, Resources, Table, load
from orders.tables import Notification
from shop.dynamo import table as dynamo

MODELS: list[type[dynamo.Table]] = [SessionItem, CartLine, Notification]


def described(model: type[dynamo.Table]) -> Table:
    """Return a model as the manifest would describe it."""
    hash_key, range_key = _keys(model)
    attributes = model.get_attributes().values()
    # The only number that every item has is the time to live.
    [ttl] = [one.attr_name for one in attributes if one.attr_type == NUMBER and not one.null]
    indexes = {name: _described_index(index) for name, index in model._indexes.items()}
    return Table(hash_key, range_key, ttl, indexes)


def _described_index(index) -> Index:
    projection = index.Meta.projection
    assert projection.projection_type == INCLUDE
    return Index(*_keys(index), projection.non_key_attributes)


def _keys(owner) -> tuple[str, str | None]:
    """Return the names of the hash key and the range key of a model or an index."""
    schema = owner._get_schema()
    assert {key["AttributeType"] for key in schema["attribute_definitions"]} == {STRING}
    names = {key["KeyType"]: key["AttributeName"] for key in schema["key_schema"]}
    return names["HASH"], names.get("RANGE")


def differences(resources: Resources) -> list[str]:
    """Return where the manifest's tables differ from the shop's, such as `sessions.hash_key`."""
    prefix = f"{settings.SHOP_PROJECT}-"
    ours = {model.Meta.table_name.removeprefix(prefix): described(model) for model in MODELS}
    found = sorted(ours.keys() ^ resources.tables.keys())
    for name in sorted(ours.keys() & resources.tables.keys()):
        found += [
            f"{name}.{field.name}"
            for field in fields(Table)
            if getattr(ours[name], field.name) != getattr(resources.tables[name], field.name)
        ]
    return found


def changed(table: str, **values: object) -> Callable[[Resources], None]:
    """Return a function that changes a table in a manifest."""

    def change(resources: Resources) -> None:
        resources.tables[table] = replace(resources.tables[table], **values)

    return change


def changed_index(**values: object) -> Callable[[Resources], None]:
    """Return a function that changes the index of the sessions in a manifest."""

    def change(resources: Resources) -> None:
        indexes = resources.tables["sessions"].indexes
        indexes["user_id-index"] = replace(indexes["user_id-index"], **values)

    return change


def rename_index(resources: Resources) -> None:
    indexes = resources.tables["sessions"].indexes
    indexes["user-index"] = indexes.pop("user_id-index")


def rename_carts(resources: Resources) -> None:
    resources.tables["baskets"] = resources.tables.pop("carts")


def test_they_are_the_same() -> None:
    assert differences(load()) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (rename_carts, ["baskets", "carts"]),
        (lambda resources: resources.tables.pop("notifications"), ["notifications"]),
        (changed("carts", hash_key="cart_id"), ["carts.hash_key"]),
        (changed("carts", range_key=None), ["carts.range_key"]),
        (changed("notifications", range_key="time"), ["notifications.range_key"]),
        (changed("sessions", range_key="user_id"), ["sessions.range_key"]),
        (changed("sessions", ttl_attribute="last_activity"), ["sessions.ttl_attribute"]),
        (changed("carts", ttl_attribute="quantity"), ["carts.ttl_attribute"]),
        (changed("notifications", ttl_attribute="expires_at"), ["notifications.ttl_attribute"]),
        (changed("sessions", indexes={}), ["sessions.indexes"]),
        (rename_index, ["sessions.indexes"]),
        (changed_index(hash_key="email"), ["sessions.indexes"]),
        (changed_index(range_key="expires_at"), ["sessions.indexes"]),
        (changed_index(included_attributes=["email"]), ["sessions.indexes"]),
    ],
)
def test_a_difference_is_seen(change: Callable[[Resources], None], expected: list[str]) -> None:
    resources = deepcopy(load())
    change(resources)
    assert differences(resources) == expected
