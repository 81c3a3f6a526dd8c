"""Prices add up, whatever is bought, taxed and discounted, in every currency."""

from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from catalog.models import Product, Variant
from orders.models import DeliveryTax, Order, OrderItem, TaxTerms
from orders.pricing.quote import Quote, new_item, paid_for_units, quote_items, tax_of
from orders.pricing.vouchers import NO_DISCOUNT, Discount
from shop.currencies import currencies
from shop.money import LARGEST, ZERO
from tests.currencies import Shop, amounts, fits, open_shop, shops

CLASSES = [None, "standard", "reduced", "zero"]
percents = some.integers(0, 100_000).map(lambda n: Decimal(n) / 1000)


terms = some.builds(
    TaxTerms,
    some.fixed_dictionaries({"standard": percents, "reduced": percents}),
    some.sampled_from(DeliveryTax.values),
)


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
        included, delivery = draw(some.booleans()), draw(money)
        tax = draw(terms)
        quote = quote_items(
            items, delivery=delivery, tax=tax, discount=discount, tax_included=included
        )
    return shop, items, discount, quote


@given(quotes())
def test_the_parts_of_a_delivery_are_all_of_it_each_at_its_own_rate(made):
    shop, _items, _discount, quote = made
    percents = [part.percent for part in quote.delivery]
    assert len(percents) == len(set(percents))
    with open_shop(shop) as code:
        for part in quote.delivery:
            assert part.amount > 0
            assert part.tax == tax_of(part.amount, part.percent, included=quote.tax_included)
            assert fits(part.amount, code)
            assert fits(part.tax, code)


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
    terms = TaxTerms({"standard": Decimal(19)})
    amounts = quote_items([item(1, Decimal("19.99"), 1)], tax=terms, tax_included=included)
    assert (amounts.tax_total, amounts.total) == (Decimal(tax), Decimal(total))


def test_delivery_is_taxed_and_free_with_a_voucher():
    goods, rates = (
        [item(1, Decimal("10.00"), 1, "reduced")],
        TaxTerms({"standard": Decimal(20), "reduced": Decimal(10)}),
    )
    amounts = quote_items(goods, delivery=Decimal("6.00"), tax=rates)
    assert (amounts.shipping_tax, amounts.items[0].tax) == (Decimal("1.00"), Decimal("0.91"))
    free = quote_items(
        goods, delivery=Decimal("6.00"), tax=rates, discount=Discount(free_delivery=True)
    )
    assert (free.shipping_total, free.shipping_tax, free.total) == (ZERO, ZERO, Decimal("10.00"))


def test_a_third_of_a_cent_is_lost_nowhere():
    goods = [item(key, Decimal("0.01"), 1) for key in range(3)]
    amounts = quote_items(goods, discount=Discount(Decimal("0.02"), {0, 1, 2}))
    assert [line.discount for line in amounts.items] == [Decimal("0.01"), ZERO, Decimal("0.01")]


def goods_of_two_rates() -> list[OrderItem]:
    return [item(1, Decimal("119.00"), 1), item(2, Decimal("21.40"), 1, "reduced")]


GERMAN = TaxTerms({"standard": Decimal(19), "reduced": Decimal(7)}, DeliveryTax.GOODS)


@pytest.mark.parametrize(
    ("goods", "delivery", "parts"),
    [
        # 100 and 20 net: five sixths of the delivery are taxed at 19 %, one sixth at 7 %.
        (goods_of_two_rates, "14.04", [("19", "11.90", "1.90"), ("7", "2.14", "0.14")]),
        (lambda: [item(1, Decimal(10), 1, "reduced")], "4.90", [("7", "4.90", "0.32")]),
        (lambda: [item(1, Decimal(10), 1, "zero")], "4.90", [("0", "4.90", "0")]),
        (lambda: [item(1, Decimal(10), 1, None)], "4.90", [("0", "4.90", "0")]),
        (lambda: [item(1, ZERO, 1, "reduced")], "4.90", [("19", "4.90", "0.78")]),
        (goods_of_two_rates, "0", []),
    ],
)
def test_delivery_is_taxed_like_the_goods(goods, delivery, parts):
    quote = quote_items(goods(), delivery=Decimal(delivery), tax=GERMAN)
    assert quote.delivery == [tuple(map(Decimal, part)) for part in parts]


def test_delivery_follows_what_is_paid_for_the_goods():
    free = Discount(Decimal("119.00"), {1})
    quote = quote_items(goods_of_two_rates(), delivery=Decimal("4.90"), tax=GERMAN, discount=free)
    assert [part.percent for part in quote.delivery] == [Decimal(7)]
    gift = Discount(Decimal(999), {1, 2})
    quote = quote_items(goods_of_two_rates(), delivery=Decimal("4.90"), tax=GERMAN, discount=gift)
    assert [part.percent for part in quote.delivery] == [Decimal(19)], "only the delivery is sold"


def test_delivery_that_tax_is_added_to_is_shared_by_net_worth():
    goods = [item(1, Decimal(100), 1), item(2, Decimal(20), 1, "reduced")]
    quote = quote_items(goods, delivery=Decimal(12), tax=GERMAN, tax_included=False)
    assert quote.delivery == [(19, 10, Decimal("1.90")), (7, 2, Decimal("0.14"))]


@pytest.mark.parametrize(
    ("way", "parts"), [(DeliveryTax.STANDARD, [("19", "0.78")]), (DeliveryTax.NONE, [("0", "0")])]
)
def test_delivery_has_a_rate_of_its_own_elsewhere(way, parts):
    terms = TaxTerms(GERMAN.rates, way)
    quote = quote_items(goods_of_two_rates(), delivery=Decimal("4.90"), tax=terms)
    assert [(part.percent, part.tax) for part in quote.delivery] == [
        tuple(map(Decimal, part)) for part in parts
    ]


def test_an_export_costs_what_the_domestic_sale_costs_without_its_tax():
    goods = goods_of_two_rates()
    quote = quote_items(goods, delivery=Decimal("14.04"), tax=TaxTerms(domestic=GERMAN))
    assert [each.unit_price for each in goods] == [Decimal(100), Decimal(20)]
    assert (quote.items_total, quote.shipping_total, quote.total) == (120, 12, 132)
    assert (quote.tax_total, quote.tax_removed) == (0, Decimal("22.44"))


@given(quotes(), some.data())
def test_an_export_is_never_dearer_and_has_no_tax(made, data):
    shop, items, discount, _quote = made
    with open_shop(shop) as code:
        delivery = data.draw(amounts(code))
        fresh = [item(n, each.unit_price, each.quantity) for n, each in enumerate(items)]
        whole = [Discount(discount.amount, {each.variant_id for each in fresh}), NO_DISCOUNT]
        off = data.draw(some.sampled_from([*whole, Discount(LARGEST, set(range(len(fresh))))]))
        domestic = data.draw(terms)
        before = [(each.unit_price, each.total) for each in fresh]
        quote = quote_items(fresh, delivery=delivery, tax=TaxTerms(domestic=domestic), discount=off)
        assert quote.tax_total == 0
        assert quote.total == quote.items_total + quote.shipping_total - quote.discount_total >= 0
        for each, (price, total) in zip(fresh, before, strict=True):
            assert 0 <= each.unit_price <= price
            assert 0 <= each.discount <= each.total <= total
            assert each.total == each.unit_price * each.quantity
        assert all(fits(part, code) for part in (quote.total, quote.shipping_total))
