"""Many forged, stale, duplicated and reordered webhooks while people pay.

In the end the shop knows what Stripe knows. STRIPE_WEBHOOKS=1000 sends that many; `make test` sends
fewer.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from orders import invariants
from orders.models import Order, Payment, Refund
from orders.payments import charge, refunds
from orders.payments.providers.base import PaymentError
from orders.payments.providers.stripe import REFUND_STATUS, STATUS, from_minor
from orders.states import OPEN_REFUNDS, PAID_PAYMENTS
from shop.models import Event
from tests.factories import make_product, make_shipping_method
from tests.orders.payments.stripe.account import DECLINED, OPEN, SECOND_STEP, SLOW, WORKS, Refusal
from tests.orders.payments.stripe.conftest import WEBHOOK_SECRETS
from tests.orders.payments.stripe.server import StripeServer
from tests.orders.payments.stripe.webhooks import Delivery, deliver, deliver_late, forge
from tests.orders.shopping import checkout, fill, new_cart

pytestmark = pytest.mark.django_db

WEBHOOKS = int(os.environ.get("STRIPE_WEBHOOKS", "200"))
ADDRESS = "/payments/stripe/webhook/"
FORGED, STALE = 0.25, 0.15


class Storm:
    """People who shop and pay, with webhooks in any order in between."""

    def __init__(self, server: StripeServer, seed: int) -> None:
        self.server, self.account = server, server.account
        self.chance = random.Random(seed)
        self.client = Client()
        self.product = make_product(stock_level=10_000)
        self.method = make_shipping_method()
        self.told: set[str] = set()
        self.sent: Counter[str] = Counter()

    def live(self) -> None:
        """Let one random thing happen that a person or a bank does."""
        acts = [
            self.order,
            self.pay,
            self.pay,
            self.answer,
            self.refund,
            self.refund_there,
            self.answer_refund,
        ]
        self.chance.choice(acts)()

    def order(self) -> None:
        """Place an order, or return to the payment page of an existing one."""
        waiting = list(Order.objects.filter(status=Order.Status.PENDING))
        if waiting and self.chance.random() < 0.3:
            order = self.chance.choice(waiting)
        else:
            cart = new_cart()
            fill(cart, self.product, self.chance.randint(1, 3))
            total = cart.lines()[0].quantity * Decimal("10.00") + Decimal("4.90")
            order = checkout(cart, str(total), shipping_method_id=self.method.pk, provider="stripe")
        with suppress(
            PaymentError
        ):  # its answers were lost; a webhook reports it, or the shopper returns
            charge.start_payment(order, {}, "stripe")

    def pay(self) -> None:
        """Try a card in the browser; the shop hears of it only through webhooks."""
        if intent := self._any_intent(*OPEN):
            self.account.confirm(
                intent["id"], self.chance.choice([WORKS, DECLINED, SECOND_STEP, SLOW])
            )

    def answer(self) -> None:
        """Let a slow bank answer, or let a shopper complete or abandon a second step."""
        if intent := self._any_intent("processing", "requires_action"):
            self.account.settle(intent["id"], paid=self.chance.random() < 0.6)

    def refund(self) -> None:
        """Refund a part, as staff do; sometimes the shopper disputes the payment instead."""
        captured = list(
            Payment.objects.filter(status=Payment.Status.CAPTURED).select_related("order")
        )
        if captured:
            payment = self.chance.choice(captured)
            left = payment.amount - payment.refunded
            amount = min(left, Decimal(self.chance.randint(100, 2000)) / 100)
            if amount > 0:
                refunds.refund(payment.order, key=uuid4(), amount=amount)
            self.account.dispute(payment.transaction_id)

    def refund_there(self) -> None:
        """Refund in Stripe's dashboard, unaware of what the shop is refunding at the moment."""
        if intent := self._any_intent("succeeded"):
            with suppress(Refusal):
                amount = str(self.chance.randint(100, 2000))
                self.account.create_refund({"payment_intent": intent["id"], "amount": amount})

    def answer_refund(self) -> None:
        """Let a slow bank accept a refund or send it back."""
        pending = [
            refund for refund in self.account.refunds.values() if refund["status"] == "pending"
        ]
        if pending:
            self.account.settle_refund(
                self.chance.choice(pending)["id"], failure=self.chance.choice(["", "", "declined"])
            )

    def send(self) -> None:
        """Send one webhook: a new one, an old one again, or a forged one."""
        if not self.account.events:
            return
        event = self.chance.choice(self.account.events)
        luck = self.chance.random()
        if luck < FORGED:
            self._post(forge(event, WEBHOOK_SECRETS, self.chance))
        elif luck < FORGED + STALE:
            self._post(deliver_late(event, WEBHOOK_SECRETS, self.chance))
        else:
            self._tell(event)

    def catch_up(self) -> None:
        """Send what has not been answered with 200 yet, and let the reconciler run.

        Stripe retries like this for three days.
        """
        while left := [event for event in self.account.events if event["id"] not in self.told]:
            self.chance.shuffle(left)
            for event in left:
                self._tell(event)
            for refund in Refund.objects.filter(status__in=OPEN_REFUNDS).select_related("payment"):
                refunds.attempt_refund(refund)  # as the reconciler would do a minute later

    def _tell(self, event: dict[str, Any]) -> None:
        kind = "doubled" if event["id"] in self.told else "new"
        if self._post(deliver(event, self.chance.choice(WEBHOOK_SECRETS)), kind) == 200:
            self.told.add(event["id"])

    def _post(self, delivery: Delivery, kind: str = "") -> int:
        before = None if delivery.is_genuine else everything()
        headers = {"Stripe-Signature": delivery.signature}
        answer = self.client.post(
            ADDRESS, delivery.body, content_type="application/json", headers=headers
        )
        if delivery.is_genuine:
            assert answer.status_code in (200, 503), delivery
            self.sent["again later" if answer.status_code == 503 else kind] += 1
        else:
            assert answer.status_code in (400, 429), delivery
            assert everything() == before, delivery
            self.sent["stale" if delivery.what == "stale" else "forged"] += 1
        return answer.status_code

    def _any_intent(self, *states: str) -> dict[str, Any] | None:
        found = [intent for intent in self.account.intents.values() if intent["status"] in states]
        return self.chance.choice(found) if found else None


