"""Refunds in parts return what was paid, to the currency's last digit and no more."""

import uuid

import pytest

from orders.documents.issue import issue_credit_note, issue_invoice
from orders.models import Order, Payment, Refund
from orders.payments.refunds import RefundRefused, refund, refundable
from shop.money import ZERO, unit_of
from tests.currencies import Shop, fits, open_shop
from tests.orders.documents.papers import long_order
from tests.orders.documents.test_issuing import sums

pytestmark = pytest.mark.django_db
SHOPS = [("EUR", False), ("JPY", False), ("CLP", False), ("KWD", False), ("KWD", True)]


def return_units(order: Order, every: int) -> list[Refund]:
    """Refund the units of each item, at most `every` at a time, and then what is left."""
    made = []
    for item in order.items.order_by("pk"):
        left = item.quantity
        while left:
            units = min(every, left)
            made.append(refund(order, key=uuid.uuid4(), quantities={item.pk: units}))
            left -= units
    return [*made, refund(order, key=uuid.uuid4())]


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("tax_included", [True, False])
@pytest.mark.parametrize("shop", SHOPS)
def test_parts_add_up_to_the_total_and_their_documents_to_the_invoice(
    shop: Shop, tax_included: bool, every: int
) -> None:
    with open_shop(shop) as code:
        order = long_order(6, tax_included=tax_included, currency=code)
        invoice = issue_invoice(order)
        made = return_units(order, every)
        notes = [issue_credit_note(each) for each in made]
        assert all(each.amount > 0 and fits(each.amount, code) for each in made)
        assert sum(each.amount for each in made) == order.total
        for name in ("net", "tax", "gross"):
            assert sums(notes, name) == sums([invoice], name)
            assert all(fits(amount, code) for amount in sums(notes, name).values())
        order.refresh_from_db()
        assert order.status == Order.Status.REFUNDED
        with pytest.raises(RefundRefused):
            refund(order, key=uuid.uuid4(), amount=unit_of(code))


@pytest.mark.parametrize("shop", SHOPS)
def test_an_amount_that_no_provider_returns_is_refused(shop: Shop) -> None:
    with open_shop(shop) as code:
        order = long_order(2, currency=code)
        with pytest.raises(RefundRefused, match=f"Amounts in {code}"):
            refund(order, key=uuid.uuid4(), amount=unit_of(code) / 10)
        assert refundable(order).amount == order.total
        assert Payment.objects.get(order=order).refunded == ZERO
