"""The address book belongs to its owner alone and has exactly one default address."""

import pytest
from django.test import Client

from accounts import address_book
from accounts.models import Address, User
from tests.factories import make_address, make_user

pytestmark = pytest.mark.django_db
GOOD = {
    "full_name": "Ada Lovelace",
    "line1": "Torstraße 1",
    "postcode": "10119",
    "city": "Berlin",
    "country": "DE",
}


@pytest.fixture
def alice(client: Client) -> User:
    alice = make_user()
    client.force_login(alice)
    return alice


def default_of(user: User) -> Address:
    return user.addresses.get(is_default=True)


def test_makes_the_first_address_the_default(client: Client, alice: User) -> None:
    assert client.post("/account/addresses/add/", GOOD).url == "/account/addresses/"
    assert default_of(alice).line1 == "Torstraße 1"


def test_shows_what_is_wrong_beside_the_field_and_keeps_the_rest(
    client: Client, alice: User
) -> None:
    page = client.post("/account/addresses/add/", GOOD | {"postcode": "1"}).content.decode()
    assert "Enter a valid postcode for Germany, e.g. 26133." in page
    assert "Torstraße 1" in page
    assert not alice.addresses.exists()


def test_edits(client: Client, alice: User) -> None:
    address = make_address(alice)
    client.post(f"/account/addresses/{address.pk}/", GOOD | {"city": "Potsdam"})
    address.refresh_from_db()
    assert address.city == "Potsdam"
    assert address.is_default


def test_has_one_default(client: Client, alice: User) -> None:
    first, second = make_address(alice), make_address(alice)
    assert default_of(alice) == first
    client.post(f"/account/addresses/{second.pk}/default/")
    assert default_of(alice) == second
    client.post("/account/addresses/add/", GOOD | {"is_default": "on"})
    assert default_of(alice).line1 == GOOD["line1"]


def test_gives_the_default_on_when_it_is_deleted(client: Client, alice: User) -> None:
    first, _second, third = make_address(alice), make_address(alice), make_address(alice)
    assert (
        "Delete this address?"
        in client.get(f"/account/addresses/{first.pk}/delete/").content.decode()
    )
    client.post(f"/account/addresses/{first.pk}/delete/")
    assert default_of(alice) == third


@pytest.mark.parametrize("action", ["", "delete/", "default/"])
def test_is_a_404_for_a_stranger(client: Client, alice: User, action: str) -> None:
    bobs = make_address(make_user())
    url = f"/account/addresses/{bobs.pk}/{action}"
    assert client.post(url, GOOD).status_code == 404
    if action != "default/":
        assert client.get(url).status_code == 404
    bobs.refresh_from_db()
    assert bobs.is_default
    assert bobs.line1 != GOOD["line1"]


def test_changes_nothing_by_get(client: Client, alice: User) -> None:
    make_address(alice)
    other = make_address(alice)
    assert client.get(f"/account/addresses/{other.pk}/default/").status_code == 405


def test_ends_at_fifty(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_book, "MAX_ADDRESSES", 2)
    make_address(alice)
    make_address(alice)
    assert "address book is full" in client.post("/account/addresses/add/", GOOD).content.decode()
    assert alice.addresses.count() == 2


@pytest.mark.parametrize("page", ["/account/", "/account/addresses/"])
def test_shows_an_address_as_on_a_parcel(client: Client, alice: User, page: str) -> None:
    make_address(
        alice,
        company="A & B",
        city="Boston",
        region="MA",
        postcode="02108",
        country="US",
        is_default=True,
    )
    assert (
        "<address>Ada Lovelace<br>A &amp; B<br>Lindenstraße 7<br>Boston, MA 02108<br>United States"
        "</address>"
    ) in client.get(page).content.decode()
