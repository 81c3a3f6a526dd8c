"""Absolute links begin with SHOP_URL, and never with what a request says of its host."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.addresses import all_addresses, make_rows
from tests.factories import make_user
from tests.signing_in import sign_in

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "carts", "catalog", "orders", "shop", "templates")
OF_THE_REQUEST = re.compile(r"build_absolute_uri|get_host\b|get_current_site|HTTP_HOST|get_port\b")
HOST = "testserver:4711"


def test_no_code_of_ours_makes_links_of_the_host() -> None:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.*") if file.suffix != ".pyc"]
    texts = {file: file.read_text() for file in files if file.suffix in (".py", ".html", ".txt")}
    assert len(texts) > 300
    assert [str(file) for file, text in texts.items() if OF_THE_REQUEST.search(text)] == []


@pytest.mark.django_db
def test_no_page_repeats_the_host(client: Client) -> None:
    owner = make_user()
    rows = make_rows(owner)
    found = []
    for address in all_addresses():
        if not address.route.startswith("admin/"):
            sign_in(client, owner)
            answer = client.get(rows.path(address), headers={"Host": HOST})
            if HOST in answer.headers.get("Location", "") + answer.content.decode():
                found.append(address.route)
    assert found == []
