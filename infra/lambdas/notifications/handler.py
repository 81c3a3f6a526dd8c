"""The notification Lambda: order events, through an SQS queue, become mails and staff alerts.

Environment: NOTIFICATIONS_TABLE, STAFF_ALERTS_TOPIC_ARN, EMAIL_FROM (verified in SES), STAFF_EMAIL,
SHOP_NAME, and what boto3 itself reads, such as AWS_ENDPOINT_URL on a laptop. docs/events.md lists
the events and their payloads.

Events come at least once; each notification is claimed in the notification log before it is sent,
so a repeated event sends nothing. A worker that dies between the sending and the note of it leaves
a claim that the next delivery of the event takes over, and the mail goes out twice: no mail system
can do better, and twice is better than never.
"""

import json
import logging
import os
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import boto3
from botocore.config import Config
from mails import Mail, render
from notification_log import AlreadySent, Notification, NotificationLog

SHOPPER_MAILS = {
    "order.processing": "order_received",
    "order.paid": "order_confirmation",
    "order.cancelled": "order_cancelled",
    "order.shipped": "order_shipped",
    "order.refunded": "order_refunded",
    "return.approved": "return_approved",
    "return.rejected": "return_rejected",
    "return.received": "return_received",
}
# Of a payment that the shopper was told to wait for. One that fails at once was told on the page.
LATE_PAYMENT_MAILS = {"order.paid": "payment_received", "payment.failed": "payment_failed"}
SHOPPER_KINDS = {*SHOPPER_MAILS.values(), *LATE_PAYMENT_MAILS.values()}
STAFF_NOTICES = {
    "product.low_stock": "low_stock",
    "payment.needs_refund": "payment_needs_refund",
    "refund.failed": "refund_failed",
    "return.requested": "return_requested",
}
# Somebody of the staff wants a mail to go out again; it has an id of its own, so it meets no
# earlier claim.
REQUEST = "notification.requested"
# SNS refuses a subject that is longer, or not ASCII.
MAX_ALERT_SUBJECT = 99

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Work through a batch from SQS; name the messages that failed, so that only those are
    delivered again.
    """
    failures = []
    for record in event["Records"]:
        try:
            _handle_event(json.loads(record["body"]))
        except Exception:
            # Whatever went wrong with one event (SES away, an unreadable payload) must not cost the
            # others their turn.
            logger.exception("Message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _handle_event(event: dict[str, Any]) -> None:
    for notification in _notifications(event):
        try:
            _deliver(notification, event["payload"])
        except AlreadySent:
            logger.info("%s of event %s was sent before", notification.kind, event["id"])


def _notifications(event: dict[str, Any]) -> Iterator[Notification]:
    """Yield what an event is to be told as; nothing for a type that nobody is told of."""
    payload = event["payload"]
    if kind := _shopper_kind(event):
        order = payload["order"]
        yield Notification.of(
            event, kind, "email", order["email"], subject=order["number"], user_id=order["user_id"]
        )
    if kind := STAFF_NOTICES.get(event["type"], ""):
        subject = (
            payload["order"]["number"]
            if "order" in payload
            else f"product-{payload['product']['id']}"
        )
        yield Notification.of(
            event, kind, "sns", os.environ["STAFF_ALERTS_TOPIC_ARN"], subject=subject
        )
        yield Notification.of(event, kind, "email", os.environ["STAFF_EMAIL"], subject=subject)


def _shopper_kind(event: dict[str, Any]) -> str:
    """Return the name of the mail to the shopper, or nothing.

    Raises ValueError for a request of an unknown one.
    """
    payload = event["payload"]
    if event["type"] == REQUEST:
        kind = payload["notification"]["template"]
        if kind not in SHOPPER_KINDS:
            raise ValueError(f"There is no mail {kind!r} to shoppers.")
        return kind
    late = payload.get("payment", {}).get("late")
    mails = SHOPPER_MAILS | (LATE_PAYMENT_MAILS if late else {})
    return mails.get(event["type"], "")


def _deliver(notification: Notification, payload: dict[str, Any]) -> None:
    log = _log()
    log.claim(notification)
    try:
        mail = render(notification.kind, payload, shop_name=os.environ["SHOP_NAME"])
        message_id = _SENDERS[notification.channel](mail, notification.recipient)
    except Exception as error:
        log.mark_failed(notification, error)
        raise
    log.mark_sent(notification, message_id)


def _send_mail(mail: Mail, recipient: str) -> str:
    raw = mail.as_bytes(
        sender_name=os.environ["SHOP_NAME"], sender=os.environ["EMAIL_FROM"], recipient=recipient
    )
    answer = _client("sesv2").send_email(
        FromEmailAddress=os.environ["EMAIL_FROM"],
        Destination={"ToAddresses": [recipient]},
        Content={"Raw": {"Data": raw}},
    )
    return answer["MessageId"]


def _send_alert(mail: Mail, topic_arn: str) -> str:
    subject = mail.subject.encode("ascii", "replace").decode()[:MAX_ALERT_SUBJECT]
    return _client("sns").publish(TopicArn=topic_arn, Subject=subject, Message=mail.text)[
        "MessageId"
    ]


_SENDERS = {"email": _send_mail, "sns": _send_alert}


@cache
def _log() -> NotificationLog:
    return NotificationLog(_client("dynamodb"), os.environ["NOTIFICATIONS_TABLE"])


@cache
def _client(service: Literal["dynamodb", "sesv2", "sns"]) -> Any:
    """One client a service for the life of the worker; a call that hangs must end well within the
    Lambda's own time.
    """
    return boto3.client(
        service,
        config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3}),
    )
