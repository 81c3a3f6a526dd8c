"""The PDFs in the bucket are made once, whoever makes them, and served by short-lived links."""

import hashlib
import time
import urllib.error
import urllib.request
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from orders.documents import storage
from orders.documents.issue import issue_invoice
from orders.documents.pdf.invoice import render
from orders.models import Invoice
from orders.tasks import make_documents
from tests.factories import make_order
from tests.orders.documents.papers import bought, paid_order, refunded

pytestmark = pytest.mark.django_db


def read(address: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - the emulator's address
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


@pytest.fixture
def stored() -> Invoice:
    return storage.make_pdf(issue_invoice(paid_order()))


@pytest.fixture(autouse=True)
def _empty_bucket():
    # The bucket outlives the test's database, in which the same numbers are issued again.
    storage._documents_bucket().bucket.object_versions.delete()


def test_the_worker_issues_and_makes_what_is_due_once():
    order = bought()
    refunded(order)
    make_order(status="pending", paid_at=None)
    make_documents()
    before = list(Invoice.objects.order_by("number").values())
    assert [row["kind"] for row in before] == ["credit_note", "invoice"]
    for row in before:
        assert row["storage_key"] == f"{row['kind']}/{row['year']}/{row['number']}.pdf"
        assert hashlib.sha256(storage.read_pdf(row["storage_key"])).hexdigest() == row["pdf_sha256"]
    make_documents()
    assert list(Invoice.objects.order_by("number").values()) == before


def test_orders_of_long_ago_wait_until_somebody_asks():
    paid_order(placed_at=timezone.now() - storage.LOOKBACK * 2)
    make_documents()
    assert not Invoice.objects.exists()
    call_command("documents", "render", "--all", stdout=StringIO())
    assert Invoice.objects.get().pdf_sha256


def test_what_lies_in_the_bucket_is_the_document():
    invoice = issue_invoice(paid_order())
    key = f"invoice/{invoice.year}/{invoice.number}.pdf"
    storage._stored_object(key).put(Body=b"%PDF of a worker that died before it noted it")
    assert storage.make_pdf(invoice).pdf_sha256 == hashlib.sha256(storage.read_pdf(key)).hexdigest()
    assert storage.read_pdf(key) != render(invoice)


def test_a_bucket_that_is_away_keeps_nothing_from_being_issued(settings):
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    storage._documents_bucket.cache_clear()
    paid_order()
    make_documents()
    storage._documents_bucket.cache_clear()
    assert Invoice.objects.get().pdf_sha256 == ""


def test_a_link_gives_the_pdf_as_a_download_and_no_cache_keeps_it(stored):
    status, body, headers = read(storage.download_link(stored))
    assert status == 200
    assert hashlib.sha256(body).hexdigest() == stored.pdf_sha256
    assert headers["Content-Disposition"] == f'attachment; filename="{stored.number}.pdf"'
    assert headers["Content-Type"] == "application/pdf"
    assert "private" in headers["Cache-Control"]


def test_a_link_lives_a_minute(stored):
    assert "X-Amz-Expires=60" in storage.download_link(stored)


def test_an_expired_link_is_refused(stored):
    address = storage.download_link(stored, seconds=1)
    time.sleep(2.1)
    assert read(address)[0] == 403


def test_a_tampered_link_is_refused(stored):
    address = storage.download_link(stored)
    for changed in (
        address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        address.replace(stored.number, "INV-2026-000002"),
        address[:-1] + ("0" if address[-1] != "0" else "1"),
    ):
        assert changed != address
        assert read(changed)[0] == 403


def test_verify_is_content_until_something_differs(stored):
    out = StringIO()
    call_command("documents", "verify", stdout=out)
    assert out.getvalue() == "1 documents stand as they were issued.\n"
    storage._stored_object(stored.storage_key).put(Body=b"another")
    errors = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("documents", "verify", stderr=errors)
    assert "is not the one that was made" in errors.getvalue()
    storage._stored_object(stored.storage_key).delete()
    with pytest.raises(CommandError):
        call_command("documents", "verify", stderr=errors)


def test_list_names_them(stored):
    out = StringIO()
    call_command("documents", "list", order=stored.order.number, stdout=out)
    assert stored.number in out.getvalue()
    assert "14.90 EUR" in out.getvalue()
