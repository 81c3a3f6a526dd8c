"""The notifications about an order are shown to staff and to its shopper, and can be sent again."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import boto3
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from orders import events, timeline
from orders.models import Order
from orders.tables import Notification
from shop.dynamo.table import StoreUnavailable
from shop.events import dead_letters
from shop.models import Event
from tests.factories import make_order, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """A paid order of ada, and its event."""
    order = make_order(email="ada@example.com")
    with transaction.atomic():
        events.order_paid(order, order.items.all(), order.payments.get(), late=False)
    Event.objects.update(published_at=timezone.now())
    return order


def note(
    order: Order, kind: str = "order_confirmation", *, sent: bool = True, **fields: object
) -> Notification:
    """Write the log entry that the Lambda writes."""
    event = Event.objects.of_order(order.number).get()
    at = event.created_at.isoformat()
    known = {
        "order_id": order.number,
        "timestamp": f"{at}#{event.pk}#email#{kind}",
        "event_type": event.type,
        "notification_type": kind,
        "channel": "email",
        "recipient": order.email,
        "sent": sent,
        "sent_at": at if sent else None,
        "error": None if sent else "MessageRejected: no",
        "ttl": int(time.time()) + 1000,
    }
    made = Notification(**known | fields)
    made.save()
    return made


@pytest.fixture
def dynamodb_is_away(monkeypatch) -> None:
    monkeypatch.setattr(Notification.Meta, "table_name", "there-is-no-such-table")
    monkeypatch.setattr(Notification, "_connection", None)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("notifications", *arguments, stdout=out)
    return out.getvalue()


def test_the_timeline_has_events_and_notifications_by_time(order):
    note(order)
    note(order, "order_shipped", sent=False)
    found = timeline.timeline(order)
    assert found.complete
    assert [(entry.what, entry.state) for entry in found.entries] == [
        ("order.paid", "Published"),
        ("Mail order_confirmation", "Sent"),
        ("Mail order_shipped", "Not sent"),
    ]


def test_what_has_expired_is_not_shown(order):
    note(order, ttl=int(time.time()) - 1)
    assert [entry.what for entry in timeline.timeline(order).entries] == ["order.paid"]
    assert timeline.mailbox_of(order) is None


def test_staff_see_the_timeline_on_the_order_page(client, order):
    note(order)
    client.force_login(make_staff())
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "order.paid" in page
    assert "Mail order_confirmation" in page
    assert "to ada@example.com" in page


def test_staff_are_told_when_the_log_is_away(client, order, dynamodb_is_away):
    client.force_login(make_staff())
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "order.paid" in page
    assert "who was told is missing here" in page


def test_the_shopper_sees_where_the_mail_went_masked(client, order):
    assert "Sent to" not in client.get(order.secret_url()).content.decode()
    note(order)
    assert "Sent to a…@example.com" in client.get(order.secret_url()).content.decode()


def test_mail_to_staff_or_one_that_failed_is_not_shown_to_the_shopper(order):
    note(order, "return_requested", recipient="staff@trivet.example")
    note(order, sent=False)
    assert timeline.mailbox_of(order) is None


def test_the_shopper_sees_the_order_while_the_log_is_away(client, order, dynamodb_is_away):
    page = client.get(order.secret_url())
    assert page.status_code == 200
    assert "Sent to" not in page.content.decode()


def test_resend_is_an_event_of_its_own_with_all_that_the_mail_needs(order):
    note(order)
    assert run("resend", order.number) == "order_confirmation will go to ada@example.com again.\n"
    asked = Event.objects.get(type="notification.requested")
    paid = Event.objects.get(type="order.paid")
    assert asked.payload == paid.payload | {"notification": {"template": "order_confirmation"}}
    assert "order_confirmation" in run("list", order.number)


def test_resend_refuses_what_was_never_sent(order):
    with pytest.raises(CommandError, match="it has: none"):
        run("resend", order.number, "order_shipped")
    with pytest.raises(CommandError):
        run("resend", "NOSUCH")


def test_the_commands_say_when_the_log_is_away(order, dynamodb_is_away):
    with pytest.raises(StoreUnavailable):
        timeline.resend(order)
    for action in ("list", "resend"):
        with pytest.raises(CommandError, match="does not answer"):
            run(action, order.number)


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue with a dead-letter queue that no Lambda reads; its name without the project."""
    sqs, name = boto3.client("sqs"), f"test-{uuid.uuid4().hex[:8]}"
    urls = [
        sqs.create_queue(QueueName=f"trivet-{part}")["QueueUrl"] for part in (name, f"{name}-dlq")
    ]
    yield name
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def messages(name: str) -> list[dict]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"trivet-{name}")["QueueUrl"]
    return sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
    ).get("Messages", [])


def bury(name: str, count: int = 1, **attributes: int) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"trivet-{name}-dlq")["QueueUrl"]
    told = {"type": {"DataType": "String", "StringValue": "order.paid"}}
    told |= {
        key: {"DataType": "Number", "StringValue": str(value)} for key, value in attributes.items()
    }
    for number in range(count):
        sqs.send_message(
            QueueUrl=url, MessageBody=json.dumps({"number": number}), MessageAttributes=told
        )


def test_dead_letters_go_back_with_their_attributes(queue):
    bury(queue, 12)
    assert dead_letters.redrive(queue) == dead_letters.Redriven(moved=12)
    first = messages(queue)[0]["MessageAttributes"]
    assert (first["type"]["StringValue"], first["redrives"]["StringValue"]) == ("order.paid", "1")
    assert dead_letters.redrive(queue) == dead_letters.Redriven()


def test_a_dead_letter_that_came_back_waits_before_it_goes_again(queue, monkeypatch):
    bury(queue, redrives=1)
    monkeypatch.setattr(dead_letters, "HIDDEN", 0)
    monkeypatch.setattr(dead_letters, "BUDGET", 0.1)
    assert dead_letters.redrive(queue).moved == 0
    assert messages(queue) == []
    monkeypatch.setattr(dead_letters, "FIRST_WAIT", timedelta(0))
    assert dead_letters.redrive(queue).moved == 1


def test_a_dead_letter_that_never_works_is_left_to_people(queue):
    bury(queue, redrives=dead_letters.MAX_REDRIVES)
    assert dead_letters.redrive(queue) == dead_letters.Redriven(given_up=1)
    assert messages(queue) == []


def test_people_may_send_back_everything(queue):
    bury(queue, redrives=dead_letters.MAX_REDRIVES)
    bury(queue, redrives=3)
    assert dead_letters.redrive(queue, everything=True) == dead_letters.Redriven(moved=2)
