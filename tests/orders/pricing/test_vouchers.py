"""Vouchers: the discount they give, who may use them, and that each use is counted once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orders import cancellation
from orders.models import Order, Voucher, VoucherUse
from orders.pricing.vouchers import VoucherRefused, mailbox_of, use_voucher
from tests.factories import (
    make_category,
    make_order,
    make_product,
    make_shipping_method,
    make_user,
    make_voucher,
)
from tests.orders.shopping import checkout, fill, new_cart, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"value": Decimal(10)}, "22.90"),
        ({"kind": "fixed", "value": Decimal(5)}, "19.90"),
        ({"kind": "fixed", "value": Decimal(500)}, "4.90"),
        ({"kind": "free_delivery", "value": Decimal(0)}, "20.00"),
    ],
)
def test_makes_the_order_cheaper(fields, total):
    make_voucher(**fields)
    cart = new_cart()
    fill(cart, make_product(price="10.00"), 2)
    order = checkout(cart, total, voucher_code=" ten ")
    order.refresh_from_db()
    assert (order.total, order.voucher_code) == (Decimal(total), "TEN")
    assert order.items_total + order.shipping_total - order.discount_total == order.total
    assert Voucher.objects.get().uses == 1


def test_is_only_for_goods_of_its_categories_and_what_is_below_them():
    kitchen = make_category()
    pots = make_category("Pots", parent=kitchen)
    make_voucher(value=Decimal(50)).categories.add(kitchen)
    cart = new_cart()
    fill(cart, make_product(price="10.00", category=pots))
    fill(cart, make_product(price="30.00"))
    order = checkout(cart, "39.90", voucher_code="TEN")
    assert sorted(order.items.values_list("discount", flat=True)) == [
        Decimal("0.00"),
        Decimal("5.00"),
    ]


LATER, EARLIER = timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)


@pytest.mark.parametrize(
    "fields",
    [
        None,  # There is none.
        {"is_active": False},
        {"starts_at": LATER},
        {"ends_at": EARLIER},
        {"max_uses": 0},
        # What nobody can use now tells nothing else about itself either.
        {"starts_at": LATER, "minimum": Decimal("1000.00")},
        {"ends_at": EARLIER, "once_per_customer": True},
        {"max_uses": 0, "once_per_customer": True, "minimum": Decimal("1000.00")},
    ],
)
def test_one_answer_for_all_codes_that_nobody_can_use_now(fields):
    if fields is not None:
        make_voucher(**fields)
    with pytest.raises(VoucherRefused) as refused:
        place(voucher_code=" t e n")
    assert str(refused.value) == "“TEN” isn't a valid code."
    assert not Order.objects.exists()


def test_says_what_a_valid_code_needs():
    make_voucher(minimum=Decimal("10.01"))
    with pytest.raises(VoucherRefused, match=r"“TEN” requires a minimum spend of €10\.01\."):
        place(voucher_code="TEN")
    make_voucher("POTS").categories.add(make_category())
    with pytest.raises(VoucherRefused, match=r"“POTS” doesn't apply to your items\."):
        place(voucher_code="POTS")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("voucher", "method", "reason"),
    [
        ({"kind": "free_delivery", "value": 0}, {"price": "0.00"}, "Delivery is free already"),
        ({"kind": "free_delivery", "value": 0}, {"free_from": "10.00"}, "Delivery is free already"),
        ({"value": 0}, {}, "takes nothing off"),
        ({"value": Decimal("0.01")}, {}, "takes nothing off"),
        ({"kind": "fixed", "value": 0}, {}, "takes nothing off"),
    ],
    ids=str,
)
def test_a_use_that_is_worth_nothing_is_refused_with_its_reason(voucher, method, reason):
    make_voucher(**voucher)
    chosen = make_shipping_method(**method)
    assert reason in refusal(shipping_method_id=chosen.pk)
    assert (Voucher.objects.get().uses, Order.objects.count()) == (0, 0)


def refusal(**wishes) -> str:
    with pytest.raises(VoucherRefused) as refused:
        place(voucher_code="TEN", **wishes)
    return str(refused.value)


def test_once_a_customer_counts_for_the_account_whatever_email_is_typed():
    make_voucher(once_per_customer=True)
    alice = make_user("alice@example.com")
    place(voucher_code="TEN", total="13.90", email="a@b.example", user=alice)
    for email in ("other@example.com", "alice@example.com"):
        assert refusal(email=email, user=alice) == "You've already used this code."
    assert Voucher.objects.get().uses == 1


def test_once_a_customer_tells_a_guest_nothing_and_takes_nothing_from_the_email_typed():
    """A guest must not learn who has ordered, nor use up the voucher of somebody else."""
    make_voucher(once_per_customer=True)
    alice = make_user("alice@example.com")
    assert refusal(email="alice@example.com") == refusal(email="bob@example.com")
    place(voucher_code="TEN", total="13.90", user=alice)
    assert refusal(email="alice@example.com") == "Sign in to use this code."


def test_once_a_customer_counts_after_a_change_of_email():
    make_voucher(once_per_customer=True)
    alice = make_user("alice@example.com")
    place(voucher_code="TEN", total="13.90", user=alice)
    alice.email = "new@example.com"
    alice.save()
    alice.confirm_email()
    assert refusal(user=alice) == "You've already used this code."
    # Nor does the address that has become free give another use.
    assert refusal(user=make_user("alice@example.com")) == "You've already used this code."


def test_once_a_customer_counts_for_all_tags_of_a_mailbox():
    make_voucher(once_per_customer=True)
    first, second = make_user("same+1@example.com"), make_user("same+2@example.com")
    place(voucher_code="TEN", total="13.90", user=first)
    assert refusal(user=second) == "You've already used this code."
    assert mailbox_of("+@Example.com") == "+@example.com"


def test_one_account_uses_it_once_even_if_its_email_changes_meanwhile():
    """The database decides, for two orders that have both seen it unused."""
    voucher = make_voucher(once_per_customer=True)
    alice = make_user("alice@example.com")
    place(voucher_code="TEN", total="13.90", user=alice)
    order = make_order(alice)
    alice.email = "new@example.com"
    with pytest.raises(VoucherRefused, match="already used"), transaction.atomic():
        use_voucher(voucher, order)
    assert Voucher.objects.get().uses == 1


def test_guests_may_use_a_voucher_that_is_not_once_a_customer_again():
    make_voucher()
    for _ in range(2):
        place(voucher_code="TEN", total="13.90", email="ada@example.com")
    assert Voucher.objects.get().uses == 2


def test_the_last_use_is_had_by_one_of_many():
    make_voucher(max_uses=1)
    method = make_shipping_method().pk
    carts = [new_cart() for _ in range(6)]
    for cart in carts:
        fill(cart, make_product(price="10.00"))

    def buy(cart):
        try:
            return checkout(cart, "13.90", voucher_code="TEN", shipping_method_id=method).number
        except VoucherRefused as refused:
            assert "a valid code" in str(refused)
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        bought = [number for number in pool.map(buy, carts) if number]
    assert len(bought) == Order.objects.count() == Voucher.objects.get().uses == 1


def test_its_use_is_given_back_when_the_order_dies():
    make_voucher(once_per_customer=True, max_uses=1)
    cart, alice = new_cart(), make_user()
    fill(cart, make_product(price="10.00"))
    order = checkout(cart, "13.90", voucher_code="TEN", user=alice)
    for _ in range(2):
        cancellation.cancel_unpaid(order)
    assert Voucher.objects.get().uses == 0
    assert not VoucherUse.objects.exists()
    fill(cart, make_product(price="10.00"))
    again = checkout(cart, "13.90", voucher_code="TEN", user=alice, key=uuid.uuid4())
    assert again.discount_total == Decimal("1.00")


def test_orders_and_cancels_with_one_voucher_never_wait_in_a_ring(settings):
    """Whoever locks both the voucher and the stock must lock them in that order.

    The reverse order deadlocks.
    """
    settings.LIMITS = dict.fromkeys(settings.LIMITS)  # A shopper in a great hurry.
    make_voucher(max_uses=1000)
    product, method = make_product(price="10.00", stock_level=1000), make_shipping_method().pk

    def order_and_cancel(_: int) -> None:
        try:
            for _round in range(6):
                cart = new_cart()
                fill(cart, product)
                order = checkout(cart, "13.90", voucher_code="TEN", shipping_method_id=method)
                assert cancellation.cancel_unpaid(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(order_and_cancel, range(6)))
    assert Voucher.objects.get().uses == 0
    assert product.variants.get().stock == 1000
