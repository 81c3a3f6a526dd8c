"""No order, payment, refund or return gets into a state that it cannot leave, but for the ends."""

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import models
from django.utils import timezone

from orders.cancellation import cancel_order
from orders.checkout.place import place_order
from orders.fulfilment import returns
from orders.fulfilment.shipments import ShipmentRefused, ship
from orders.models import Order, Payment, Refund, Return, Shipment
from orders.payments import charge
from orders.payments.providers.dummy import DECLINED, LOST, SLOW, WORKS
from orders.payments.refunds import refund
from orders.reconciliation import reconcile
from orders.states import ENDS, TRANSITIONS
from orders.units import units_of
from shop.errors import DomainError
from tests.factories import make_product, make_shipping_method, make_voucher
from tests.orders.shopping import agree, fill, ledger_holds, new_cart

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = (Order, Payment, Refund, Return)


@pytest.mark.parametrize("kind", TRANSITIONS, ids=lambda kind: kind.__name__)
def test_every_state_is_an_end_or_leads_to_one(kind):
    ways = TRANSITIONS[kind]
    assert ways.keys() == set(kind)
    reached = set(ENDS[kind])
    while more := {state for state, to in ways.items() if to & reached} - reached:
        reached |= more
    assert reached == set(kind)


def test_every_kind_of_row_with_a_state_is_walked():
    assert TRANSITIONS.keys() == ENDS.keys()
    assert {kind.Status for kind in KINDS} <= TRANSITIONS.keys()


class Walk:
    """Somebody who does at random what the shop allows with one order."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        price, voucher = self.chance.choice([("10.00", ""), ("10.00", "ALL"), ("0.00", "")])
        cart = new_cart()
        product = make_product(price=price, stock_level=9)
        self.variant = fill(cart, product, self.chance.randint(1, 3))
        if self.chance.random() < 0.5:
            fill(cart, product, 2, gift_wrap=True)
        if voucher:
            make_voucher(voucher, value=100)
        delivery = self.chance.choice(["0.00", "4.90"])
        method = make_shipping_method(price=delivery).pk
        wishes = {"voucher_code": voucher, "shipping_method_id": method}
        self.order = place_order(agree(cart, **wishes), cart).order
        if self.order.total and self.chance.random() < 0.8:
            charge.pay(self.order, {"card_number": WORKS})

    def some_units(self) -> dict[int, int]:
        items = self.order.items.all()
        return {item.pk: self.chance.randint(0, item.quantity) for item in items}

    def some_return(self) -> Return | None:
        return self.order.returns.order_by("?").first()

    def step(self) -> None:
        """Do one thing, or find that it is refused."""
        self.order.refresh_from_db()
        key, units = uuid.uuid4(), self.some_units()
        everything = {item.pk: item.quantity for item in self.order.items.all()}
        returned = self.some_return()
        acts: list[Callable[[], object]] = [
            lambda: charge.pay(self.order, {"card_number": self.chance.choice(CARDS)}),
            lambda: ship(self.order, key=key),
            lambda: ship(self.order, key=key, quantities=units),
            lambda: refund(self.order, key=key, quantities=units, restock=True),
            lambda: refund(self.order, key=key, quantities=everything),
            lambda: refund(self.order, key=key, amount=Decimal("3.00")),
            lambda: refund(self.order, key=key),
            lambda: returns.request_return(self.order, key=key, quantities=units, reason="Big."),
            lambda: Shipment.objects.update(created_at=timezone.now() - timedelta(days=40)),
            lambda: list(reconcile()),
        ]
        if self.chance.random() < 0.1:
            acts = [lambda: cancel_order(self.order, key=key)]
        if returned:
            acts += [
                lambda: returns.approve_return(returned),
                lambda: returns.reject_return(returned, answer="No."),
                lambda: returns.receive_return(returned, restock=True),
                lambda: returns.refund_return(returned),
            ]
        with suppress(DomainError):
            self.chance.choice(acts)()

    def end(self) -> None:
        """Do what staff and the reconciler do when nobody wants anything else."""
        for returned in self.order.returns.all():
            with suppress(DomainError):
                returns.approve_return(returned)
            with suppress(DomainError):
                returns.receive_return(returned, restock=False)
            returned.refresh_from_db()
            if returned.status not in ENDS[Return.Status]:
                returns.refund_return(returned)
        long_ago = timezone.now() - timedelta(days=1)
        Order.objects.update(placed_at=long_ago)
        for kind in (Payment, Refund):
            kind.objects.update(updated_at=long_ago)
        list(reconcile())
        self.order.refresh_from_db()
        with suppress(ShipmentRefused):
            ship(self.order, key=uuid.uuid4())


CARDS = (WORKS, WORKS, WORKS, DECLINED, SLOW, LOST)


def unended() -> Iterator[str]:
    """Yield the rows that are in no end state."""
    for kind in KINDS:
        rows: models.QuerySet[models.Model] = kind.objects.all()
        for row in rows:
            if row.status not in ENDS[kind.Status]:
                yield f"{kind.__name__} {row.pk} is {row.status}"


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_to_an_order_it_ends(seed):
    walk = Walk(seed)
    for _ in range(walk.chance.randint(1, 14)):
        walk.step()
    walk.end()
    assert list(unended()) == []
    assert ledger_holds(walk.variant)
    for units in units_of(walk.order).values():
        assert 0 <= units.refunded <= units.item.quantity
        assert 0 <= units.shipped <= units.item.quantity
        assert 0 <= units.restocked <= units.item.stock_taken
