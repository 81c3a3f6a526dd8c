"""The demo satisfies the invariants, sends no email, and changes nothing in a second run."""

import io
from collections import Counter
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import Address, User
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from infra.demo.products import DEMO_CUSTOMERS, DEMO_PRODUCTS
from orders.models import Order, OrderItem, Payment, ShippingMethod
from shop.models import Event
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def load(*options: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *options, stdout=out, stderr=out)
    return out.getvalue()


def counts() -> list[int]:
    models = (
        Product,
        Variant,
        ProductImage,
        Category,
        User,
        Address,
        Order,
        OrderItem,
        Payment,
        StockMovement,
    )
    return [model.objects.count() for model in (*models, ShippingMethod)]


def test_the_invariants_hold() -> None:
    load("--products", "6", "--without-pictures")
    assert Product.objects.count() == 6
    assert Order.objects.count() == 120
    wanted = {
        variant.sku: variant.stock for product in DEMO_PRODUCTS[:6] for variant in product.variants
    }
    assert dict(Variant.objects.values_list("sku", "stock")) == wanted
    assert (
        not Variant.objects.annotate(sum=Sum("movements__delta"))
        .exclude(sum=F("stock"))
        .exclude(sum=None)
        .exists()
    )
    assert not Event.objects.exists()
    for order in Order.objects.prefetch_related("items", "payments"):
        items = sum((item.total for item in order.items.all()), Decimal(0))
        assert (order.items_total, order.total) == (items, items + order.shipping_total)
        [payment] = order.payments.all()
        assert (payment.amount, bool(payment.transaction_id)) == (order.total, True)
        assert order.placed_at < timezone.now()


def test_the_stock_was_never_below_zero() -> None:
    load("--products", "6", "--without-pictures")
    for variant in Variant.objects.all():
        level = 0
        for movement in variant.movements.order_by("created_at", "pk"):
            level += movement.delta
            assert level >= 0


def test_orders_come_in_every_state() -> None:
    load("--products", "6", "--without-pictures")
    states = Counter(Order.objects.values_list("status", "payments__status"))
    assert set(states) == {
        ("paid", "captured"),
        ("fulfilled", "captured"),
        ("refunded", "refunded"),
        ("cancelled", "cancelled"),
        ("cancelled", "failed"),
    }
    days = timezone.now() - Order.objects.earliest("placed_at").placed_at
    assert 50 < days.days <= 60


def test_a_second_run_changes_nothing() -> None:
    load("--products", "3", "--orders", "10", "--without-pictures")
    before = counts()
    load("--products", "3", "--orders", "10", "--without-pictures")
    assert counts() == before


def test_people_can_log_in() -> None:
    text = load("--products", "1", "--orders", "1", "--without-pictures")
    staff = User.objects.get(email="staff@trivet.example")
    assert (staff.is_superuser, staff.check_password("trivet")) == (True, True)
    customer = User.objects.get(email=DEMO_CUSTOMERS[0].email)
    assert customer.check_password("trivet-demo")
    assert customer.addresses.get().is_default
    assert "Staff: staff@trivet.example, password trivet" in text


def test_a_shop_with_products_is_left_alone() -> None:
    make_product()
    assert "no demo is loaded" in load("--if-empty")
    assert Product.objects.count() == 1


def test_an_interrupted_run_goes_on() -> None:
    load("--products", "2", "--orders", "0", "--without-pictures")
    load("--if-empty", "--products", "3", "--orders", "5", "--without-pictures")
    assert (Product.objects.count(), Order.objects.count()) == (3, 5)


def test_it_is_not_for_a_real_shop(settings: LazySettings) -> None:
    settings.AWS_ENDPOINT_URL = ""
    with pytest.raises(CommandError, match="never in a real shop"):
        load()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pictures_go_the_way_of_an_upload() -> None:
    text = load("--products", "1", "--orders", "1", "--process-results")
    assert "have no renditions" not in text
    product = Product.objects.get()
    assert product.images.count() == len(DEMO_PRODUCTS[0].pictures)
    assert set(product.images.values_list("status", flat=True)) == {"ready"}
    assert product.listing_image["widths"] == [160, 320, 480, 640, 960]
    assert not Category.objects.filter(listing_image=None).exists()
    assert OrderItem.objects.first().image == product.listing_image
