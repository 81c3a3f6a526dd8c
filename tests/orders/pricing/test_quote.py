"""Prices add up, whatever is bought, taxed and discounted, in every currency."""

from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from catalog.models import Product, Variant
from orders.models import Order, OrderItem
from orders.pricing.quote import Quote, new_item, paid_for_units, quote_items, tax_of
from orders.pricing.vouchers import Discount
from shop.currencies import currencies
from shop.money import ZERO
from tests.currencies import Shop, amounts, fits, open_shop, shops

CLASSES = [None, "standard", "reduced", "zero"]
percents = some.integers(0, 100_000).map(lambda n: Decimal(n) / 1000)


def item(key: int, price: Decimal, quantity: int, tax_class: str | None = "standard") -> OrderItem:
    """Return an item of a variant with this pk; without a tax class it is not taxable."""
    product = Product(tax_class=tax_class or "standard")
    variant = Variant(pk=key, product=product, price=price, taxable=bool(tax_class))
    return new_item(variant, quantity)


@some.composite
def quotes(draw: some.DrawFn) -> tuple[Shop, list[OrderItem], Discount, Quote]:
    shop = draw(shops)
    with open_shop(shop) as code:
        money = amounts(code)
        lines = some.tuples(money, some.integers(1, 99), some.sampled_from(CLASSES))
        bought = draw(some.lists(lines, min_size=1, max_size=12))
        # Every other line is of the same variant as the one before it, with other wishes.
        items = [item(key // 2, *line) for key, line in enumerate(bought)]
        keys = draw(some.sets(some.sampled_from([each.variant_id for each in items])))
        discount = Discount(draw(money), keys, draw(some.booleans()))
        rates = {"standard": draw(percents), "reduced": draw(percents)}
        included, delivery = draw(some.booleans()), draw(money)
        quote = quote_items(
            items, delivery=delivery, rates=rates, discount=discount, tax_included=included
        )
    return shop, items, discount, quote


@given(quotes())
def test_items_and_delivery_and_tax_less_discount_are_the_total(made):
    shop, _items, _discount, quote = made
    added = ZERO if quote.tax_included else quote.tax_total
    assert (
        quote.total == quote.items_total + quote.shipping_total + added - quote.discount_total >= 0
    )
    parts = [
        *(quote.items_total, quote.shipping_total, quote.shipping_tax, quote.tax_total),
        *(quote.discount_total, quote.total),
    ]
    with open_shop(shop) as code:
        assert all(fits(part, code) and part >= 0 for part in parts)


@given(quotes())
def test_a_discount_is_shared_among_its_lines_and_never_more_than_they_cost(made):
    shop, items, discount, quote = made
    chosen = sum((each.total for each in items if each.variant_id in discount.variants), ZERO)
    assert quote.discount_total == min(discount.amount, chosen)
    with open_shop(shop) as code:
        assert all(fits(line.discount, code) for line in quote.items)
    for line in quote.items:
        assert 0 <= line.discount <= line.total
        assert line.variant_id in discount.variants or line.discount == 0


@given(quotes())
def test_tax_is_that_of_what_is_paid_for_the_line(made):
    shop, items, _discount, quote = made
    for line, bought in zip(quote.items, items, strict=True):
        paid = line.total - line.discount
        with open_shop(shop) as code:
            assert line.tax == tax_of(paid, line.tax_percent, included=quote.tax_included)
            assert fits(line.tax, code)
        assert not quote.tax_included or line.tax <= paid
        taxed = bought.variant.taxable and bought.tax_class in ("standard", "reduced")
        assert taxed or line.tax == 0
    assert quote.tax_total == sum((line.tax for line in quote.items), quote.shipping_tax)


@given(quotes(), some.lists(some.integers(1, 98)))
def test_parts_of_a_line_add_up_to_what_was_paid_for_it(made, cuts):
    shop, _items, _discount, quote = made
    code, _stripe = shop
    order = Order(currency=code, tax_included=quote.tax_included)
    # The shop may have another currency by now.
    with open_shop(shop), override_settings(SHOP_CURRENCY="EUR"):
        for line in quote.items:
            parts = parts_of(order, line, cuts)
            assert sum(parts) == line.gross(tax_included=order.tax_included)
            assert all(part >= 0 and fits(part, code) for part in parts)


def parts_of(order: Order, line: OrderItem, cuts: list[int]) -> list[Decimal]:
    edges = sorted({0, line.quantity, *(cut for cut in cuts if cut < line.quantity)})
    return [
        paid_for_units(order, line, first=first, units=last - first)
        for first, last in zip(edges, edges[1:], strict=False)
    ]


@given(some.sampled_from(sorted(currencies())), some.integers(1, 9), some.integers(1, 99))
def test_parts_of_an_old_line_add_up_after_stripe_was_added(code, units, quantity):
    with open_shop((code, False)):
        line = item(1, units * Decimal("0.001"), quantity)
        line.total = line.unit_price * quantity
    with open_shop((code, True)):
        parts = parts_of(Order(currency=code, tax_included=True), line, list(range(1, quantity)))
    assert sum(parts) == line.total
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
