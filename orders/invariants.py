"""The eight invariants that the design lists; each check yields a sentence for each breach.

What the database's own constraints guarantee is checked as well, because a constraint can be
dropped.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.test import Client
from django.utils import timezone

from catalog import stock
from catalog.models import Product, Variant
from orders.documents.issue import digest
from orders.documents.verify import number_gaps
from orders.events import EventType
from orders.models import DummyCharge, Invoice, Order, Payment, Refund, make_token
from orders.states import PAID_PAYMENTS
from orders.tables import Notification
from shop.models import Event
from shop.money import ZERO

#: How long a payment or an event may be under way before it counts as lost.
GRACE = timedelta(minutes=5)
#: How far back notifications are compared with events; each order costs a DynamoDB query.
NOTIFIED_SINCE = timedelta(hours=24)
UNREACHABLE = "http://127.0.0.1:9"
BROWSED = ["/", "/search/?q=a"]


def check(grace: timedelta = GRACE) -> Iterator[str]:
    """Yield the breaches of invariants, each with the invariant's number.

    Anything newer than `grace` may still be under way.
    """
    checks = [
        stock_is_the_sum_of_its_ledger(),
        one_order_a_checkout_key(),
        charged_once_and_refunded_within(),
        money_has_its_order(grace),
        events_have_their_effect(grace),
        invoice_numbers_have_no_gaps(),
        strangers_find_nothing(),
        browsing_needs_no_aws(),
    ]
    for breaches in checks:
        yield from breaches


def stock_is_the_sum_of_its_ledger() -> Iterator[str]:
    """1: the stock is not negative and equals the sum of its movements."""
    for variant in Variant.objects.filter(stock__lt=0):
        yield f"1: variant {variant.pk} has a stock of {variant.stock}"
    for variant, ledger in stock.differences():
        yield (
            f"1: variant {variant.pk} has a stock of {variant.stock}, and its ledger says {ledger}"
        )


def one_order_a_checkout_key() -> Iterator[str]:
    """2: a checkout key has at most one order."""
    doubled = (
        Order.objects.values("checkout_key").annotate(n=Count("pk")).filter(n__gt=1).order_by()
    )
    for row in doubled:
        yield f"2: checkout {row['checkout_key']} has {row['n']} orders"


def charged_once_and_refunded_within() -> Iterator[str]:
    """3: an order is charged at most once, and no payment is refunded beyond its amount."""
    for order in Order.objects.filter(payments__status__in=PAID_PAYMENTS).annotate(
        charged=Sum(
            F("payments__amount") - F("payments__refunded"),
            filter=Q(payments__status__in=PAID_PAYMENTS),
        )
    ):
        if order.charged > order.total:
            yield f"3: order {order.number} of {order.total} was charged {order.charged}"
    kept = Coalesce(Sum("refunds__amount", filter=~Q(refunds__status=Refund.Status.FAILED)), ZERO)
    for payment in Payment.objects.annotate(sum=kept).filter(
        ~Q(sum=F("refunded")) | Q(sum__gt=F("amount"))
    ):
        yield (
            f"3: payment {payment.pk} of {payment.amount} has refunds of {payment.sum}, and "
            f"{payment.refunded} noted"
        )
    charges = DummyCharge.objects.filter(status="succeeded").exclude(payment_id=None)
    for row in charges.values("payment_id").annotate(n=Count("pk")).filter(n__gt=1).order_by():
        yield f"3: the test provider charged payment {row['payment_id']} {row['n']} times"


def money_has_its_order(grace: timedelta) -> Iterator[str]:
    """4: money that was taken has an order that shows it."""
    for payment in Payment.objects.filter(
        status=Payment.Status.CAPTURED, order__status=Order.Status.PENDING
    ):
        yield f"4: payment {payment.pk} was captured, and its order still waits"
    for payment in Payment.objects.filter(
        status=Payment.Status.CAPTURED,
        order__status=Order.Status.CANCELLED,
        refunded__lt=F("amount"),
    ):
        yield (
            f"4: payment {payment.pk} was captured for a cancelled order, and is not being refunded"
        )
    unpaid = Order.objects.exclude(
        status__in=[Order.Status.PENDING, Order.Status.CANCELLED]
    ).filter(total__gt=0)
    for order in unpaid.exclude(payments__status__in=PAID_PAYMENTS):
        yield f"4: order {order.number} is {order.status}, and nothing was captured for it"
    taken = DummyCharge.objects.filter(status="succeeded", created_at__lt=timezone.now() - grace)
    known = Payment.objects.filter(provider="test", status__in=PAID_PAYMENTS).values("pk")
    for charge in taken.exclude(payment_id=None).exclude(payment_id__in=known):
        yield (
            f"4: the test provider took {charge.amount} for payment {charge.payment_id}, which "
            "does not show it"
        )


def events_have_their_effect(grace: timedelta) -> Iterator[str]:
    """5: committed events are delivered and take effect once per order, event and channel."""
    now = timezone.now()
    late = Event.objects.waiting().filter(created_at__lt=now - grace).count()
    if late:
        yield f"5: {late} events wait for the relay for more than {grace}"
    for order in Order.objects.filter(paid_at__gte=now - NOTIFIED_SINCE, paid_at__lt=now - grace):
        types = Counter(
            Event.objects.filter(payload__order__number=order.number).values_list("type", flat=True)
        )
        if not types:
            continue  # An imported or demo order: nobody was to be told.
        if types[EventType.ORDER_PAID] != 1:
            yield f"5: {types[EventType.ORDER_PAID]} events say that order {order.number} was paid"
        yield from notified_once(order.number)


def notified_once(number: str) -> Iterator[str]:
    notes = [note for note in Notification.query(number) if note.event_type == EventType.ORDER_PAID]
    sent = Counter(
        (note.notification_type, note.channel, note.recipient) for note in notes if note.sent
    )
    if not sent and not any(note.final for note in notes):
        yield f"5: nobody was told that order {number} was paid"
    for (kind, channel, _recipient), times in sent.items():
        if times > 1:
            yield f"5: {kind} of order {number} went out {times} times by {channel}"


def invoice_numbers_have_no_gaps() -> Iterator[str]:
    """6: invoice and credit note numbers have no gaps, and no issued document has changed."""
    for line in number_gaps():
        yield f"6: {line}"
    for invoice in Invoice.objects.order_by("pk").iterator():
        if digest(invoice.data) != invoice.data_sha256:
            yield f"6: {invoice.number} is not what was issued"


def strangers_find_nothing() -> Iterator[str]:
    """7: whoever does not know an order's secret, or is not signed in, finds nothing."""
    client = Client(
        SERVER_NAME=settings.ALLOWED_HOSTS[0].lstrip("."), headers={"X-Forwarded-Proto": "https"}
    )
    for path in ("", "pay/", "pay/confirm/", "return/"):
        answer = client.get(f"/orders/{make_token()}/{path}")
        if answer.status_code != 404:
            yield (
                f"7: an order page of a made-up token ({path or 'order'}) answers "
                f"{answer.status_code}"
            )
    for order in Order.objects.newest_first()[:3]:
        answer = client.get(f"/orders/{order.number}/")
        if answer.status_code != 404:
            yield f"7: order {order.number} can be had by its number: {answer.status_code}"


def browsing_needs_no_aws() -> Iterator[str]:
    """8: the catalogue works without AWS; checked in a separate process that cannot reach it."""
    product = Product.objects.on_sale_now().order_by("pk").first()
    paths = [*BROWSED, *([product.get_absolute_url()] if product else [])]
    away = os.environ | {"AWS_ENDPOINT_URL": UNREACHABLE, "DATABASE_URL": _database_url()}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "fetch_pages", *paths]
    probe = subprocess.run(
        command, env=away, capture_output=True, text=True, check=False, timeout=60
    )  # noqa: S603
    if probe.returncode:
        yield f"8: without AWS: {probe.stdout.strip() or probe.stderr.strip()[-500:]}"


def _database_url() -> str:
    """Return the URL of the database in use, which in tests is not the environment's."""
    return (
        urlsplit(settings.DATABASE_URL)
        ._replace(path=f"/{connection.settings_dict['NAME']}")
        .geturl()
    )
