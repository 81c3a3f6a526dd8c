"""No admin page needs more than 20 queries, however many rows there are."""

from collections.abc import Iterable

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from orders.models import (
    Order,
    OrderItem,
    Payment,
    Refund,
    RefundItem,
    ShippingMethod,
    TaxRate,
    Voucher,
    VoucherUse,
)
from shop.countries import COUNTRIES
from shop.models import Event
from tests.factories import (
    make_address,
    make_category,
    make_order,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_user,
    make_variant,
    make_voucher,
)

pytestmark = pytest.mark.django_db
ROWS = 30
MOST = 20


@pytest.fixture
def full_shop() -> None:
    """Make 30 rows of everything.

    One product, one order and one user each have 30 of what belongs to them.
    """
    shelves = [make_category(f"Shelf {number}") for number in range(5)]
    shelves += [make_category(f"Below {number}", shelves[number % 5]) for number in range(ROWS)]
    alice = make_user()
    make_big_order(alice)
    big = make_product("Big one", category=shelves[0], brand="Brand", option_names=["Size"])
    for number in range(ROWS):
        product = make_product(
            f"Pot {number}", category=shelves[number], brand=f"Brand {number % 9}"
        )
        for owner in (product, big):
            ProductImage.objects.create(
                product=owner, position=number, source_url="https://example.com/a.jpg"
            )
        make_variant(big, options={"Size": str(number)})
        order = make_order(user=alice, variant=product.variants.get())
        Refund.objects.create(
            payment=order.payments.get(), amount=1, currency="EUR", actor=alice, status="succeeded"
        )
        make_voucher(f"CODE{number}")
        make_tax_rate(country=list(COUNTRIES)[number])
        make_address(alice)
        make_shipping_method(f"Method {number}")
        Event.objects.create(type="order.paid", payload={"order": {"number": str(number)}})
        make_user()


def make_big_order(user: User) -> None:
    """Make an order of 30 lines, 30 refunds of two lines each, and a voucher used by 30 orders."""
    order, voucher = make_order(user=user, number="BIG"), make_voucher()
    line = {"order": order, "name": "Cup", "quantity": ROWS, "unit_price": 0, "total": 0}
    cup = make_product("Cup")
    items = [
        OrderItem.objects.create(variant=make_variant(cup, options={"n": n}), **line)
        for n in range(ROWS)
    ]
    for number in range(ROWS):
        refund = Refund.objects.create(
            payment=order.payments.get(), amount=1, currency="EUR", actor=user
        )
        for item in (items[number], items[0]) if number else items[:1]:
            RefundItem.objects.create(refund=refund, item=item, quantity=1)
        used = make_order(user=user, variant=items[number].variant)
        VoucherUse.objects.create(voucher=voucher, order=used, customer=str(number), once=True)


def queries_of(staff: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(url, follow=True)
    assert answer.status_code == 200, url
    return len(queries)


def too_many(staff: Client, urls: Iterable[str]) -> dict[str, int]:
    """Return the pages that need more queries than allowed, each with its number of queries."""
    counts = {url: queries_of(staff, url) for url in urls}
    return {url: count for url, count in counts.items() if count > MOST}


def test_lists(staff: Client, full_shop: None) -> None:
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    urls = [f"{url}{query}" for url in lists for query in ("", "?q=a")] + [reverse("admin:index")]
    products = [
        "status__exact=active",
        "listing_in_stock__exact=1",
        "brand=Brand+1",
        "category=x",
        "o=6.4",
    ]
    products.append(f"category={Category.objects.get(name='Shelf 1').pk}")
    orders = ["status__exact=paid", "money=attention", "money=partly", "money=partly&_facets=True"]
    urls += [f"{reverse('admin:catalog_product_changelist')}?{query}" for query in products]
    urls += [f"{reverse('admin:orders_order_changelist')}?{query}" for query in orders]
    assert too_many(staff, urls) == {}


def test_pages_of_one_row(staff: Client, full_shop: None) -> None:
    order = Order.objects.get(number="BIG")
    rows = [
        order,
        Product.objects.get(name="Big one"),
        Variant.objects.filter(product__name="Big one").first(),
        ProductImage.objects.first(),
        Category.objects.first(),
        StockMovement.objects.first(),
        Payment.objects.first(),
        Refund.objects.first(),
        ShippingMethod.objects.first(),
        TaxRate.objects.first(),
        Voucher.objects.get(code="TEN"),
        Event.objects.first(),
        User.objects.filter(addresses__isnull=False).first(),
    ]
    urls = [
        reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        for row in rows
    ]
    urls.append(reverse("admin:orders_order_refund", args=[order.pk]))
    forms = (
        "catalog_product",
        "catalog_category",
        "accounts_user",
        "orders_shippingmethod",
        "orders_voucher",
    )
    urls += [reverse(f"admin:{model}_add") for model in forms]
    assert too_many(staff, urls) == {}
