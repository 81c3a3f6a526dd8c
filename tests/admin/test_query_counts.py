"""It shows no page that needs more than 20 queries, however many rows there are."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from orders.models import Order, Payment, ShippingMethod
from shop.models import Event
from tests.factories import (
    make_address,
    make_category,
    make_order,
    make_product,
    make_shipping_method,
    make_user,
    make_variant,
)

pytestmark = pytest.mark.django_db
ROWS = 30
MOST = 20


@pytest.fixture
def full_shop() -> None:
    """Make 30 rows of all that there is, and one product, order and user with 30 of what belongs to them."""
    shelves = [make_category(f"Shelf {number}") for number in range(5)]
    shelves += [make_category(f"Below {number}", shelves[number % 5]) for number in range(ROWS)]
    alice = make_user()
    big = make_product("Big one", category=shelves[0], brand="Brand", option_names=["Size"])
    for number in range(ROWS):
        product = make_product(f"Pot {number}", category=shelves[number], brand=f"Brand {number % 9}")
        for owner in (product, big):
            ProductImage.objects.create(product=owner, position=number, source_url="https://example.com/a.jpg")
        make_variant(big, options={"Size": str(number)})
        make_order(user=alice, variant=product.variants.get())
        make_address(alice)
        make_shipping_method(f"Method {number}")
        Event.objects.create(type="order.paid", payload={"order": {"number": str(number)}})
        make_user()


def pages() -> list[tuple[str, str]]:
    """Return the list pages of all models of the admin, and their filters at work."""
    names = [(model._meta.app_label, model._meta.model_name or "") for model in admin.site._registry]
    return [(f"admin:{app}_{model}_changelist", query) for app, model in names for query in ("", "?q=a")]


def queries_of(staff: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(url, follow=True)
    assert answer.status_code == 200, url
    return len(queries)


def test_lists(staff: Client, full_shop: None) -> None:
    counts = {f"{name}{query}": queries_of(staff, reverse(name) + query) for name, query in pages()}
    counts["index"] = queries_of(staff, reverse("admin:index"))
    assert {name: count for name, count in counts.items() if count > MOST} == {}


@pytest.mark.parametrize(
    "query", ["status__exact=active", "listing_in_stock__exact=1", "category=1", "brand=Brand+1", "category=x", "o=6.4"]
)
def test_filters_of_products(staff: Client, full_shop: None, query: str) -> None:
    assert queries_of(staff, f"{reverse('admin:catalog_product_changelist')}?{query}") <= MOST


def test_pages_of_one_row(staff: Client, full_shop: None) -> None:
    rows = [
        Product.objects.get(name="Big one"),
        Variant.objects.filter(product__name="Big one").first(),
        ProductImage.objects.first(),
        Category.objects.first(),
        StockMovement.objects.first(),
        Order.objects.first(),
        Payment.objects.first(),
        ShippingMethod.objects.first(),
        Event.objects.first(),
        User.objects.filter(addresses__isnull=False).first(),
    ]
    counts = {}
    for row in rows:
        assert row is not None
        meta = row._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        counts[meta.model_name] = queries_of(staff, url)
    assert {name: count for name, count in counts.items() if count > MOST} == {}


@pytest.mark.parametrize("model", ["catalog_product", "catalog_category", "accounts_user", "orders_shippingmethod"])
def test_empty_forms(staff: Client, full_shop: None, model: str) -> None:
    assert queries_of(staff, reverse(f"admin:{model}_add")) <= MOST
