"""The address form accepts the addresses that carriers need and says plainly what is missing."""

import pytest

from accounts.forms import AddressForm, ProfileForm
from accounts.models import AddressFields

GOOD = {
    "full_name": "Ada",
    "line1": "Torstr. 1",
    "postcode": "10119",
    "city": "Berlin",
    "country": "DE",
}


def errors(**fields: str) -> dict[str, list[str]]:
    return dict(AddressForm(GOOD | fields).errors)


def test_knows_no_user_and_gives_exactly_the_fields() -> None:
    form = AddressForm(GOOD)
    assert form.is_valid()
    assert set(form.cleaned_data) == set(AddressFields.FIELDS)


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", " 10119 ", "10119"),
        ("AT", "1010", "1010"),
        ("CH", "8001", "8001"),
        ("FR", "75001", "75001"),
        ("NL", "1012 ab", "1012 AB"),
        ("NL", "1012AB", "1012AB"),
        ("GB", "sw1a  1aa", "SW1A 1AA"),
        ("GB", "M1 1AE", "M1 1AE"),
        ("PL", "00-001", "00-001"),
        ("IE", "", ""),
        ("HK", "anything", "ANYTHING"),
        ("JP", "１００－０００１", "100-0001"),
        ("CH", "CH-8001", "8001"),
        ("SE", "se-114 55", "114 55"),
    ],
)
def test_takes_and_tidies_postcodes(country: str, typed: str, kept: str) -> None:
    form = AddressForm(GOOD | {"country": country, "postcode": typed, "region": "Kowloon"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["postcode"] == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("DE", "1011"),
        ("DE", "١٠١١٩"),
        ("AT", "0123"),
        ("NL", "12345"),
        ("GB", "12345"),
        ("US", "1234"),
        ("FR", "7500A"),
    ],
)
def test_refuses_a_postcode_of_another_form(country: str, typed: str) -> None:
    assert "Enter a valid" in errors(country=country, postcode=typed, region="CA")["postcode"][0]


def test_asks_for_a_postcode_where_there_are_any() -> None:
    assert errors(postcode="") == {"postcode": ["Enter a valid postcode for Germany, e.g. 26133."]}


def test_asks_for_the_state_where_carriers_need_it() -> None:
    assert "region" in errors(country="US", postcode="20500")
    assert not errors(country="US", postcode="20500-0001", region="DC")


@pytest.mark.parametrize("text", ["a\x00 b", "a\x07 b", "a\nb", "a\u202e b", "\ufeffa b"])
@pytest.mark.parametrize("field", ["full_name", "line1", "city", "company"])
def test_drops_what_cannot_be_printed(field: str, text: str) -> None:
    form = AddressForm(GOOD | {field: text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == "a b"


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800", "\u200b \u3164"])
def test_asks_for_a_name_that_can_be_seen(blank: str) -> None:
    assert errors(full_name=blank).keys() == {"full_name"}


def test_takes_names_of_any_script() -> None:
    assert not errors(full_name="李小龙", city="Łódź", company="شركة")


@pytest.mark.parametrize("country", ["", "XX", "de"])
def test_refuses_an_unknown_country(country: str) -> None:
    assert "country" in errors(country=country)


def test_takes_a_telephone_number_of_an_east_asian_keyboard() -> None:
    form = AddressForm(GOOD | {"phone": "＋８１　３-１２３４-５６７８"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == "+81 3-1234-5678"


@pytest.mark.parametrize("phone", ["call me", "12", "<script>"])
def test_refuses_what_is_no_telephone_number(phone: str) -> None:
    assert "phone" in errors(phone=phone)


LINKS = ["You won: https://evil.example/x", "see WWW.evil.example", "evil.example/win", "evil.com"]
NAMES = ["St.John", "J.R.R. Tolkien", "Dr.Meier", "c/o A.Meier", "Flat 3/2", "Apt. 4"]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("field", ["full_name", "line1", "line2", "city", "region", "company"])
def test_refuses_a_web_address(field: str, link: str) -> None:
    form = AddressForm(GOOD | {field: link})
    # A company may be called after its domain.
    assert form.is_valid() == (field == "company" and link == "evil.com")
    assert form.errors.get(field, ["Enter this without a web address."]) == [
        "Enter this without a web address."
    ]


@pytest.mark.parametrize("name", NAMES)
def test_takes_names_with_dots_and_slashes(name: str) -> None:
    assert AddressForm(GOOD | {"full_name": name, "line2": name}).is_valid()


@pytest.mark.parametrize("link", LINKS)
def test_a_profile_has_no_web_address_either(link: str) -> None:
    assert not ProfileForm({"first_name": link, "last_name": "x"}).is_valid()
