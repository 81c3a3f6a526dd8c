"""Prices add up to the cent, whatever is bought, taxed and discounted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalog.models import Product, Variant
from orders.models import OrderItem
from orders.pricing.quote import Quote, new_item, paid_for_units, quote_items, tax_of
from orders.pricing.vouchers import Discount
from shop.money import CENT, ZERO

CLASSES = [None, "standard", "reduced", "zero"]
cents = some.integers(0, 1_000_000).map(lambda n: Decimal(n) / 100)
percents = some.integers(0, 100_000).map(lambda n: Decimal(n) / 1000)
lines = some.lists(
    some.tuples(cents, some.integers(1, 99), some.sampled_from(CLASSES)), min_size=1, max_size=12
)


def item(key: int, price: Decimal, quantity: int, tax_class: str | None = "standard") -> OrderItem:
    """Return an item of a variant with this pk; without a tax class it is not taxable."""
    product = Product(tax_class=tax_class or "standard")
    variant = Variant(pk=key, product=product, price=price, taxable=bool(tax_class))
    return new_item(variant, quantity)


@some.composite
def quotes(draw: some.DrawFn) -> tuple[list[OrderItem], Discount, Quote]:
    # Every other line is of the same variant as the one before it, with other wishes.
    items = [item(key // 2, *line) for key, line in enumerate(draw(lines))]
    keys = draw(some.sets(some.sampled_from([each.variant_id for each in items])))
    discount = Discount(draw(cents), keys, draw(some.booleans()))
    rates = {"standard": draw(percents), "reduced": draw(percents)}
    included = draw(some.booleans())
    amounts = quote_items(
        items, delivery=draw(cents), rates=rates, discount=discount, tax_included=included
    )
    return items, discount, amounts


def in_cents(amount: Decimal) -> bool:
    return amount == amount.quantize(CENT)


@given(quotes())
def test_items_and_delivery_and_tax_less_discount_are_the_total_to_the_cent(made):
    _items, _discount, amounts = made
    added = ZERO if amounts.tax_included else amounts.tax_total
    assert (
        amounts.total
        == amounts.items_total + amounts.shipping_total + added - amounts.discount_total
        >= 0
    )
    parts = [
        amounts.items_total,
        amounts.shipping_total,
        amounts.tax_total,
        amounts.discount_total,
        amounts.total,
    ]
    assert all(in_cents(part) and part >= 0 for part in parts)


@given(quotes())
def test_a_discount_is_shared_among_its_lines_and_never_more_than_they_cost(made):
    items, discount, amounts = made
    chosen = sum((each.total for each in items if each.variant_id in discount.variants), ZERO)
    assert amounts.discount_total == min(discount.amount, chosen)
    for line in amounts.items:
        assert 0 <= line.discount <= line.total
        assert in_cents(line.discount)
        assert line.variant_id in discount.variants or line.discount == 0


@given(quotes())
def test_tax_is_that_of_what_is_paid_for_the_line(made):
    items, _discount, amounts = made
    for line, bought in zip(amounts.items, items, strict=True):
        paid = line.total - line.discount
        assert line.tax == tax_of(paid, line.tax_percent, included=amounts.tax_included)
        assert not amounts.tax_included or line.tax <= paid
        taxed = bought.variant.taxable and bought.tax_class in ("standard", "reduced")
        assert taxed or line.tax == 0
    assert amounts.tax_total == sum((line.tax for line in amounts.items), amounts.shipping_tax)


@given(
    some.integers(1, 50).flatmap(
        lambda n: some.tuples(some.just(n), some.lists(some.integers(1, n)), cents)
    )
)
def test_parts_of_a_line_add_up_to_what_was_paid_for_it(made):
    quantity, cuts, paid = made
    edges = sorted({0, quantity, *cuts})
    parts = [
        paid_for_units(paid, quantity, first=a, units=b - a)
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    assert sum(parts) == paid
    assert all(part >= 0 for part in parts)


@pytest.mark.parametrize(
    ("included", "tax", "total"),
    [(True, "3.19", "19.99"), (False, "3.80", "23.79")],
)
def test_tax_is_contained_or_added(included, tax, total):
    amounts = quote_items(
        [item(1, Decimal("19.99"), 1)], rates={"standard": Decimal(19)}, tax_included=included
    )
    assert (amounts.tax_total, amounts.total) == (Decimal(tax), Decimal(total))


def test_delivery_is_taxed_and_free_with_a_voucher():
    goods, rates = (
        [item(1, Decimal("10.00"), 1, "reduced")],
        {"standard": Decimal(20), "reduced": Decimal(10)},
    )
    amounts = quote_items(goods, delivery=Decimal("6.00"), rates=rates)
    assert (amounts.shipping_tax, amounts.items[0].tax) == (Decimal("1.00"), Decimal("0.91"))
    free = quote_items(
        goods, delivery=Decimal("6.00"), rates=rates, discount=Discount(free_delivery=True)
    )
    assert (free.shipping_total, free.shipping_tax, free.total) == (ZERO, ZERO, Decimal("10.00"))


def test_a_third_of_a_cent_is_lost_nowhere():
    goods = [item(key, Decimal("0.01"), 1) for key in range(3)]
    amounts = quote_items(goods, discount=Discount(Decimal("0.02"), {0, 1, 2}))
    assert [line.discount for line in amounts.items] == [Decimal("0.01"), ZERO, Decimal("0.01")]
