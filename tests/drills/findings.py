"""What a crash drill checks once everything has settled.

These are the shop's own invariants and what only an outside observer can see. Each check yields one
sentence per breach. The numbers in docstrings are those of orders/invariants.py.
"""

import json
import os
import signal
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import boto3
import psutil
from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from carts.cart import Cart
from catalog.models import StockMovement
from orders import invariants
from orders.checkout.place import order_key
from orders.events import EventType
from orders.models import DummyCharge, Order, OrderItem, Payment, Refund, make_token
from orders.payments.providers import dummy as provider
from orders.states import PAID_PAYMENTS, CartReturn
from shop.models import Event
from tests.drills.crowd import Visit
from tests.drills.shopper import BROKEN, Shopper

CATALOGUE_SECONDS = 15
HIDDEN_SECONDS = 15
QUEUES = ("celery", "notifications")


def unsettled() -> Iterator[str]:
    """Yield what is still in progress; nothing may be, once the queues are drained."""
    for what, count in {
        "orders wait for money": Order.objects.filter(status=Order.Status.PENDING).count(),
        "payments are open": Payment.objects.filter(status__in=["created", "processing"]).count(),
        "refunds are open": Refund.objects.filter(status__in=["created", "processing"]).count(),
        "events were not published": Event.objects.filter(published_at=None).count(),
        "carts are to be emptied": Order.objects.with_cart_to_empty().count(),
        "lines are to be put back": Order.objects.with_lines_to_put_back().count(),
        **{f"messages are in the queue {name}": _queued(name) for name in QUEUES},
    }.items():
        if count:
            yield f"{count} {what}"


def breaches(visits: Iterable[Visit], address: str) -> Iterator[str]:
    """Yield every breach."""
    yield from invariants.check(timedelta(0))
    yield from charges_belong_to_payments()
    yield from orders_have_their_ledger()
    yield from one_mail_a_paid_order()
    yield from one_reminder_an_order()
    yield from unplaced_carts_are_whole(visits, address)
    yield from nothing_is_lost_or_doubled(visits)
    yield from strangers_get_404(address)
    yield from browsing_without_aws(address)


def charges_belong_to_payments() -> Iterator[str]:
    """3 and 4, as seen by the provider: it charged each order once, and the order shows it."""
    now = timezone.now()
    taken = Q(status=provider.SUCCEEDED) | Q(status=provider.PROCESSING, settles_at__lte=now)
    payments = {payment.pk: payment for payment in Payment.objects.select_related("order")}
    charged: Counter[str] = Counter()
    for charge in DummyCharge.objects.filter(taken).annotate(returned=Sum("refunds__amount")):
        payment = payments.get(charge.payment_id) if charge.payment_id else None
        if payment is None:
            yield f"charge {charge.reference} belongs to no payment"
            continue
        charged[payment.order.number] += 1
        if payment.status not in PAID_PAYMENTS:
            yield (
                f"the payment of charge {charge.reference} (order {payment.order.number}) is "
                f"{payment.status}"
            )
        if (charge.returned or 0) != payment.refunded:
            yield (
                f"{charge.returned or 0} of charge {charge.reference} went back, "
                f"{payment.refunded} is noted"
            )
    yield from (
        f"order {number} was charged {times} times"
        for number, times in charged.items()
        if times > 1
    )
    for payment in payments.values():
        if payment.status in PAID_PAYMENTS and not charged[payment.order.number]:
            yield f"payment {payment.pk} is {payment.status} without a charge"


def orders_have_their_ledger() -> Iterator[str]:
    """1, order by order: what it took left the stock once and came back once."""
    moved: Counter[tuple[str, int]] = Counter()
    rows = StockMovement.objects.exclude(order_number="").values_list("order_number", "variant_id")
    for number, variant, delta in rows.annotate(sum=Sum("delta")).order_by():
        moved[number, variant] = delta
    returned = Sum(
        "refund_items__quantity",
        filter=Q(
            refund_items__refund__restock=True, refund_items__refund__status=Refund.Status.SUCCEEDED
        ),
    )
    out: Counter[tuple[Order, int]] = Counter()  # An order may have several items of a variant.
    for item in OrderItem.objects.select_related("order").annotate(returned=returned):
        kept = 0 if item.order.cancelled_at else item.stock_taken - (item.returned or 0)
        out[item.order, item.variant_id] += kept
    for (order, variant), units in out.items():
        if moved[order.number, variant] != -units:
            yield (
                f"order {order.number} ({order.status}) moved the stock by "
                f"{moved[order.number, variant]} instead of {-units}"
            )


