"""The admin cancels an order that was not shipped, once.

The items return to the stock and the money to the shopper.
"""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from catalog.models import StockMovement
from orders.models import Order, Payment, Refund
from orders.payments.providers.base import PaymentError
from orders.payments.refunds import refund
from tests.factories import make_order, make_product
from tests.orders.admin.test_refunds import clerk, messages_of
from tests.racing import running

pytestmark = pytest.mark.django_db


def make(status: str = "paid") -> Order:
    """Make an order of three units at 10.00, with delivery for 4.90; two more units are in stock.

    A pending order has no payment.
    """
    order = make_order(
        variant=make_product(stock_level=2).variants.get(), quantity=3, status=status
    )
    order.items.update(stock_taken=3)
    if status == "pending":
        order.payments.update(status="failed")
    return order


def page_url(order: Order) -> str:
    return reverse("admin:orders_order_cancel", args=[order.pk])


def answers(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "reason": "It is sold out.", "shown": "34.90"} | fields


def test_of_a_paid_order_returns_goods_and_money_once(staff: Client) -> None:
    order, data = make(), answers()
    page = staff.get(page_url(order)).content.decode()
    assert "€34.90" in page
    assert "3 × Clay pot" in page
    for _ in range(2):
        answer = staff.post(page_url(order), data)
        assert messages_of(answer)[-2:] == ["The order is cancelled.", "€34.90 is refunded."]
    order.refresh_from_db()
    assert order.cancelled_at is not None
    assert order.status == Order.Status.REFUNDED
    assert order.items.get().variant.stock == 5
    assert Refund.objects.get().amount == Decimal("34.90")
    entry = LogEntry.objects.get()
    assert entry.change_message.startswith("Cancelled, refund of €34.90: It is sold out.")
    assert page_url(order) not in staff.get(answer.url).content.decode()


def test_of_an_unpaid_order_returns_the_goods(staff: Client) -> None:
    order, data = make("pending"), answers(shown="0.00")
    assert "Nothing was paid" in staff.get(page_url(order)).content.decode()
    for _ in range(2):
        assert messages_of(staff.post(page_url(order), data))[-1] == "The order is cancelled."
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert order.items.get().variant.stock == 5
    assert StockMovement.objects.filter(reason="release").count() == 1
    assert LogEntry.objects.count() == 1
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"), [({"reason": " "}, "reason"), ({"key": "what"}, "key")]
)
def test_asks_why(staff: Client, fields: dict[str, str], name: str) -> None:
    order = make()
    assert name in staff.post(page_url(order), answers(**fields)).context["form"].errors
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_shows_the_page_again_when_it_was_paid_meanwhile(staff: Client) -> None:
    order = make()
    page = staff.post(page_url(order), answers(shown="0.00")).content.decode()
    assert "Something changed" in page
    assert "It is sold out." in page
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize("status", ["partly_fulfilled", "fulfilled", "cancelled", "refunded"])
def test_is_not_offered_once_something_was_sent_or_it_is_over(staff: Client, status: str) -> None:
    order = make(status)
    answer = staff.get(page_url(order))
    assert answer.url == reverse("admin:orders_order_change", args=[order.pk])
    assert order.get_status_display().lower() in messages_of(answer)[0]
    assert page_url(order) not in staff.get(answer.url).content.decode()


def test_says_so_when_the_order_is_sent_in_that_moment(staff: Client) -> None:
    order = make()
    with running(
        lambda: Order.objects.update(status="fulfilled"),
        before="orders.admin.cancellation.cancel_order",
    ):
        answer = staff.post(page_url(order), answers())
    assert messages_of(answer) == [
        "The order is sent, so it cannot be cancelled. Refund it instead."
    ]
    assert not Refund.objects.exists()


def test_changes_nothing_while_the_provider_does_not_answer(staff: Client) -> None:
    def die() -> None:
        raise PaymentError("The line is dead.")

    order = make("pending")
    Payment.objects.update(status="created")
    with running(die, before="orders.cancellation.get_provider"):
        page = staff.post(page_url(order), answers(shown="0.00"))
    assert "does not answer" in str(page.context["form"].non_field_errors())
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_returns_what_earlier_refunds_have_left(staff: Client) -> None:
    order = make()
    refund(order, key=uuid.uuid4(), quantities={order.items.get().pk: 1}, restock=True)
    page = staff.get(page_url(order)).content.decode()
    assert "€24.90" in page
    assert "2 × Clay pot" in page
    staff.post(page_url(order), answers(shown="24.90"))
    assert order.items.get().variant.stock == 5
    assert Payment.objects.get().refunded == Decimal("34.90")


@pytest.mark.parametrize(
    ("permissions", "paid", "pending"),
    [
        (["view_order"], 403, 403),
        (["view_order", "add_refund"], 403, 403),
        (["view_order", "change_order"], 403, 200),
        (["change_order", "add_refund"], 200, 200),
    ],
)
def test_needs_permission_and_for_a_paid_order_that_to_refund(
    client, permissions, paid, pending
) -> None:
    clerk(client, *permissions)
    for order, status in ((make(), paid), (make("pending"), pending)):
        assert client.get(page_url(order)).status_code == status
        page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
        assert (page_url(order) in page) == (status == 200)
    answer = client.post(page_url(Order.objects.get(status="paid")), answers())
    assert answer.status_code == (302 if paid == 200 else 403)
