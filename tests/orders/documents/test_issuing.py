"""What is frozen in an invoice and in credit notes, and that it does not change."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders import invariants
from orders.documents.issue import NotInvoiceable, digest, issue_credit_note, issue_invoice
from orders.models import Invoice, Order, Payment, Refund
from tests.factories import make_order, make_tax_rate
from tests.orders.documents.papers import bought, long_order, paid_order, refunded

pytestmark = pytest.mark.django_db


def sums(notes: list[Invoice], name: str) -> dict[str, Decimal]:
    """Add up a column of the documents' taxes, by rate."""
    total: dict[str, Decimal] = {}
    for row in (row for note in notes for row in note.data["taxes"]):
        total[row["percent"]] = total.get(row["percent"], Decimal(0)) + Decimal(row[name])
    return total


def test_an_invoice_says_what_the_order_says(settings):
    settings.SHOP_SELLER, settings.SHOP_SELLER_TAX_ID = ["Trivet GmbH", "Berlin"], "DE1"
    make_tax_rate("19")
    order = bought(3)
    data = issue_invoice(order).data
    assert (data["total"], data["tax_total"], data["tax_included"]) == (
        "34.90",
        "5.57",
        True,
    )
    assert data["taxes"] == [{"percent": "19", "net": "29.33", "tax": "5.57", "gross": "34.90"}]
    assert data["items"][0] | {"sku": ""} == {
        "name": "Clay pot",
        "sku": "",
        "options": "",
        "quantity": 3,
        "unit_price": "10.00",
        "total": "30.00",
        "discount": "0.00",
        "tax_percent": "19",
        "tax": "4.79",
    }
    assert (data["buyer"]["full_name"], data["buyer"]["country"]) == ("Ada Lovelace", "Germany")
    assert data["ship_to"]["country_code"] == "DE"
    assert data["seller"] == {"name": "Trivet", "lines": ["Trivet GmbH", "Berlin"], "tax_id": "DE1"}
    assert (data["payment"]["method"], data["payment"]["amount"]) == ("Test card", "34.90")


@pytest.mark.parametrize("tax_included", [True, False])
def test_the_taxes_by_rate_add_up_to_the_order(tax_included):
    order = long_order(7, tax_included=tax_included)
    invoice = issue_invoice(order)
    assert sum(sums([invoice], "tax").values()) == order.tax_total
    assert sum(sums([invoice], "gross").values()) == order.total


def test_an_order_for_nothing_has_an_invoice_too():
    order = paid_order(shipping_total=0, items_total=10, discount_total=10, total=0)
    Payment.objects.all().delete()
    data = issue_invoice(order).data
    assert (data["total"], data["payment"]) == ("0.00", None)


def test_an_unpaid_order_has_none():
    with pytest.raises(NotInvoiceable):
        issue_invoice(make_order(status=Order.Status.PENDING))


def test_it_is_issued_once():
    order = bought()
    assert issue_invoice(order) == issue_invoice(order)
    made = refunded(order)
    assert issue_credit_note(made) == issue_credit_note(made)
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"number": "INV-2026-000009"},
        {"kind": "credit_note"},
        {"data": {"total": "1.00"}},
        {"data_sha256": "0"},
        {"issued_at": timezone.now()},
    ],
)
def test_the_database_refuses_to_change_what_was_issued(change):
    issue_invoice(paid_order())
    with pytest.raises(IntegrityError, match="was issued"), transaction.atomic():
        Invoice.objects.update(**change)


def test_the_database_refuses_to_delete_it_and_takes_the_pdf_once():
    issue_invoice(paid_order())
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.all().delete()
    assert Invoice.objects.update(pdf_sha256="1", storage_key="a") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.update(pdf_sha256="2")


def test_the_hash_is_of_what_the_row_holds():
    invoice = issue_invoice(long_order(3))
    invoice.refresh_from_db()
    assert digest(invoice.data) == invoice.data_sha256
    assert list(invariants.invoice_numbers_have_no_gaps()) == []


def test_a_credit_note_of_everything_is_the_invoice_again():
    make_tax_rate("19")
    order = bought(3)
    note = issue_credit_note(refunded(order, reason="Cracked."))
    invoice = Invoice.objects.get(kind="invoice")
    assert note.number.startswith("CN-")
    assert note.data["invoice"]["number"] == invoice.number
    assert note.data["taxes"] == invoice.data["taxes"]
    assert [(item["quantity"], item["amount"]) for item in note.data["items"]] == [(3, "30.00")]
    assert note.data["other"] == {"label": "Delivery: Standard", "amount": "4.90"}
    assert note.data["reason"] == "Cracked."


def test_a_credit_note_of_an_item_shows_its_units_and_tax():
    make_tax_rate("19")
    order = bought(3)
    note = issue_credit_note(refunded(order, quantities={order.items.get().pk: 1}))
    assert [(item["quantity"], item["amount"]) for item in note.data["items"]] == [(1, "10.00")]
    assert note.data["other"] is None
    assert note.data["taxes"] == [{"percent": "19", "net": "8.40", "tax": "1.60", "gross": "10.00"}]


@pytest.mark.parametrize("tax_included", [True, False])
def test_whatever_is_credited_in_parts_adds_up_to_the_invoice(tax_included):
    order = long_order(5, tax_included=tax_included)
    first, second, *_ = order.items.order_by("pk")
    parts = [
        {"amount": Decimal("13.37")},
        {"quantities": {second.pk: 1}},
        {"quantities": {first.pk: 1, second.pk: 1}},
        {"amount": Decimal("0.01")},
        {},
    ]
    notes = [issue_credit_note(refunded(order, **part)) for part in parts]
    invoice = Invoice.objects.get(kind="invoice")
    for name in ("net", "tax", "gross"):
        assert sums(notes, name) == sums([invoice], name), name
    assert all(
        Decimal(row[name]) >= 0
        for note in notes
        for row in note.data["taxes"]
        for name in ("net", "tax")
    )
    for note in notes:
        assert sum(sums([note], "gross").values()) == Decimal(note.data["total"])


def test_money_that_never_paid_the_order_is_not_credited():
    order = bought()
    paid = order.payments.get()
    twice = Payment.objects.create(
        order=order, provider="test", amount=paid.amount, currency="EUR", status="captured"
    )
    done = {"amount": paid.amount, "currency": "EUR", "status": Refund.Status.SUCCEEDED}
    with pytest.raises(NotInvoiceable):
        issue_credit_note(Refund.objects.create(payment=twice, **done))


def test_a_refund_under_way_has_none():
    order = paid_order()
    with pytest.raises(NotInvoiceable):
        issue_credit_note(
            Refund.objects.create(payment=order.payments.get(), amount=1, currency="EUR")
        )
