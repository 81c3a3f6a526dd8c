"""Every response says who may keep it, what it depends on and what its page may load."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from shop.response_headers import ResponseHeadersMiddleware
from tests.addresses import Rows, all_addresses, make_rows
from tests.factories import make_staff, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
STRICT = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


def faults(response) -> list[str]:
    """Return what is wrong with the headers of a response that may differ by cookie."""
    caching = response.headers.get("Cache-Control", "")
    vary = {part.strip() for part in response.headers.get("Vary", "").split(",")}
    policy = response.headers.get("Content-Security-Policy", "")
    wrong = []
    if "private" not in caching or not re.search("no-cache|no-store", caching):
        wrong.append(f"Cache-Control: {caching}")
    if not vary >= {"Cookie", "HX-Request"}:
        wrong.append(f"Vary: {sorted(vary)}")
    if any(rule not in policy for rule in STRICT) or "unsafe" in policy or "*;" in policy:
        wrong.append(f"Content-Security-Policy: {policy}")
    return wrong


@pytest.fixture
def rows() -> Rows:
    return make_rows(make_user())


@pytest.mark.parametrize(
    ("method", "who"),
    [
        ("get", "nobody"),
        ("get", "customer"),
        ("get", "staff"),
        ("post", "nobody"),
        ("post", "staff"),
    ],
)
def test_every_address_has_them(client: Client, rows: Rows, method: str, who: str) -> None:
    client.raise_request_exception = False
    person = {"nobody": None, "customer": rows.owner, "staff": None}[who]
    person = make_staff() if who == "staff" else person
    found = {}
    for address in all_addresses():
        if person:
            sign_in(client, person)
        if wrong := faults(getattr(client, method)(rows.path(address))):
            found[method, address.route] = wrong
    assert found == {}


@pytest.mark.parametrize(
    "path", ["/no-such-page/", "/livez", "/readyz", "/admin", "/robots.txt", "/account/orders/"]
)
def test_so_do_pages_that_are_not_there_redirects_and_health_checks(client, path) -> None:
    assert faults(client.get(path)) == []


def test_so_do_refused_hosts_forms_without_a_token_and_errors(client, monkeypatch) -> None:
    assert faults(client.get("/", headers={"Host": "elsewhere.example"})) == []
    assert faults(Client(enforce_csrf_checks=True).post("/cart/add/")) == []
    client.raise_request_exception = False
    monkeypatch.setattr("catalog.views.render", None)
    broken = client.get("/")
    assert broken.status_code == 500
    assert faults(broken) == []


def test_a_public_response_stays_as_it_is(rf) -> None:
    public = HttpResponse(headers={"Cache-Control": "max-age=60, public"})
    response = ResponseHeadersMiddleware(lambda _: public)(rf.get("/static/css/shop.css"))
    assert response.headers["Cache-Control"] == "max-age=60, public"
    assert "Vary" not in response.headers


def test_pictures_come_from_their_own_host(client) -> None:
    host = settings.PRODUCT_IMAGES_URL.split("/")[2]
    policy = client.get("/").headers["Content-Security-Policy"]
    assert re.search(rf"img-src 'self' data: https?://{re.escape(host)}(;|$)", policy)


def test_only_a_products_page_in_the_admin_may_send_files_to_the_bucket(staff, rows) -> None:
    key = rows.keys["catalog_product"]
    policy = staff.get(f"/admin/catalog/product/{key}/change/").headers["Content-Security-Policy"]
    form = staff.post(
        f"/admin/catalog/product/{key}/pictures/",
        {"files": [{"type": "image/png", "size": 1}]},
        "application/json",
    ).json()["files"][0]["form"]
    origin = "/".join(form["url"].split("/")[:3])
    assert re.search(rf"connect-src 'self' [^;]*{re.escape(origin)}", policy)
    other = staff.get("/admin/catalog/product/").headers["Content-Security-Policy"]
    assert "connect-src" not in other
