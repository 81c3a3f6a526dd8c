"""Document numbers have no gaps, whatever is rolled back and however many workers issue them."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from orders import invariants
from orders.documents.issue import issue_invoice
from orders.documents.verify import number_gaps
from orders.models import DocumentSeries, Invoice, Order
from tests.factories import make_product
from tests.orders.documents.papers import paid_order

pytestmark = pytest.mark.django_db(transaction=True)

# DOCUMENTS=500 is the full measure; fewer show the same in less time.
DOCUMENTS = int(os.environ.get("DOCUMENTS", "80"))


def issue(order: Order) -> int:
    """Issue the invoice of an order; return how often it was rolled back first."""
    chance, rolled_back = random.Random(order.pk), 0
    while True:
        with transaction.atomic():
            issue_invoice(order)
            undone = chance.random() < 0.3
            transaction.set_rollback(undone)
        if not undone:
            return rolled_back
        rolled_back += 1


def test_sixteen_threads_leave_no_gap_and_no_double():
    variant = make_product().variants.get()
    orders = [paid_order(variant=variant) for _ in range(DOCUMENTS)]

    def work(thread: int) -> int:
        try:
            return sum(issue(order) for order in orders[thread::16])
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        rolled_back = sum(threads.map(work, range(16)))
    assert rolled_back > DOCUMENTS / 10, "something was rolled back"
    numbers = list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert numbers == list(range(1, DOCUMENTS + 1))
    assert DocumentSeries.objects.get().last == DOCUMENTS
    assert list(number_gaps()) == []


def test_one_order_has_one_invoice_when_eight_want_it():
    order = paid_order()

    def work(_: int) -> str:
        try:
            return issue_invoice(order).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(work, range(8)))) == 1
    assert Invoice.objects.count() == 1


def test_the_number_names_kind_and_year():
    invoice = issue_invoice(paid_order())
    assert invoice.number == f"INV-{invoice.issued_at:%Y}-000001"


def test_a_gap_is_found():
    issue_invoice(paid_order())
    DocumentSeries.objects.update(last=2)
    assert list(invariants.invoice_numbers_have_no_gaps()) == [
        f"6: the numbers of invoice {DocumentSeries.objects.get().year} do not run from 1 to 2"
    ]
    DocumentSeries.objects.all().delete()
    assert list(number_gaps()) == [f"{Invoice.objects.get().number} belongs to no series"]
