"""The client's address, from headers that anyone can write."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from orders.models import DocumentDownload
from shop.client_address import client_address
from tests.orders.documents.papers import paid_order

PEER = "10.0.0.7"


def address(forwarded: str, count: int, settings, peer: str = PEER) -> str:
    settings.TRUSTED_PROXY_COUNT = count
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    return client_address(request)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("", PEER),
        ("unknown", PEER),
        ("192.0.2.256", PEER),
        ("192.0.2.01", PEER),
        ("3221225985", PEER),
        ("<script>", PEER),
        ("\x00", PEER),
        ("x" * 5000, PEER),
    ],
)
def test_it_is_an_address_or_the_peers(settings, entry, expected):
    assert address(entry, 1, settings) == expected


@pytest.mark.parametrize(
    ("count", "forwarded", "expected"),
    [
        (0, "192.0.2.1", PEER),
        (1, "198.51.100.66, 192.0.2.1", "192.0.2.1"),
        (2, "198.51.100.66, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", PEER),
        (2, "198.51.100.66, , 10.0.0.1", PEER),
    ],
)
def test_only_what_our_proxies_wrote_is_believed(settings, count, forwarded, expected):
    assert address(forwarded, count, settings) == expected


def test_a_unix_socket_has_no_peer_address(settings):
    assert address("nonsense", 1, settings, peer="") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("forwarded", ["192.0.2.1:5678", "nonsense", "fe80::1%eth0", "\x00"])
def test_no_header_keeps_anybody_from_their_invoice_or_from_signing_in(client, settings, forwarded):
    settings.TRUSTED_PROXY_COUNT = 1
    headers = {"X-Forwarded-For": forwarded}
    answer = client.get(reverse("orders:invoice", args=[paid_order().token]), headers=headers)
    assert answer.status_code == 302
    assert DocumentDownload.objects.get().ip_address in ("192.0.2.1", "127.0.0.1", "fe80::1")
    form = {"login": "alice@example.com", "password": "wrong"}
    answer = client.post(reverse("account_login"), form, headers=headers)
    assert b"do not fit together" in answer.content


@pytest.mark.django_db
def test_fewer_entries_than_proxies_is_no_error_at_log_in(client, settings):
    settings.TRUSTED_PROXY_COUNT = 3
    answer = client.get(reverse("account_login"), headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 200
    form = {"login": "alice@example.com", "password": "wrong"}
    answer = client.post(reverse("account_login"), form, headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 200
