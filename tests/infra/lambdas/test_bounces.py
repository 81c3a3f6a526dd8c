"""What SES reports about an email reaches the notification log, the order's pages, and staff."""

import json
import time
import uuid
from typing import Any

import pytest
from django.test import Client

from orders import timeline
from orders.models import Order
from tests.factories import make_order, make_staff
from tests.infra.lambdas.conftest import Aws
from tests.infra.lambdas.orders import body, low_stock_event, paid_event
from tests.infra.lambdas.test_notification_flow import inbox, log_entries

ALL_DONE = {"batchItemFailures": []}
REFUSED = "smtp; 550 5.1.1 user unknown"


def report(entry: dict[str, Any], *, kind: str = "Bounce", **fields: Any) -> dict[str, Any]:
    """Return what SES publishes about the email of a log entry."""
    details = {
        "Bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": entry["recipient"], "diagnosticCode": REFUSED}],
        },
        "Complaint": {"complainedRecipients": [{"emailAddress": entry["recipient"]}]},
    }[kind]
    details |= {"feedbackId": uuid.uuid4().hex, "timestamp": "2026-11-05T15:08:40.000Z"} | fields
    mail = {"messageId": entry["message_id"], "tags": {"order": [entry["order_id"]]}}
    return {"eventType": kind, "mail": mail, kind.lower(): details}


def sent_mail(aws: Aws, event: dict[str, Any]) -> dict[str, Any]:
    """Have the Lambda send the email of an event, and return its entry in the log."""
    assert aws.invoke("notifications", body(event)) == ALL_DONE
    payload = event["payload"]
    subject = (
        payload["order"]["number"] if "order" in payload else f"product-{payload['product']['id']}"
    )
    return next(one for one in log_entries(aws, subject) if one["channel"] == "email")


def notices_of(aws: Aws, entry: dict[str, Any]) -> list[dict[str, Any]]:
    mails = inbox(aws, "staff@trivet.example")
    return [mail for mail in mails if entry["order_id"] in mail["Subject"]]


def test_a_bounce_published_by_ses_is_recorded_and_told_to_staff(aws: Aws) -> None:
    entry = sent_mail(aws, paid_event())
    aws.client("sns").publish(
        TopicArn=aws.topic_arn("mail-feedback"), Message=json.dumps(report(entry))
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        notices = [
            m for m in inbox(aws, "staff@trivet.example") if entry["order_id"] in m["Subject"]
        ]
        if notices:
            break
        time.sleep(0.05)
    (notice,) = notices
    assert notice["Subject"] == f"Order {entry['order_id']}: an email didn't arrive"
    assert entry["recipient"] in notice["BodyText"].replace("=\n", "")
    bounced = next(
        one for one in log_entries(aws, entry["order_id"]) if one["recipient"] == entry["recipient"]
    )
    assert bounced["bounce"] == f"The mail server refused it for good: {REFUSED}"


def test_a_report_that_comes_twice_is_told_once(aws: Aws) -> None:
    entry = sent_mail(aws, paid_event())
    message = json.dumps(report(entry, kind="Complaint"))
    for _ in range(2):
        assert aws.invoke("notifications", message) == ALL_DONE
    notices = notices_of(aws, entry)
    assert len(notices) == 1
    assert "marked it as spam" in notices[0]["BodyText"]


def test_a_notice_to_staff_that_bounces_is_told_to_nobody(aws: Aws) -> None:
    entry = sent_mail(aws, low_stock_event())
    before = len(log_entries(aws, entry["order_id"]))
    assert aws.invoke("notifications", json.dumps(report(entry))) == ALL_DONE
    after = log_entries(aws, entry["order_id"])
    assert len(after) == before
    assert any("bounce" in one for one in after)


def test_a_report_of_an_unknown_email_is_let_go(aws: Aws) -> None:
    unknown = {"recipient": "ada@example.com", "message_id": "x", "order_id": "NOSUCH"}
    assert aws.invoke("notifications", json.dumps(report(unknown))) == ALL_DONE
    assert log_entries(aws, "NOSUCH") == []


@pytest.mark.django_db
def test_the_pages_show_what_did_not_arrive(aws: Aws, client: Client) -> None:
    order: Order = make_order(email=f"{uuid.uuid4().hex}@example.com")
    entry = sent_mail(aws, paid_event(number=order.number, email=order.email))
    assert timeline.mailbox_of(order).bounced is False
    assert aws.invoke("notifications", json.dumps(report(entry))) == ALL_DONE
    assert timeline.mailbox_of(order).bounced is True
    client.force_login(make_staff(), "allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "Didn&#x27;t arrive" in page
    assert REFUSED in page
    order_page = client.get(order.secret_url()).content.decode()
    assert "couldn't be delivered" in order_page