def one_mail_a_paid_order() -> Iterator[str]:
    """5: each paid order is confirmed by exactly one email.

    If the money came late, it is the email that says so.
    """
    beginnings = ("Thank you for your order ", "We have your payment for order ")
    confirmed = Counter(
        mail["Subject"].removeprefix(beginning).split()[0]
        for mail in _mails()
        for beginning in beginnings
        if mail["Subject"].startswith(beginning)
    )
    for number in Order.objects.exclude(paid_at=None).values_list("number", flat=True):
        if confirmed[number] != 1:
            yield f"order {number} was confirmed by {confirmed[number]} mails"


def unplaced_carts_are_whole(visits: Iterable[Visit], address: str) -> Iterator[str]:
    """A shopper whose order was not placed still has everything in the cart."""
    placed = set(Order.objects.values_list("checkout_key", flat=True))
    for visit in visits:
        if order_key(uuid.UUID(visit.shopper.key), visit.shopper.cart_owner) in placed:
            continue
        page = visit.shopper.get("/cart/")
        gone = [name for name in visit.names if name not in page.text]
        if gone:
            yield f"{visit.shopper.email} has ordered nothing, and {', '.join(gone)} left the cart"


def nothing_is_lost_or_doubled(visits: Iterable[Visit]) -> Iterator[str]:
    """All that a shopper had in the cart is there, or in an order whose lines did not come back."""
    for visit in visits:
        owner = visit.shopper.cart_owner
        now: Counter[int] = Counter()
        for line in Cart(owner).lines():
            now[line.variant_id] += line.quantity
        items = OrderItem.objects.filter(
            order__cart_owner=owner, order__cart_return=CartReturn.NONE
        )
        for item in items:
            now[item.variant_id] += item.quantity
        if now != visit.units:
            yield f"{visit.shopper.email} had {dict(visit.units)} and has {dict(now)}"


def one_reminder_an_order() -> Iterator[str]:
    """5: an order that is not paid is published for a reminder at most once."""
    sent = Counter(
        event.payload["order"]["number"]
        for event in Event.objects.filter(type=EventType.ORDER_PAYMENT_REMINDER)
    )
    yield from (f"order {number} has {n} reminders" for number, n in sent.items() if n > 1)


def strangers_get_404(address: str) -> Iterator[str]:
    """7: a made-up secret opens nothing."""
    stranger = Shopper(address, "stranger@example.com")
    for path in ("", "pay/", "return/"):
        answer = stranger.get(f"/orders/{make_token()}/{path}")
        if answer.status != 404:
            yield f"a stranger's {answer.path} answers {answer.status}"


def browsing_without_aws(address: str) -> Iterator[str]:
    """8: the catalogue works while all of AWS hangs, for new visitors and for those with a cart."""
    regular = Shopper(address, "regular@example.com")
    product = (
        OrderItem.objects.select_related("variant__product")
        .latest("pk")
        .variant.product.get_absolute_url()
    )
    regular.put_into_cart(product)
    with _emulator_stopped():
        for visitor in (Shopper(address, "new@example.com"), regular):
            for path in ("/", "/search/?q=drill", product):
                started = time.monotonic()
                try:
                    status: object = visitor.get(path).status
                except BROKEN as error:
                    status = repr(error)
                seconds = time.monotonic() - started
                if status != 200 or seconds > CATALOGUE_SECONDS:
                    yield f"without AWS {path} answers {status} after {seconds:.1f} s"


def orders_by_status() -> Counter[str]:
    """Return the number of orders with each status."""
    return Counter(Order.objects.values_list("status", flat=True))


@contextmanager
def hastened_queues() -> Iterator[None]:
    """Let a message be delivered again after seconds instead of minutes.

    That is the case when its worker has died or its duplicate was being processed.
    """
    sqs = boto3.client("sqs", region_name=settings.AWS_REGION)
    before = {}
    for name in QUEUES:
        url = sqs.get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-{name}")["QueueUrl"]
        before[url] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])[
            "Attributes"
        ]
        sqs.set_queue_attributes(
            QueueUrl=url, Attributes={"VisibilityTimeout": str(HIDDEN_SECONDS)}
        )
    try:
        yield
    finally:
        for url, attributes in before.items():
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _queued(name: str) -> int:
    sqs = boto3.client("sqs", region_name=settings.AWS_REGION)
    url = sqs.get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-{name}")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(
        int(count) for key, count in answer.items() if key.startswith("ApproximateNumberOfMessages")
    )


def _mails() -> list[dict[str, str]]:
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        accounts = json.load(answer)["messages"].values()
    return [mail for account in accounts for mail in account]


@contextmanager
def _emulator_stopped() -> Iterator[None]:
    """Make the emulated AWS hang: it accepts connections, but nothing answers."""
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    listening = [
        each.pid
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid
    ]
    for pid in listening:
        # SIGSTOP, not SIGKILL: the kernel goes on accepting connections, and nothing is lost.
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in listening:
            os.kill(pid, signal.SIGCONT)
