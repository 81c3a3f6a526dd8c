"""Customers get what the shop knows about them, and are erased without a trace but the invoices."""

import json
import time
import uuid
from collections.abc import Iterator
from io import StringIO
from ipaddress import ip_address
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db.models import ForeignKey, Model
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tables import SessionItem
from carts.cart import Cart
from carts.tables import CartLine
from orders.documents.issue import issue_invoice
from orders.documents.storage import make_pdf
from orders.fulfilment import returns, shipments
from orders.models import DocumentDownload, Invoice, Order, VoucherUse
from orders.payments import charge
from orders.personal_data.erase import CannotErase, erase
from orders.personal_data.export import COLUMNS
from orders.personal_data.subject import Subject
from orders.tables import Notification
from shop.models import Event
from tests.factories import ADDRESS, PASSWORD, make_address, make_product, make_user, make_voucher
from tests.orders.shopping import CARD, fill, place

pytestmark = pytest.mark.django_db

PERSON = {
    "full_name": "Zsófia Quillfeather",
    "company": "Quillfeather Ltd",
    "line1": "Kígyó utca 77",
    "line2": "Door 1234",
    "postcode": "99873",
    "city": "Umberhaven",
    "phone": "+49 30 7654321",
}
NOTE, REASON, ANSWER = "Ring twice at noon", "The glaze has a hairline", "We saw the hairline too"


def browser_of(email: str) -> str:
    return f"Firefox-{email[:32]}"


def ip_of(email: str) -> str:
    return str(ip_address(f"2001:db8:77::{email[:4]}:{email[4:8]}"))


def person_of(email: str) -> list[str]:
    """Return the texts that must not be found anywhere once the person is erased."""
    device = [browser_of(email), ip_of(email)]
    return [*PERSON.values(), email, NOTE, REASON, ANSWER, "Quillfeather", *device]


def delivered_order(email: str, user: User | None) -> Order:
    """Return an order that was paid, shipped and, in vain, asked to be returned."""
    order = place(
        email=email,
        user=user,
        note=NOTE,
        shipping_address=ADDRESS | PERSON,
    )
    VoucherUse.objects.create(
        voucher=make_voucher(order.number), order=order, customer=email, once=True
    )
    charge.pay(order, CARD)
    item = order.items.get()
    shipments.ship(order, key=uuid.uuid4(), quantities={item.pk: 1})
    returned = returns.request_return(
        order, key=uuid.uuid4(), quantities={item.pk: 1}, reason=REASON
    )
    returns.reject_return(returned, answer=ANSWER)
    return order


def leave_traces(order: Order, user: User | None) -> None:
    """Do what else writes the person down: documents, messages, history of the admin."""
    invoice = make_pdf(issue_invoice(order))
    DocumentDownload.objects.create(invoice=invoice, user=user, ip_address=ip_of(order.email))
    Notification(
        order_id=order.number,
        timestamp=f"{timezone.now().isoformat()}#1#email#order_confirmation",
        event_type="order.paid",
        notification_type="order_confirmation",
        channel="email",
        recipient=order.email,
        sent=True,
        ttl=int(time.time()) + 1000,
    ).save()
    Event.objects.update(published_at=timezone.now())


@pytest.fixture
def alice() -> User:
    user = make_user(f"{uuid.uuid4().hex}@example.com", first_name="Zsófia")
    make_address(user, **ADDRESS | PERSON)
    return user


@pytest.fixture
def order(alice: User) -> Order:
    order = delivered_order(alice.email, alice)
    leave_traces(order, alice)
    return order


@pytest.fixture
def signed_in(client: Client, alice: User) -> Client:
    client.defaults |= {
        "HTTP_USER_AGENT": browser_of(alice.email),
        "REMOTE_ADDR": ip_of(alice.email),
    }
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/"})
    return client


def everything_stored() -> Iterator[tuple[str, str]]:
    """Yield where and what: all rows and items that are stored, but the data of invoices."""
    for model in apps.get_models():
        rows = model._default_manager.values()
        for row in rows:
            if model is Invoice:
                row.pop("data")
            yield model.__name__, repr(row)
    for table in (SessionItem, CartLine, Notification):
        for item in table.scan():
            yield table.__name__, repr(item.serialize())


def traces_of(texts: list[str]) -> list[tuple[str, str]]:
    return [(where, text) for where, row in everything_stored() for text in texts if text in row]