def everything() -> list[Any]:
    """Return everything that a webhook could change."""
    tables = (Order, Payment, Refund)
    return [list(table.objects.order_by("pk").values_list()) for table in tables] + [
        Event.objects.count()
    ]


def knows_what_stripe_knows(server: StripeServer) -> None:
    intents = {intent["metadata"]["payment"]: intent for intent in server.account.intents.values()}
    assert len(intents) == len(server.account.intents)
    for payment in Payment.objects.all():
        status = STATUS[intents[str(payment.pk)]["status"]]
        paid = payment.status in PAID_PAYMENTS
        assert payment.status == status or (paid and status == Payment.Status.CAPTURED), payment
    ours = {
        str(refund.pk): refund for refund in Refund.objects.exclude(reason=refunds.MADE_AT_PROVIDER)
    }
    theirs = {
        refund.transaction_id: refund
        for refund in Refund.objects.filter(reason=refunds.MADE_AT_PROVIDER)
    }
    for refund_id, refund in server.account.refunds.items():
        status, asked_by = REFUND_STATUS[refund["status"]], refund["metadata"].get("refund")
        known = ours.pop(asked_by) if asked_by else theirs.pop(refund_id, None)
        if known is None:
            assert status == Refund.Status.FAILED, (
                "only what came and went between two webhooks may be missed"
            )
        else:
            assert known.status == status, refund
    assert not theirs
    assert {refund.status for refund in ours.values()} <= {Refund.Status.FAILED}, (
        "Stripe had not that much left"
    )


def the_books_are_right(server: StripeServer) -> None:
    paid = Order.objects.filter(payments__status__in=PAID_PAYMENTS)
    assert set(paid) == set(Order.objects.exclude(paid_at=None))
    assert Event.objects.filter(type="order.paid").count() == paid.count()
    ours = sum(
        payment.amount - payment.refunded
        for payment in Payment.objects.filter(status__in=PAID_PAYMENTS)
    )
    assert from_minor(server.account.received(), "EUR") == ours
    assert not list(invariants.charged_once_and_refunded_within())
    assert not list(invariants.stock_is_the_sum_of_its_ledger())


def test_it_believes_stripe_alone(server, provider):
    server.network.lost, server.network.doubled = 0.1, 0.1
    storm = Storm(server, seed=WEBHOOKS)
    while storm.sent.total() < WEBHOOKS:
        storm.live()
        for _ in range(storm.chance.randint(0, 6)):
            storm.send()
    storm.catch_up()
    knows_what_stripe_knows(server)
    the_books_are_right(server)
    states = Counter(Payment.objects.values_list("status", flat=True))
    assert min(storm.sent[kind] for kind in ("new", "doubled", "forged", "stale")) > 0
    assert states[Payment.Status.CAPTURED]
    assert Refund.objects.filter(reason=refunds.MADE_AT_PROVIDER).exists()
    print(
        dict(storm.sent),
        f"{Order.objects.count()} orders, payments: {dict(states)}, refunds: "
        f"{Refund.objects.count()}",
    )
