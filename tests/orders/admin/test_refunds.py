"""The admin refunds money through a form and a page that shows what will happen.

It refunds once, however often that page is submitted.
"""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from orders.models import DummyCharge, DummyRefund, Order, Refund
from orders.payments.providers.base import PaymentError
from orders.payments.refunds import refund
from tests.factories import make_order, make_product, make_staff, make_user
from tests.racing import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Return a paid order of three units at 10.00, with delivery for 4.90.

    Two more units are in stock.
    """
    order = make_order(variant=make_product(stock_level=2).variants.get(), quantity=3)
    order.items.update(stock_taken=3)
    return order


def page_url(order: Order) -> str:
    return reverse("admin:orders_order_refund", args=[order.pk])


def answers(order: Order, **fields: Any) -> dict[str, Any]:
    """Return what a browser sends for the form; `units` is the field of the only item."""
    data = {"key": str(uuid.uuid4()), "kind": "all", "reason": "It arrived broken."} | fields
    if "units" in data:
        data[f"item_{order.items.get().pk}"] = data.pop("units")
    return data


def confirmed(client: Client, order: Order, data: dict[str, Any]) -> dict[str, str]:
    """Return what the button on the confirmation page sends."""
    page = client.post(page_url(order), data)
    assert "admin/orders/order/refund_confirm.html" in [each.name for each in page.templates], (
        page.content.decode()
    )
    inputs = re.findall(
        r'<input type="hidden"\s+name="([^"]+)"(?:\s+value="([^"]*)")?', page.content.decode()
    )
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def messages_of(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def clerk(client: Client, *permissions: str) -> User:
    """Log in a member of staff who has only these permissions."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("fields", "amount", "units", "stock"),
    [
        ({"kind": "all"}, "34.90", 3, 2),
        ({"kind": "all", "restock": "on"}, "34.90", 3, 5),
        ({"kind": "items", "units": 2}, "20.00", 2, 2),
        ({"kind": "items", "units": 2, "restock": "on", "amount": "what"}, "20.00", 2, 4),
        ({"kind": "amount", "amount": "7.50", "units": 99}, "7.50", 0, 2),
    ],
)
def test_refunds_what_the_page_has_shown(staff, order, fields, amount, units, stock) -> None:
    data = confirmed(staff, order, answers(order, **fields))
    assert data["shown"] == amount
    assert not Refund.objects.exists(), "it was only shown"
    answer = staff.post(page_url(order), data)
    assert messages_of(answer) == [f"€{amount} is refunded."]
    made = Refund.objects.get()
    assert (made.status, made.amount, made.reason) == (
        "succeeded",
        Decimal(amount),
        "It arrived broken.",
    )
    assert made.actor == User.objects.get(is_staff=True)
    assert sum(made.items.values_list("quantity", flat=True)) == units
    assert order.items.get().variant.stock == stock
    entry = LogEntry.objects.get(object_id=str(order.pk))
    assert f"€{amount}" in entry.change_message
    assert "It arrived broken." in entry.change_message
    page = staff.get(answer.url).content.decode()
    assert "It arrived broken." in page
    assert ("Partly refunded" in page) == (amount != "34.90")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"kind": "amount", "amount": "34.91"}, "amount", "€34.90"),
        ({"kind": "amount", "amount": "0"}, "amount", "0.01"),
        ({"kind": "amount", "amount": ""}, "amount", "How much?"),
        ({"kind": "amount", "amount": "ten"}, "amount", "number"),
        ({"kind": "amount", "amount": "5", "restock": "on"}, "restock", "Some items"),
        ({"kind": "items", "units": 4}, "item", "No more than 3"),
        ({"kind": "items", "units": -1}, "item", "less than none"),
        ({"kind": "items", "units": ""}, "kind", "How many"),
        ({"kind": "nonsense"}, "kind", "valid choice"),
        ({"reason": ""}, "reason", "Why?"),
    ],
)
def test_says_at_the_field_what_is_wrong_and_keeps_the_rest(
    staff, order, fields, field, words
) -> None:
    data = answers(order, **fields)
    page = staff.post(page_url(order), data | {"shown": "34.90"})
    name = f"item_{order.items.get().pk}" if field == "item" else field
    assert words in str(page.context["form"].errors[name])
    assert data["key"] in page.content.decode()
    assert not Refund.objects.exists()


