"""What happened to an order, and who was told.

It combines the events in PostgreSQL with the notification log in DynamoDB, which is read in one
short query. While DynamoDB is unavailable, the events are still shown and the pages say so.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pynamodb.exceptions import PynamoDBException

from orders import events
from orders.models import Order
from orders.tables import Notification
from shop.dynamo.table import StoreUnavailable
from shop.errors import DomainError
from shop.models import Event

logger = logging.getLogger(__name__)

#: More than any order has, and a single page of a DynamoDB query.
LIMIT = 200


class UnknownNotification(DomainError):
    """The order has no such email that could be sent again."""

    code = "unknown_notification"


@dataclass(frozen=True)
class Entry:
    """A line of the timeline; `kind` is the kind of its badge: good, bad, open or quiet."""

    at: datetime
    what: str
    detail: str
    state: str
    kind: str
    # The name of an email that can be sent again.
    resend: str = ""


class Mailbox(NamedTuple):
    """An email address, masked, and whether the last email to it came back."""

    address: str
    bounced: bool


@dataclass(frozen=True)
class Timeline:
    """Everything that happened to an order, oldest first.

    `complete` is False while DynamoDB is unavailable.
    """

    entries: Sequence[Entry]
    complete: bool


def timeline(order: Order) -> Timeline:
    """Return the events of an order and their notifications."""
    entries = [_event_entry(event) for event in Event.objects.of_order(order.number)]
    complete = True
    try:
        entries += [_notification_entry(note) for note in notifications_of(order)]
    except StoreUnavailable:
        complete = False
    return Timeline(sorted(entries, key=lambda entry: entry.at), complete)


def notifications_of(order: Order) -> list[Notification]:
    """Return the notifications of an order, sorted by the time of their event.

    Raises StoreUnavailable.
    """
    now = timezone.now().timestamp()
    try:
        return [note for note in Notification.query(order.number, limit=LIMIT) if note.ttl > now]
    except PynamoDBException as error:
        logger.warning("The notifications of order %s cannot be read: %s", order.number, error)
        raise StoreUnavailable from error


def forget_notifications(order: Order) -> None:
    """Delete what the log holds of an order. Raises StoreUnavailable."""
    try:
        for note in Notification.query(order.number):
            note.delete()
    except PynamoDBException as error:
        raise StoreUnavailable("The notification log cannot be reached.") from error


def mailbox_of(order: Order) -> Mailbox | None:
    """Return where the emails about this order went, and whether the last one came back.

    Return None if none was sent, or if that cannot be told now.
    """
    try:
        notes = notifications_of(order)
    except StoreUnavailable:
        return None
    own = [
        note
        for note in notes
        if note.sent and note.channel == "email" and note.recipient == order.email
    ]
    return Mailbox(masked(order.email), bool(own[-1].bounce)) if own else None


def masked(address: str) -> str:
    """Return an address that only its owner recognises, such as a…@example.com."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def resend(order: Order, kind: str = "") -> str:
    """Send an email to the shopper again, by default the last one, and return its name.

    This publishes an event of its own, so that it is not taken for a duplicate. Raises
    UnknownNotification and StoreUnavailable.
    """
    notes = [note for note in notifications_of(order) if _is_to_customer(note)]
    wanted = [note for note in notes if kind in ("", note.notification_type)]
    if not wanted:
        names = ", ".join(sorted({note.notification_type for note in notes})) or "none"
        raise UnknownNotification(f"Order {order.number} has no such mail; it has: {names}.")
    note = wanted[-1]
    _, event_id, *_ = note.timestamp.split("#")
    original = Event.objects.filter(pk=event_id).first()
    if original is None:
        raise UnknownNotification(f"The event of {note.notification_type} is not there any more.")
    with transaction.atomic():
        events.notification_requested(order, original, note.notification_type)
    return note.notification_type


def _is_to_customer(note: Notification) -> bool:
    """Return whether an email went to the customer, at the order's email or a former one."""
    return note.channel == "email" and note.recipient != settings.SHOP_STAFF_EMAIL


def _event_entry(event: Event) -> Entry:
    if event.set_aside_at:
        state = ("Set aside", "bad")
    elif event.published_at:
        state = ("Published", "good")
    else:
        state = ("Waiting", "open")
    return Entry(event.created_at, event.type, _event_detail(event), *state)


def _event_detail(event: Event) -> str:
    """Return what an event says besides the order, in a few words."""
    payload: dict[str, Any] = event.payload
    for section, name in (
        ("shipment", "tracking_number"),
        ("refund", "amount"),
        ("payment", "error"),
    ):
        if text := payload.get(section, {}).get(name):
            return str(text)
    for section in ("cancellation", "return"):
        if text := payload.get(section, {}).get("reason"):
            return str(text)
    return str(payload.get("notification", {}).get("template", ""))


def _notification_entry(note: Notification) -> Entry:
    moment = note.sent_at or note.timestamp.partition("#")[0]
    at = datetime.fromisoformat(moment).astimezone(UTC)
    what = f"{'Mail' if note.channel == 'email' else 'Alert'} {note.notification_type}"
    again = note.notification_type if _is_to_customer(note) else ""
    where = f"to {note.recipient}" if note.channel == "email" else "to staff"
    if note.bounce:
        return Entry(at, what, f"{where}: {note.bounce}", "Didn't arrive", "bad", again)
    if note.sent:
        return Entry(at, what, where, "Sent", "good", again)
    return Entry(at, what, f"{where}: {note.error or 'being sent'}", "Not sent", "bad", again)