def test_gives_out_everything(signed_in: Client, alice: User, order: Order) -> None:
    fill(Cart(f"user-{alice.pk}"), make_product())
    answer = signed_in.get("/account/personal-data/download/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="personal-data-')
    data = json.loads(answer.content)
    text = json.dumps(data, ensure_ascii=False)
    assert [wanted for wanted in person_of(alice.email) if wanted not in text] == [
        browser_of(alice.email)
    ]
    assert data["devices"][0]["browser"] == "Firefox"
    assert data["orders"][0]["total"] == str(order.total)
    assert len(data["cart"]) == len(data["orders"][0]["messages"]) == 1


#: What is about a customer's orders and isn't handed out, and why.
NOT_HANDED_OUT = {
    "EmailAddress": "the account's own email",
    "EmailConfirmation": "as EmailAddress",
    "LogEntry": "what staff did",
    "StockMovement": "what staff did",
    "RefundItem": "units, told by the refund",
    "ReturnItem": "units, told by the return",
    "ShipmentItem": "units, told by the shipment",
    "VoucherUse": "the order names its voucher",
}


def test_knows_all_models_of_customers() -> None:
    """Walk the models: each that belongs to a customer is handed out, or is named above."""
    known, grown = {User}, True
    while grown:
        found = {model for model in apps.get_models() if _owners(model) & known}
        grown, known = not found <= known, known | found
    names = {model.__name__ for model in known - COLUMNS.keys()}
    assert names - NOT_HANDED_OUT.keys() == set()


def _owners(model: type[Model]) -> set[Any]:
    return {
        field.related_model for field in model._meta.get_fields() if isinstance(field, ForeignKey)
    }


def test_leaves_no_trace_but_the_invoice(signed_in: Client, alice: User, order: Order) -> None:
    fill(Cart(f"user-{alice.pk}"), make_product())
    kind = ContentType.objects.get_for_model(User)
    staff = make_user(is_staff=True)
    LogEntry.objects.create(
        user=staff,
        content_type=kind,
        object_id=alice.pk,
        object_repr=str(alice),
        action_flag=CHANGE,
    )
    texts = person_of(alice.email)
    assert {text for _, text in traces_of(texts)} == set(texts)  # the search finds them
    invoice = Invoice.objects.get()
    page = signed_in.post("/account/personal-data/", {"sure": "on"}, follow=True)
    assert "Your account has been deleted." in page.content.decode()
    assert traces_of(texts) == []
    assert not page.wsgi_request.user.is_authenticated
    order.refresh_from_db()
    assert (order.user, order.email, order.shipping_address["country"]) == (None, "", "DE")
    assert order.erased_at
    assert Invoice.objects.get().data == invoice.data
    assert signed_in.get(f"/orders/{order.token}/").status_code == 200


def test_its_old_link_leads_nowhere(client: Client, alice: User, order: Order) -> None:
    erase(Subject(alice.email, alice))
    assert client.get(order.secret_url()).status_code == 404


def test_asks_whether_the_customer_is_sure(signed_in: Client, alice: User, order: Order) -> None:
    page = signed_in.post("/account/personal-data/", {})
    assert "Please tick the box" in page.content.decode()
    assert User.objects.filter(pk=alice.pk).exists()


def test_asks_for_the_password_again(client: Client, alice: User, order: Order) -> None:
    page, download = "/account/personal-data/", "/account/personal-data/download/"
    for url in (page, download):
        assert client.get(url).url.startswith("/account/login/")
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert client.get(download).url.startswith("/account/reauthenticate/")
    assert client.get(page).status_code == 200
    asked = client.post(page, {"sure": "on"})
    assert User.objects.filter(pk=alice.pk).exists()
    client.post(asked.url, {"password": PASSWORD, "next": page})
    assert not User.objects.filter(pk=alice.pk).exists()  # what was asked for is done


def test_waits_for_open_orders(alice: User) -> None:
    order = place(email=alice.email, user=alice)
    Event.objects.update(published_at=timezone.now())
    with pytest.raises(CannotErase, match="An order is still open"):
        erase(Subject(alice.email, alice))
    charge.pay(order, CARD)
    with pytest.raises(CannotErase, match="An order is still open"):
        erase(Subject(alice.email, alice))


def test_waits_for_its_mails(alice: User, order: Order) -> None:
    Event.objects.update(published_at=None)
    with pytest.raises(CannotErase, match="still sending"):
        erase(Subject(alice.email, alice))


def test_keeps_staff() -> None:
    staff = make_user(is_staff=True)
    with pytest.raises(CannotErase, match="Staff"):
        erase(Subject(staff.email, staff))


def test_erases_guests_by_command(alice: User) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    order = delivered_order(email, None)
    leave_traces(order, None)
    assert email in printed("export", email)
    assert "1 orders stay" in printed("erase", email, "--yes")
    assert email not in repr(list(Order.objects.values()))
    with pytest.raises(CommandError, match="Nobody"):
        printed("export", email)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("personal_data", *arguments, stdout=out)
    return out.getvalue()