def test_goes_back_to_the_form_with_all_that_was_written(staff, order) -> None:
    data = confirmed(staff, order, answers(order, kind="items", units=2, restock="on"))
    form = staff.post(page_url(order), data | {"back": "Change it"}).context["form"]
    assert form["kind"].value() == "items"
    assert form["restock"].value() is True
    assert [row.field.value() for row in form.rows()] == ["2"]


def test_a_reload_refunds_once(staff, order) -> None:
    data = confirmed(staff, order, answers(order, kind="amount", amount="5.00"))
    for _ in range(3):
        assert messages_of(staff.post(page_url(order), data))[-1] == "€5.00 is refunded."
    assert DummyRefund.objects.count() == LogEntry.objects.count() == 1


def test_a_form_found_with_the_back_button_says_that_it_was_used(staff, order) -> None:
    data = confirmed(staff, order, answers(order, kind="amount", amount="5.00"))
    staff.post(page_url(order), data)
    answer = staff.post(
        page_url(order), answers(order, kind="amount", amount="9.00", key=data["key"])
    )
    assert "has refunded €5.00 already" in messages_of(answer)[-1]
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_refund_once(order) -> None:
    user, start = make_staff(), Barrier(2)
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
    data = confirmed(browsers[0], order, answers(order))

    def click(browser: Client) -> list[str]:
        start.wait()
        try:
            return messages_of(browser.post(page_url(order), data))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(click, browsers))
    assert Refund.objects.count() == DummyRefund.objects.count() == LogEntry.objects.count() == 1
    assert all(len(each) == 1 and "€34.90" in each[0] for each in told)


def test_shows_the_page_again_when_less_is_left_than_it_said(staff, order) -> None:
    data = confirmed(staff, order, answers(order))
    refund(order, key=uuid.uuid4(), amount=Decimal("4.90"))
    page = staff.post(page_url(order), data)
    assert "Something changed" in page.content.decode()
    assert page.context["form"].cleaned_data["amount"] == Decimal("30.00")
    assert Refund.objects.count() == 1


def test_says_so_when_a_colleague_was_faster_by_a_moment(staff, order) -> None:
    data = confirmed(staff, order, answers(order))
    with running(
        lambda: refund(order, key=uuid.uuid4(), amount=Decimal("4.90")),
        before="orders.admin.refunds.refund",
    ):
        page = staff.post(page_url(order), data)
    assert "more than what is left" in str(page.context["form"].non_field_errors())
    assert Refund.objects.count() == 1


def test_says_that_the_provider_refused_and_what_to_do(staff, order) -> None:
    DummyCharge.objects.update(amount=Decimal("1.00"))
    answer = staff.post(page_url(order), confirmed(staff, order, answers(order)))
    assert messages_of(answer) == [
        "The provider refused the refund of €34.90: There is less left of the charge."
    ]
    page = staff.get(answer.url).content.decode()
    assert "A refund of €34.90 failed at the provider (There is less left of the charge)" in page


def test_says_that_the_answer_is_not_clear_yet(staff, order) -> None:
    def die() -> None:
        raise PaymentError("The line is dead.")

    data = confirmed(staff, order, answers(order))
    with running(die, before="orders.payments.refunds.get_provider"):
        answer = staff.post(page_url(order), data)
    assert "asks again every minute" in messages_of(answer)[0]
    assert Refund.objects.get().status == "created"


def test_offers_nothing_where_nothing_was_paid_or_is_left(staff, order) -> None:
    refund(order, key=uuid.uuid4())
    answer = staff.get(page_url(order))
    assert messages_of(answer) == ["Nothing is left to refund."]
    assert page_url(order) not in staff.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (["view_order"], 403),
        (["add_refund"], 403),
        (["change_order"], 403),
        (["view_order", "add_refund"], 200),
    ],
)
def test_needs_the_permission_to_add_refunds(client, order, permissions, status) -> None:
    clerk(client, *permissions)
    assert client.get(page_url(order)).status_code == status
    assert client.post(page_url(order), answers(order)).status_code == status
    if "view_order" in permissions:
        page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
        assert (page_url(order) in page) == (status == 200)
    assert not Refund.objects.exists()
