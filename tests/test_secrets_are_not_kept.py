"""Whoever reads a log, an event or a table that is not for it learns no order's address or link."""

import base64
import json
import logging
import re
import sys
import time
import zlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from gunicorn.config import Config

from accounts.tables import SessionItem
from orders.models import Order, Payment
from orders.payments.providers.dummy import DECLINED, SECOND_STEP
from orders.tables import Notification
from shop import gunicorn_config
from shop.celery import app
from shop.events import log, outbox
from shop.logs import REDACTED, RedactingFormatter, redact
from shop.models import Event
from tests.factories import make_user
from tests.mail import mails_to
from tests.orders.checkout.test_pages import fill, order, to_review

pytestmark = pytest.mark.django_db


class Lines(logging.Handler):
    """Keeps what is logged, as our formatter writes it and as it would be without."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.plain = "", ""

    def emit(self, record: logging.LogRecord) -> None:
        self.written += RedactingFormatter().format(record) + "\n"
        self.plain += logging.Formatter().format(record) + "\n"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Collect everything that any logger says, from INFO on."""
    handler, root = Lines(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


@pytest.fixture(autouse=True)
def eager_tasks(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def buy(client: Client) -> Order:
    """Order and pay with a second try and a second step; the email address is new."""
    fill(client)
    page = to_review(client, email=f"{uuid4().hex}@example.com")
    order(client, page, card_number=DECLINED)
    placed = Order.objects.get()
    card = {"card_number": SECOND_STEP, "expiry": "12/49", "security_code": "123"}
    client.post(f"{placed.secret_url()}pay/", card)
    return placed


def relay_and_wait(placed: Order) -> dict[str, Any]:
    """Send the events and return the mail that they bring."""
    while outbox.relay_batch():
        pass
    deadline = time.monotonic() + 20
    while not (mails := mails_to(placed.email)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return mails[0]


def event_log() -> str:
    s3, bucket = boto3.client("s3"), settings.ANALYTICS_RESULTS_BUCKET
    found = s3.list_objects_v2(Bucket=bucket, Prefix="events/").get("Contents", [])
    keys = [item["Key"] for item in found]
    return "".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys)


def sessions() -> str:
    """Return the data of all sessions; it is only signed, so whoever reads the table has it."""
    return "".join(_unpacked(item.session_data or "") for item in SessionItem.scan())


def _unpacked(signed: str) -> str:
    data, is_compressed = signed.lstrip(".").split(":")[0], signed.startswith(".")
    raw = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    return (zlib.decompress(raw) if is_compressed else raw).decode()


def test_an_orders_address_is_only_in_its_row_and_in_the_mail(
    client: Client, staff: Client, lines: Lines
) -> None:
    shopper = Client()
    placed = buy(shopper)
    token, payment = placed.token, placed.payments.get(status=Payment.Status.CREATED)
    shopper.post(payment.next_url)
    assert f"{settings.SHOP_URL}{placed.secret_url()}" in relay_and_wait(placed)["BodyText"]
    shopper.get(f"{placed.secret_url()}nothing/")
    shopper.post(placed.secret_url())
    Client(enforce_csrf_checks=True).post(f"{placed.secret_url()}pay/")
    log.archive_batch()
    places = {
        "outbox": json.dumps(list(Event.objects.values_list("payload", flat=True))),
        "event log": event_log(),
        "sessions": sessions(),
        "notification log": repr([note.attribute_values for note in Notification.scan()]),
        "logs": lines.written,
        "staff": _pages_of_staff(staff, placed, payment),
    }
    assert [name for name, text in places.items() if token in text] == []
    # The control: everything was there to be found.
    assert [name for name, text in places.items() if placed.number in text] == [
        *("outbox", "event log", "notification log", "staff")
    ]
    assert '"last_order"' in places["sessions"]
    assert token in lines.plain


def _pages_of_staff(staff: Client, placed: Order, payment: Payment) -> str:
    rows = [f"shop/event/{event.pk}" for event in Event.objects.all()]
    rows += [f"orders/order/{placed.pk}", f"orders/payment/{payment.pk}"]
    lists = ["shop/event/", "orders/order/", "orders/payment/"]
    paths = [*lists, *(f"{row}/change/" for row in rows), f"orders/order/{placed.pk}/history/"]
    return "".join(staff.get(f"/admin/{path}").content.decode() for path in paths)


def test_a_link_to_reset_a_password_is_not_logged(client: Client, lines: Lines) -> None:
    alice = make_user(f"{uuid4().hex}@example.com")
    client.post("/account/password/reset/", {"email": alice.email})
    found = re.search(r"/account/password/reset/key/(\S+)/", mails_to(alice.email)[0]["BodyText"])
    assert found
    Client(enforce_csrf_checks=True).post(found[0])
    assert found[1] in lines.plain
    assert found[1] not in lines.written


def test_no_handler_writes_without_our_formatter() -> None:
    known = [logging.getLogger(name) for name in logging.Logger.manager.loggerDict]
    handlers = {
        handler
        for logger in [logging.getLogger(), *known]
        for handler in logger.handlers
        if not type(handler).__module__.startswith("_pytest")
        and not isinstance(handler, logging.NullHandler)
    }
    assert handlers
    assert {type(handler.formatter) for handler in handlers} == {RedactingFormatter}


def test_gunicorn_writes_with_our_formatter() -> None:
    config = Config()
    config.set("logger_class", gunicorn_config.logger_class)
    config.set("accesslog", "-")
    logger = config.logger_class(config)
    handlers = [*logger.error_log.handlers, *logger.access_log.handlers]
    assert [type(handler.formatter) for handler in handlers] == [RedactingFormatter] * 2
    for log_ in (logger.error_log, logger.access_log):
        log_.handlers.clear()


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /orders/{secret}/pay/",
        'GET /account/login/?next=%2Forders%2F{secret}%2F HTTP/1.1" 200',
        "Reverse failed: DETAIL: Key (token)=({secret}) already exists.",
        "'HTTP_COOKIE': 'csrftoken={secret}; sessionid={secret}'",
        "headers: {{'Authorization': 'Bearer {secret}'}}",
        "https://s3/invoice.pdf?X-Amz-Credential={secret}&X-Amz-Signature={secret}",
        "https://s3/invoice.pdf?AWSAccessKeyId={secret}&Signature={secret}&Expires=1",
        "client_secret pi_3abc_secret_{secret}",
    ],
)
def test_leaves_the_secret_out_of_a_line_and_the_rest_in(line: str) -> None:
    secret = "AbC_-3456789012345678901"
    assert redact(line.format(secret=secret)) == line.format(secret=REDACTED)


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /admin/orders/order/12/change/",
        "Order 7K3MPQ2W was paid",
        "Not Found: /orders/find/more/",
        "the token is missing",
    ],
)
def test_leaves_other_lines_alone(line: str) -> None:
    assert redact(line) == line


def test_leaves_the_secret_out_of_a_traceback() -> None:
    try:
        reverse("orders:order", args=["/orders/AbC_-3456789012345678901/"])
    except NoReverseMatch:
        record = logging.makeLogRecord({"msg": "Failed", "exc_info": sys.exc_info()})
    assert "/orders/[secret]/" in RedactingFormatter().format(record)


def test_the_database_has_one_column_with_the_token() -> None:
    """Also the columns that no page shows."""
    placed = buy(shopper := Client())
    # The test provider's own page has the token in its URL, which is kept until it was answered.
    shopper.post(placed.payments.get(status=Payment.Status.CREATED).next_url)
    found = [
        model._meta.db_table
        for model in apps.get_models()
        if placed.token in repr(list(model._default_manager.values_list()))
    ]
    assert found == ["orders_order"]
