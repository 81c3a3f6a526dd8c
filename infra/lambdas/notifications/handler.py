"""The notification Lambda: turns order events from an SQS queue into emails and staff alerts.

Reports of SES about these emails come by the same queue.

Environment: NOTIFICATIONS_TABLE, STAFF_ALERTS_TOPIC_ARN, EMAIL_FROM (verified in SES), STAFF_EMAIL,
SHOP_NAME, SHOP_URL, MAIL_CONFIGURATION_SET (of SES), and what boto3 itself reads, such as
AWS_ENDPOINT_URL on a laptop. docs/events.md lists the events and their payloads.

Events are delivered at least once. Each notification is claimed in the notification log before it
is sent, so a repeated event sends nothing. A worker that dies after sending a notification but
before recording it leaves a claim, which the next delivery of the event takes over; that email is
sent twice. No mail system can do better, and twice is better than never.
"""

import json
import logging
import os
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import boto3
from botocore.config import Config
from feedback import Feedback
from mails import Mail, render
from notification_log import AlreadySent, Notification, NotificationLog
from recipients import Undeliverable, ascii_address

SHOPPER_MAILS = {
    "order.processing": "order_received",
    "order.payment_reminder": "payment_reminder",
    "order.paid": "order_confirmation",
    "order.cancelled": "order_cancelled",
    "order.shipped": "order_shipped",
    "order.refunded": "order_refunded",
    "return.approved": "return_approved",
    "return.rejected": "return_rejected",
    "return.received": "return_received",
}
# Only for a payment that the shopper was told to wait for. If a payment fails at once, the page
# says so.
LATE_PAYMENT_MAILS = {"order.paid": "payment_received", "payment.failed": "payment_failed"}
SHOPPER_KINDS = {*SHOPPER_MAILS.values(), *LATE_PAYMENT_MAILS.values()}
STAFF_NOTICES = {
    "product.low_stock": "low_stock",
    "payment.needs_refund": "payment_needs_refund",
    "refund.failed": "refund_failed",
    "dispute.opened": "dispute_opened",
    "dispute.closed": "dispute_closed",
    "return.requested": "return_requested",
}
# Not an event of the shop: it is made here, from what SES reports.
FEEDBACK_NOTICES = {"mail.bounced": "mail_bounced"}
ALL_STAFF_NOTICES = STAFF_NOTICES | FEEDBACK_NOTICES
# A member of staff wants an email to be sent again. The request has an event id of its own, so no
# earlier claim stands in its way.
REQUEST = "notification.requested"
# SNS refuses subjects that are longer or not ASCII.
MAX_ALERT_SUBJECT = 99

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Process a batch from SQS; return the messages that failed.

    Only those are delivered again.
    """
    failures = []
    for record in event["Records"]:
        try:
            message = json.loads(record["body"])
            if "eventType" in message:
                _handle_feedback(Feedback.of(message))
            else:
                _handle_event(message)
        except Exception:
            # A failure in one event (SES unavailable, an unreadable payload) must not keep the
            # others from being processed.
            logger.exception("Message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _handle_event(event: dict[str, Any]) -> None:
    for notification in _notifications(event):
        try:
            _deliver(notification, event["payload"])
        except AlreadySent:
            logger.info("%s of event %s was sent before", notification.kind, event["id"])


def _handle_feedback(feedback: Feedback) -> None:
    """Record that an email bounced or was complained about, and tell staff."""
    kind = _log().mark_bounced(feedback) if feedback.order_id else None
    if kind is None or kind in ALL_STAFF_NOTICES.values():
        # A notice that a notice to staff bounced would bounce, too.
        logger.warning("%s: %s (%s)", feedback.recipient, feedback.reason, kind or "not in the log")
        return
    bounce = {"kind": kind, "recipient": feedback.recipient, "reason": feedback.reason}
    event = {"id": feedback.id, "created_at": feedback.at, "type": "mail.bounced"}
    admin_url = f"{os.environ['SHOP_URL']}/admin/orders/order/?q={feedback.order_id}"
    # Whether it was paid isn't known here, nor does it matter: the notice goes to staff.
    order = {"number": feedback.order_id, "admin_url": admin_url, "paid": True}
    payload = {"order": order, "bounce": bounce}
    _handle_event(event | {"payload": payload})


def _notifications(event: dict[str, Any]) -> Iterator[Notification]:
    """Yield the notifications that an event calls for: none if nobody is told of its type."""
    payload = event["payload"]
    # An erased customer has no address any more.
    if (kind := _shopper_kind(event)) and payload["order"]["email"]:
        order = payload["order"]
        yield Notification.of(
            event, kind, "email", order["email"], subject=order["number"], user_id=order["user_id"]
        )
    if kind := ALL_STAFF_NOTICES.get(event["type"], ""):
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
    """Return the name of the email to the shopper, or "" if there is none.

    Raises ValueError if an unknown email is requested.
    """
    payload = event["payload"]
    if event["type"] == REQUEST:
        kind = payload["notification"]["template"]
        if kind not in SHOPPER_KINDS:
            raise ValueError(f"There is no mail {kind!r} to shoppers.")
        return kind
    if payload.get("cancellation", {}).get("told"):
        return ""  # A page has told the shopper.
    late = payload.get("payment", {}).get("late")
    mails = SHOPPER_MAILS | (LATE_PAYMENT_MAILS if late else {})
    return mails.get(event["type"], "")


def _deliver(notification: Notification, payload: dict[str, Any]) -> None:
    log = _log()
    # Claim first: an email that cannot be recorded must not be sent.
    log.claim(notification)
    try:
        mail = render(notification.kind, payload, shop_name=os.environ["SHOP_NAME"])
        message_id = _SENDERS[notification.channel](mail, notification)
    except Undeliverable as error:
        # The event counts as processed: another delivery could do no better.
        logger.warning("%s of %s was not sent: %s", notification.kind, notification.order_id, error)
        log.mark_failed(notification, error, is_final=True)
        return
    except Exception as error:
        log.mark_failed(notification, error)
        raise
    log.mark_sent(notification, message_id)


def _send_mail(mail: Mail, notification: Notification) -> str:
    sender, to = _sender(), ascii_address(notification.recipient)
    raw = mail.as_bytes(sender_name=os.environ["SHOP_NAME"], sender=sender, recipient=to)
    answer = _aws_client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": raw}},
        # SES reports bounces of this set, and says which order the email was about.
        ConfigurationSetName=os.environ["MAIL_CONFIGURATION_SET"],
        EmailTags=[{"Name": "order", "Value": notification.order_id}],
    )
    return answer["MessageId"]


def _sender() -> str:
    """Return EMAIL_FROM as SES takes it. A wrong one is no fault of the recipient's."""
    try:
        return ascii_address(os.environ["EMAIL_FROM"])
    except Undeliverable as error:
        raise ValueError("EMAIL_FROM isn't an email address that can be sent from.") from error


def _send_alert(mail: Mail, notification: Notification) -> str:
    answer = _aws_client("sns").publish(
        TopicArn=notification.recipient,
        Subject=mail.subject.encode("ascii", "replace").decode()[:MAX_ALERT_SUBJECT],
        Message=mail.text,
    )
    return answer["MessageId"]


_SENDERS = {"email": _send_mail, "sns": _send_alert}


@cache
def _log() -> NotificationLog:
    return NotificationLog(_aws_client("dynamodb"), os.environ["NOTIFICATIONS_TABLE"])


@cache
def _aws_client(service: Literal["dynamodb", "sesv2", "sns"]) -> Any:
    """Return the client of a service, which lives as long as the worker.

    A call that hangs must end well within the Lambda's own timeout.
    """
    return boto3.client(
        service,
        config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3}),
    )
