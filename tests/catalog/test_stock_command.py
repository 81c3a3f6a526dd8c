"""`manage.py stock`: set, add and verify."""

import io

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Variant
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("stock", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def variant() -> Variant:
    return make_product(stock_level=5).variants.get()


def test_set_and_add_write_the_ledger(variant):
    assert run("set", variant.sku, "12", "--reason", "counted") == f"{variant.sku}: 12\n"
    assert run("add", variant.sku, "-2", "--reason", "broken") == f"{variant.sku}: 10\n"
    notes = variant.movements.order_by("pk").values_list("delta", "note")
    assert list(notes)[1:] == [(7, "counted"), (-2, "broken")]


def test_lists_know_when_it_is_sold_out(variant):
    run("set", variant.sku, "0", "--reason", "counted")
    variant.product.refresh_from_db()
    assert not variant.product.listing_in_stock


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "?", "1"),
        ("add", "", "-6"),
        ("set", "", "-1"),
        ("set", "", "9" * 20),
        ("add", "", "9" * 20),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(variant, arguments):
    action, sku, number = arguments
    with pytest.raises(CommandError):
        run(action, sku or variant.sku, number, "--reason", "x")
    variant.refresh_from_db()
    assert variant.stock == 5


def test_adding_beyond_what_a_number_can_be_is_refused(variant):
    with pytest.raises(CommandError):
        run("add", variant.sku, "2147483647", "--reason", "x")


def test_a_reason_is_asked_for(variant):
    with pytest.raises(CommandError):
        run("set", variant.sku, "1")


def test_verify_finds_what_went_past_the_ledger(variant):
    assert run("verify") == "All 1 variants agree with their ledger.\n"
    Variant.objects.update(stock=4)
    with pytest.raises(CommandError, match="1 of 1 variants differ"):
        run("verify")
