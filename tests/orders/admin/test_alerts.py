"""The admin alerts staff at once to what they must know about an order's money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import StockMovement
from orders.models import Order, OrderItem, Payment, Refund
from tests.factories import make_order, make_product, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/order/"


def make_refund(
    order: Order, status: str, amount: str = "5.00", actor: User | None = None, **fields: Any
) -> Refund:
    """Make a refund as if it had been made in the past.

    Unless it failed, its amount is reserved in the payment.
    """
    payment = order.payments.get()
    if status != Refund.Status.FAILED:
        payment.refunded += Decimal(amount)
        payment.save(update_fields=["refunded"])
    return Refund.objects.create(
        payment=payment,
        amount=Decimal(amount),
        currency="EUR",
        status=status,
        actor=actor,
        **fields,
    )


def alerts_of(staff: Client, order: Order) -> list[str]:
    page = staff.get(reverse("admin:orders_order_change", args=[order.pk]))
    return [f"{alert.kind}: {alert.text}" for alert in page.context["alerts"]]


def numbers(staff: Client, **query: str) -> set[str]:
    return {order.number for order in staff.get(LIST, query).context["cl"].result_list}


def test_a_plain_order_says_nothing(staff: Client) -> None:
    order = make_order()
    make_refund(order, "succeeded", actor=make_user())
    assert alerts_of(staff, order) == []
    assert numbers(staff, money="attention") == set()


def test_the_money_of_a_cancelled_order_that_is_kept(staff: Client) -> None:
    order = make_order(status=Order.Status.CANCELLED)
    assert alerts_of(staff, order)[0].startswith(
        "bad: The order is cancelled, but €14.90 of its money is still"
    )
    assert numbers(staff, money="attention") == {order.number}
    assert "Needs attention" in staff.get(LIST).content.decode()
    make_refund(order, "created", "14.90", actor=make_user())
    assert alerts_of(staff, order) == []
    assert numbers(staff, money="attention") == set()


def test_a_refund_that_failed_until_another_is_made(staff: Client) -> None:
    order = make_order()
    make_refund(order, "failed", actor=make_user(), error="The card was closed.")
    make_refund(order, "failed", "4.00", actor=make_user())
    first, second = alerts_of(staff, order)
    assert "A refund of €5.00 failed at the provider (The card was closed)" in first
    assert "A refund of €4.00 failed at the provider (no reason given)" in second
    assert numbers(staff, money="attention") == {order.number}
    make_refund(order, "processing", actor=make_user())
    assert alerts_of(staff, order) == []
    assert numbers(staff, money="attention") == set()


def test_what_is_open_for_too_long(staff: Client) -> None:
    order = make_order()
    refund = make_refund(order, "processing", actor=make_user(), transaction_id="re_123")
    assert alerts_of(staff, order) == []
    Refund.objects.filter(pk=refund.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert "look there for re_123" in alerts_of(staff, order)[0]
    pending = make_order(status=Order.Status.PENDING)
    Payment.objects.filter(order=pending).update(
        status=Payment.Status.PROCESSING, created_at=timezone.now() - timedelta(hours=2)
    )
    assert alerts_of(staff, pending)[0].startswith(
        "open: The payment of €14.90 has been open since"
    )


def test_money_that_came_too_late_and_went_back_by_itself(staff: Client) -> None:
    order = make_order(status=Order.Status.REFUNDED)
    make_refund(order, "succeeded", "14.90")
    assert alerts_of(staff, order) == [
        "quiet: €14.90 came when the order could not take it any more, and went back by itself."
    ]


def test_an_order_that_lives_again(staff: Client) -> None:
    order = make_order()
    StockMovement.objects.create(
        variant=order.items.get().variant,
        delta=1,
        reason=StockMovement.Reason.RELEASE,
        order_number=order.number,
    )
    assert alerts_of(staff, order)[0].startswith(
        "quiet: The money came after the order was cancelled."
    )


def test_what_is_partly_refunded(staff: Client) -> None:
    partly, wholly, untouched = make_order(), make_order(), make_order()
    make_refund(partly, "succeeded")
    make_refund(wholly, "succeeded", "14.90")
    Payment.objects.filter(order=wholly).update(status=Payment.Status.REFUNDED)
    make_refund(untouched, "processing")
    assert numbers(staff, money="partly") == {partly.number}
    assert staff.get(LIST).content.decode().count('badge-quiet">Partly refunded') == 1


@pytest.mark.parametrize("status", Order.Status)
def test_every_status_has_its_badge(staff: Client, status: Order.Status) -> None:
    make_order(status=status)
    assert f">{status.label}</span>" in staff.get(LIST).content.decode()


def test_shows_the_discount_and_the_tax_of_each_rate(staff: Client) -> None:
    order = make_order(
        voucher_code="SPRING",
        discount_total=Decimal("1.00"),
        total=Decimal("13.90"),
        tax_total=Decimal("2.09"),
        shipping_tax=Decimal("0.78"),
        shipping_taxes=[["19", "4.90", "0.78"]],
    )
    order.items.update(discount=Decimal("1.00"), tax=Decimal("1.31"), tax_percent=Decimal(19))
    cup = make_product("Cup").variants.get()
    OrderItem.objects.create(
        order=order,
        variant=cup,
        name="Cup",
        quantity=1,
        unit_price=2,
        total=2,
        tax="0.13",
        tax_percent=7,
    )
    page = staff.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "−€1.00, voucher SPRING" in page
    assert "€2.09: 19\N{NO-BREAK SPACE}%, included<br>€0.13: 7\N{NO-BREAK SPACE}%, included" in page
    assert numbers(staff, q="spring") == {order.number}
