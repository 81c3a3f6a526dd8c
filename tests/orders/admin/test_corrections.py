"""Staff correct a mistyped email or address before the order is shipped, and send a mail again."""

import time
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from orders.documents.issue import issue_invoice
from orders.fulfilment.shipments import ship
from orders.models import Order
from orders.payments import charge
from orders.personal_data.erase import erase
from orders.personal_data.subject import Subject
from orders.tables import Notification
from shop.models import Event
from tests.factories import ADDRESS, make_user
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db(transaction=True)

NEW_ADDRESS = ADDRESS | {"line1": "Lindenstraße 77", "postcode": "10970"}


@pytest.fixture
def order() -> Order:
    order = place(2, email="ada@exmaple.com")
    charge.pay(order, CARD)
    order.refresh_from_db()
    return order


def url(name: str, order: Order) -> str:
    return reverse(f"admin:orders_order_{name}", args=[order.pk])


def correct(staff: Client, order: Order, **fields: str):
    fields = {"email": order.email, **order.shipping_address} | fields
    return staff.post(url("correct", order), fields, follow=True).content.decode()


def note(order: Order, kind: str, event: Event, recipient: str) -> None:
    """Write the log entry that the Lambda writes."""
    Notification(
        order_id=order.number,
        timestamp=f"{event.created_at.isoformat()}#{event.pk}#email#{kind}",
        event_type=event.type,
        notification_type=kind,
        channel="email",
        recipient=recipient,
        sent=True,
        ttl=int(time.time()) + 1000,
    ).save()


def test_corrects_the_email_and_makes_the_old_link_useless(
    staff: Client, client: Client, order: Order
) -> None:
    old = order.secret_url()
    page = correct(staff, order, email=" ADA@example.com ")
    assert "The email was corrected. Send the last email again" in page
    order.refresh_from_db()
    assert order.email == "ada@example.com"
    assert Client().get(old).status_code == 404
    assert Client().get(order.secret_url()).status_code == 200
    assert LogEntry.objects.filter(change_message__contains="Corrected the email").count() == 1


def test_corrects_the_address_and_the_same_billing_address(staff: Client, order: Order) -> None:
    assert "The address was corrected." in correct(staff, order, **NEW_ADDRESS)
    order.refresh_from_db()
    assert order.shipping_address == order.billing_address == NEW_ADDRESS


def test_an_issued_invoice_keeps_its_address(staff: Client, order: Order) -> None:
    issue_invoice(order)
    assert "stays as issued" in staff.get(url("correct", order)).content.decode()
    correct(staff, order, **NEW_ADDRESS)
    order.refresh_from_db()
    assert order.shipping_address == NEW_ADDRESS
    assert order.billing_address == ADDRESS


def test_bad_input_is_said_and_changes_nothing(staff: Client, order: Order) -> None:
    page = correct(staff, order, email="ada@localhost", city="")
    assert "Enter a valid email address" in page
    assert 'value="ada@localhost"' in page
    order.refresh_from_db()
    assert (order.email, order.shipping_address) == ("ada@exmaple.com", ADDRESS)


def test_the_country_stays(staff: Client, order: Order) -> None:
    correct(staff, order, country="FR", line1="Rue 1")
    order.refresh_from_db()
    assert (order.shipping_address["country"], order.shipping_address["line1"]) == ("DE", "Rue 1")


def test_what_was_shipped_keeps_its_address(staff: Client, order: Order) -> None:
    ship(order, key=uuid.uuid4())
    page = staff.get(url("correct", order)).content.decode()
    assert 'name="email"' in page
    assert 'name="line1"' not in page
    correct(staff, order, **NEW_ADDRESS)
    order.refresh_from_db()
    assert order.shipping_address == ADDRESS


def test_the_email_of_an_account_is_its_owner_s(staff: Client, order: Order) -> None:
    Order.objects.update(user=make_user())
    assert 'name="email"' not in staff.get(url("correct", order)).content.decode()
    correct(staff, order, email="eve@example.com")
    order.refresh_from_db()
    assert order.email == "ada@exmaple.com"


def test_an_erased_order_has_nothing_to_correct(staff: Client, order: Order) -> None:
    ship(order, key=uuid.uuid4())
    Event.objects.update(published_at=order.paid_at)
    erase(Subject(order.email))
    assert "Correct…" not in staff.get(url("change", order)).content.decode()
    assert staff.get(url("correct", order)).status_code == 302


def test_a_mail_is_sent_again_to_the_corrected_email(staff: Client, order: Order) -> None:
    paid = Event.objects.get(type="order.paid")
    note(order, "order_confirmation", paid, order.email)
    correct(staff, order, email="ada@example.com")
    assert "Send again" in staff.get(url("change", order)).content.decode()
    page = staff.post(url("resend", order), {"kind": "order_confirmation"}, follow=True)
    assert "is on its way to ada@example.com again" in page.content.decode()
    order.refresh_from_db()
    payload: dict[str, Any] = Event.objects.get(type="notification.requested").payload
    assert payload["order"]["email"] == "ada@example.com"
    assert payload["payment"] == paid.payload["payment"]


def test_says_if_there_is_no_such_mail(staff: Client, order: Order) -> None:
    page = staff.post(url("resend", order), {"kind": "order_shipped"}, follow=True)
    assert "has no such mail" in page.content.decode()


@pytest.mark.parametrize("name", ["correct", "resend"])
def test_needs_the_permission(client: Client, order: Order, name: str) -> None:
    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(viewer, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(url(name, order)).status_code == 403
    page = client.get(url("change", order)).content.decode()
    assert "Correct…" not in page
    assert "Send again" not in page
