"""Who gets a document, who gets a 404, and what is logged."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from orders.documents import storage
from orders.documents.issue import issue_invoice
from orders.models import DocumentDownload, Invoice, make_token
from tests.factories import make_order, make_staff, make_user
from tests.orders.documents.papers import paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_bucket():
    storage._documents_bucket().bucket.object_versions.delete()


def client_of(user=None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def test_who_knows_the_orders_address_downloads_and_it_is_noted():
    alice = make_user()
    order = paid_order(user=alice)
    invoice = issue_invoice(order)
    for client, who in ((client_of(), None), (client_of(alice), alice)):
        answer = client.get(reverse("orders:document", args=[order.token, invoice.pk]))
        assert answer.status_code == 302
        assert f"/invoice/{invoice.year}/{invoice.number}.pdf?" in answer.url
        assert "no-store" in answer["Cache-Control"]
        noted = DocumentDownload.objects.latest("pk")
        assert (noted.invoice, noted.user, noted.ip_address) == (invoice, who, "127.0.0.1")
    assert DocumentDownload.objects.count() == 2


@pytest.mark.parametrize("who", ["anonymous", "another user", "staff"])
@pytest.mark.parametrize("token", ["made up", "of another order", "the number"])
def test_a_stranger_finds_nothing(who, token):
    order, other = paid_order(user=make_user()), paid_order()
    invoice = storage.make_pdf(issue_invoice(order))
    user = {"anonymous": None, "another user": make_user("bob@example.com"), "staff": make_staff()}
    tokens = {"made up": make_token(), "of another order": other.token, "the number": order.number}
    client = client_of(user[who] if who != "anonymous" else None)
    assert (
        client.get(reverse("orders:document", args=[tokens[token], invoice.pk])).status_code == 404
    )
    assert (
        client.get(reverse("orders:document", args=[order.token, uuid.uuid4()])).status_code == 404
    )
    if token != "of another order":
        assert client.get(reverse("orders:invoice", args=[tokens[token]])).status_code == 404
    assert not DocumentDownload.objects.exists()


@pytest.mark.parametrize("page", ["document", "invoice", "slip"])
def test_staff_need_the_right_to_see_orders(page):
    order = paid_order(user=make_user())
    document = [issue_invoice(order).pk] if page == "document" else []
    address = reverse(f"admin:orders_order_{page}", args=[order.pk, *document])
    allowed = make_user("clerk@example.com", is_staff=True)
    allowed.user_permissions.add(Permission.objects.get(codename="view_order"))
    assert client_of(make_user("other@example.com", is_staff=True)).get(address).status_code == 404
    for stranger in (None, make_user("bob@example.com")):
        answer = client_of(stranger).get(address)
        assert (answer.status_code, "login" in answer.url) == (302, True)
    assert not DocumentDownload.objects.exists()
    answer = client_of(allowed).get(address)
    assert answer.status_code == (200 if page == "slip" else 302)
    assert [noted.user for noted in DocumentDownload.objects.all()] == [allowed] * (page != "slip")


def test_staff_do_not_reach_a_document_through_another_order():
    invoice = issue_invoice(paid_order())
    address = reverse("admin:orders_order_document", args=[paid_order().pk, invoice.pk])
    assert client_of(make_staff()).get(address).status_code == 404


def test_an_order_without_an_invoice_gets_it_when_it_is_asked_for(client):
    order = paid_order()
    page = client.get(order.secret_url()).content.decode()
    assert reverse("orders:invoice", args=[order.token]) in page
    assert client.get(reverse("orders:invoice", args=[order.token])).status_code == 302
    assert Invoice.objects.get().order == order


def test_an_unpaid_order_has_no_invoice(client):
    order = make_order(status="pending")
    assert client.get(reverse("orders:invoice", args=[order.token])).status_code == 404
    assert "Documents" not in client.get(order.secret_url()).content.decode()


def test_the_orders_page_lists_its_documents(client):
    order = paid_order()
    invoice = issue_invoice(order)
    assert (
        f"Invoice {invoice.number} is being made" in client.get(order.secret_url()).content.decode()
    )
    storage.make_pdf(invoice)
    page = client.get(order.secret_url()).content.decode()
    assert reverse("orders:document", args=[order.token, invoice.pk]) in page


def test_a_bucket_that_is_away_is_said_on_the_orders_page(client, settings):
    order = paid_order()
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    storage._documents_bucket.cache_clear()
    answer = client.get(reverse("orders:invoice", args=[order.token]))
    storage._documents_bucket.cache_clear()
    assert answer.url == order.secret_url()
    assert not DocumentDownload.objects.exists()
