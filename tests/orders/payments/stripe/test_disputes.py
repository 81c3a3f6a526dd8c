"""A customer disputes a payment at the bank: the order is on hold until that's decided."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from orders.admin.alerts import dispute_alerts
from orders.fulfilment.shipments import ShipmentOnHold, ShipmentRefused, ship
from orders.invariants import charged_once_and_refunded_within
from orders.models import Dispute, Order, Payment, Refund, Shipment
from orders.payments import refunds
from orders.payments.refunds import RefundRefused
from shop.models import Event
from tests.orders.payments.stripe.test_dashboard import buy, refund_there, tell

__all__ = ["buy"]

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    found = Event.objects.filter(type__contains="dispute").order_by("created_at")
    return list(found.values_list("type", flat=True))


def test_is_recorded_once_with_its_deadline(server, buy):
    payment = buy()
    server.account.dispute(payment.transaction_id)
    assert tell(server) == tell(server) == {200}
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.currency, dispute.status) == (payment.amount, "EUR", "open")
    assert told() == ["dispute.opened"]
    (alert,) = dispute_alerts([dispute])
    assert alert.kind == "bad"
    assert "(product not received)" in alert.text
    assert "by 7 Nov 2026" in alert.text


def test_stops_shipping_until_staff_say_so(server, buy, staff: Client):
    payment = buy()
    server.account.dispute(payment.transaction_id)
    tell(server)
    with pytest.raises(ShipmentOnHold):
        ship(payment.order, key=uuid.uuid4())
    url = reverse("admin:orders_order_ship", args=[payment.order_id])
    item = payment.order.items.get()
    fields = {"key": uuid.uuid4(), f"item_{item.pk}": 1}
    page = staff.post(url, fields).content.decode()
    assert "Ship it anyway" in page
    assert not Shipment.objects.exists()
    staff.post(url, fields | {"despite_hold": "on"})
    assert Shipment.objects.count() == 1


def test_a_won_one_lets_it_ship(server, buy):
    payment = buy()
    dispute = server.account.dispute(payment.transaction_id)
    tell(server)
    server.account.decide_dispute(dispute, "won")
    assert tell(server) == {200}
    assert told() == ["dispute.opened", "dispute.closed"]
    assert ship(payment.order, key=uuid.uuid4())


def test_a_lost_one_takes_the_money(server, buy):
    payment = buy()
    refund_there(server, payment, 500)
    dispute = server.account.dispute(payment.transaction_id)
    tell(server)
    server.account.decide_dispute(dispute, "lost")
    assert tell(server) == tell(server) == {200}
    payment.refresh_from_db()
    payment.order.refresh_from_db()
    assert payment.refunded == payment.amount
    assert (payment.status, payment.order.status) == (
        Payment.Status.REFUNDED,
        Order.Status.REFUNDED,
    )
    assert Refund.objects.count() == 2
    assert told() == ["dispute.opened", "dispute.closed"]
    # Nobody is told that a refund is on its way, but the one that was made in the dashboard.
    assert Event.objects.filter(type="order.refunded").count() == 1
    with pytest.raises(RefundRefused):
        refunds.refund(payment.order, key=uuid.uuid4(), amount=payment.amount)
    with pytest.raises(ShipmentRefused):
        ship(payment.order, key=uuid.uuid4(), despite_hold=True)
    assert list(charged_once_and_refunded_within()) == []


def test_the_list_of_orders_shows_it(server, buy, staff: Client):
    payment = buy()
    dispute = server.account.dispute(payment.transaction_id)
    tell(server)
    url = reverse("admin:orders_order_changelist")
    assert payment.order.number in staff.get(f"{url}?money=attention").content.decode()
    assert (
        "disputes"
        in staff.get(reverse("admin:orders_order_change", args=[payment.order_id])).content.decode()
    )
    server.account.decide_dispute(dispute, "won")
    tell(server)
    assert payment.order.number not in staff.get(f"{url}?money=attention").content.decode()


def test_money_refunded_in_the_dashboard_stops_shipping_as_well(server, buy):
    payment = buy()
    refund_there(server, payment, 500)
    tell(server)
    with pytest.raises(ShipmentOnHold, match="dashboard"):
        ship(payment.order, key=uuid.uuid4())
    assert ship(payment.order, key=uuid.uuid4(), despite_hold=True)
