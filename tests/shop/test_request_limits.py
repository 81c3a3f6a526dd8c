"""Bodies that are too large are refused before they are read, at every address."""

import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.addresses import Rows, all_addresses, make_rows
from tests.admin_forms import filled, picture
from tests.factories import make_staff, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LARGE = 200_000_000


class Untouched(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


def send(client: Client, path: str, length: int | str, kind: str, **extra: str) -> int:
    """Send only the head of a request; return the status of the response."""
    head = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_TYPE": kind}
    body = {"CONTENT_LENGTH": str(length), "wsgi.input": Untouched()}
    return client.request(**head | body | extra).status_code


@pytest.fixture
def rows() -> Rows:
    return make_rows(make_user())


KINDS = [
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain",
]


@pytest.mark.parametrize("who", ["nobody", "customer", "staff"])
def test_200_mb_are_refused_unread_at_every_address(rows: Rows, who: str) -> None:
    client = Client()
    if who != "nobody":
        sign_in(client, make_staff() if who == "staff" else rows.owner)
    answers = {
        address.route: send(client, rows.path(address), LARGE, KINDS[number % len(KINDS)])
        for number, address in enumerate(all_addresses())
    }
    assert {route: status for route, status in answers.items() if status not in (413, 404)} == {}


@pytest.mark.parametrize("path", ["/cart/add/", "/checkout/", "/account/login/", "/admin/login/"])
def test_nobody_sends_more_than_100_kb_to_a_form(client: Client, path: str) -> None:
    for kind in KINDS:
        assert send(client, path, 100_001, kind) == 413


def test_the_webhook_takes_what_a_provider_sends(client: Client) -> None:
    path = "/payments/test/webhook/"
    assert client.post(path, b"x" * 299_999, "application/json").status_code == 400
    assert send(client, path, 300_001, "application/json") == 413


@pytest.mark.parametrize("path", ["/cart/add/", "/no/such/page/", "/", "/payments/test/webhook/"])
def test_a_body_of_unknown_length_is_refused(client: Client, path: str) -> None:
    assert send(client, path, "", "text/plain", HTTP_TRANSFER_ENCODING="chunked") == 411


def test_a_refusal_says_so_in_words(client: Client) -> None:
    page = client.post("/cart/add/", "x" * 100_001, "text/plain")
    assert page.status_code == 413
    assert "too large" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["/cart/add/", "/checkout/", "/account/login/", "/admin/orders/voucher/add/"]
)
def test_no_page_takes_a_small_file_but_those_with_pictures(path: str) -> None:
    client = sign_in(Client(), make_staff())
    answer = client.post(path, {"anything": SimpleUploadedFile("x.txt", b"x")})
    assert answer.status_code == 400


def test_guests_send_no_file_to_the_pages_with_pictures(client: Client) -> None:
    file = SimpleUploadedFile("x.txt", b"x")
    # The token is looked for in the body before anybody asks who sent it.
    for path in ("/admin/catalog/product/add/", "/admin/catalog/category/add/"):
        assert send(client, path, 100_001, KINDS[0]) == 413
        assert client.post(path, {"new_images": file}).status_code == 302


def test_staff_still_send_pictures_and_long_forms(rows: Rows) -> None:
    client = sign_in(Client(), make_staff())
    url = f"/admin/catalog/product/{rows.keys['catalog_product']}/change/"
    data = filled(client, url) | {"description": "x " * 60_000, "new_images": [picture()]}
    answer = client.post(url, data)
    assert answer.status_code in (200, 302)
    assert b"too large" not in answer.content


@pytest.mark.parametrize("query", ["status=%00", "q=a%00b", "%00=1"])
def test_a_nul_in_a_parameter_is_refused(client: Client, query: str) -> None:
    sign_in(client, make_staff())
    for path in ("/admin/orders/order/", "/admin/catalog/product/", "/search/", "/"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "didn't understand" in unescape(answer.content.decode())
