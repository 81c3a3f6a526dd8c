"""The admin changes stock through the ledger, with a reason."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.models import StockMovement, Variant
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def variant() -> Variant:
    return make_product(stock_level=5).variants.get()


def change(client: Client, variant: Variant, kind: str, quantity: int, note: str = "Inventory"):
    url = reverse("admin:catalog_variant_stock", args=[variant.pk])
    return client.post(url, {"kind": kind, "quantity": quantity, "note": note})


@pytest.mark.parametrize(
    ("kind", "quantity", "left"), [("change", 3, 8), ("change", -5, 0), ("count", 2, 2)]
)
def test_writes_the_ledger(
    staff: Client, variant: Variant, kind: str, quantity: int, left: int
) -> None:
    assert change(staff, variant, kind, quantity).status_code == 302
    variant.refresh_from_db()
    variant.product.refresh_from_db()
    assert variant.stock == left
    assert variant.product.listing_in_stock == (left > 0)
    movement = StockMovement.objects.latest("pk")
    assert (movement.delta, movement.note, movement.reason) == (left - 5, "Inventory", "adjustment")
    assert movement.actor is not None
    page = staff.get(reverse("admin:catalog_variant_change", args=[variant.pk])).content.decode()
    assert f"{left - 5:+d}" in page


@pytest.mark.parametrize(("kind", "quantity"), [("change", -6), ("count", -1)])
def test_refuses_less_than_nothing(
    staff: Client, variant: Variant, kind: str, quantity: int
) -> None:
    answer = change(staff, variant, kind, quantity)
    assert answer.status_code == 200
    assert answer.context["form"].errors["quantity"]
    variant.refresh_from_db()
    assert variant.stock == 5


def test_asks_for_a_reason(staff: Client, variant: Variant) -> None:
    assert "note" in change(staff, variant, "change", 1, note="").context["form"].errors


def test_needs_the_right_to_change_variants(client: Client, variant: Variant) -> None:
    clerk = make_user(is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_variant"))
    client.force_login(clerk)
    assert change(client, variant, "change", 1).status_code == 403
    variant.refresh_from_db()
    assert variant.stock == 5


def test_the_variants_page_changes_all_but_the_stock(staff: Client, variant: Variant) -> None:
    data = {"price": "3.00", "sku": "NEW", "weight_grams": "10", "stock": "99", "track_stock": "on"}
    answer = staff.post(reverse("admin:catalog_variant_change", args=[variant.pk]), data)
    assert answer.status_code == 302
    variant.refresh_from_db()
    assert (variant.sku, variant.stock) == ("NEW", 5)
