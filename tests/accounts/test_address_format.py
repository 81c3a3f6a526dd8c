"""It lays an address out as on a parcel in its country, and loses nothing of it."""

import builtins
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.address_format import format_lines, is_postcode
from shop.countries import COUNTRIES, country_name

CODES = list(COUNTRIES)
PRINTED = ("full_name", "company", "line1", "line2", "postcode", "city", "region")
FULL = {
    "full_name": "Ada Lovelace",
    "company": "Engines Ltd",
    "line1": "1 Main St",
    "line2": "Floor 2",
    "phone": "+49 30 1234",
}


def lines_of(country: str, **fields: str) -> list[str]:
    return format_lines(FULL | {"country": country} | fields)


@pytest.mark.parametrize(
    ("country", "fields", "town"),
    [
        ("DE", {"postcode": "10969", "city": "Berlin"}, ["10969 Berlin"]),
        ("DE", {"postcode": "10969", "city": "Berlin", "region": "BE"}, ["10969 Berlin", "BE"]),
        ("GB", {"postcode": "W1U 4EF", "city": "London"}, ["London", "W1U 4EF"]),
        (
            "GB",
            {"postcode": "CT1 2EH", "city": "Canterbury", "region": "Kent"},
            ["Canterbury", "Kent", "CT1 2EH"],
        ),
        (
            "US",
            {"postcode": "94103", "city": "San Francisco", "region": "CA"},
            ["San Francisco, CA 94103"],
        ),
        ("US", {"postcode": "94103", "city": "San Francisco"}, ["San Francisco 94103"]),
        ("CA", {"postcode": "K1A 0B1", "city": "Ottawa", "region": "ON"}, ["Ottawa ON K1A 0B1"]),
        (
            "BR",
            {"postcode": "01310-100", "city": "São Paulo", "region": "SP"},
            ["São Paulo-SP", "01310-100"],
        ),
        ("BR", {"postcode": "01310-100", "city": "São Paulo"}, ["São Paulo", "01310-100"]),
        (
            "IE",
            {"postcode": "H91 X2F4", "city": "Galway", "region": "Co. Galway"},
            ["Galway", "Co. Galway", "H91 X2F4"],
        ),
        ("HK", {"city": "Central", "region": "Hong Kong Island"}, ["Central", "Hong Kong Island"]),
        (
            "HK",
            {"city": "Mong Kok", "region": "Kowloon", "postcode": "999077"},
            ["Mong Kok", "Kowloon", "999077"],
        ),
        (
            "CN",
            {"postcode": "100084", "city": "Haidian", "region": "Beijing"},
            ["Haidian", "Beijing, 100084"],
        ),
        (
            "JP",
            {"postcode": "100-0001", "city": "Chiyoda-ku", "region": "Tokyo"},
            ["Chiyoda-ku, Tokyo", "100-0001"],
        ),
        ("JP", {"postcode": "100-0001", "city": "Kyoto"}, ["Kyoto", "100-0001"]),
        (
            "ES",
            {"postcode": "28004", "city": "Madrid", "region": "Madrid"},
            ["28004 Madrid Madrid"],
        ),
        ("SG", {"postcode": "546080", "city": "Singapore"}, ["Singapore 546080"]),
        ("HR", {"postcode": "10000", "city": "Zagreb"}, ["10000 Zagreb"]),
        ("NZ", {"postcode": "6011", "city": "Wellington"}, ["Wellington 6011"]),
    ],
)
def test_puts_the_town_as_the_country_does(
    country: str, fields: dict[str, str], town: list[str]
) -> None:
    assert lines_of(country, company="", **fields) == [
        "Ada Lovelace",
        "1 Main St",
        "Floor 2",
        *town,
        country_name(country),
    ]


def test_puts_the_company_first_where_that_is_the_custom() -> None:
    assert lines_of("FR", postcode="69009", city="Lyon")[:2] == ["Engines Ltd", "Ada Lovelace"]


def test_puts_the_street_below_the_town_in_hungary() -> None:
    lines = lines_of("HU", postcode="1037", city="Budapest", line2="")
    assert lines[2:] == ["Budapest", "1 Main St", "1037", "Hungary"]


@pytest.mark.parametrize(
    ("country", "fields", "lines"),
    [
        (
            "JP",
            {
                "postcode": "100-0001",
                "region": "東京都",
                "city": "千代田区",
                "line1": "千代田1-1",
                "full_name": "山田太郎",
            },
            ["〒100-0001", "東京都", "千代田区", "千代田1-1", "山田太郎", "Japan"],
        ),
        (
            "CN",
            {
                "postcode": "100084",
                "region": "北京市",
                "city": "海淀区",
                "line1": "清华园1号",
                "full_name": "李小龙",
            },
            ["100084", "北京市海淀区", "清华园1号", "李小龙", "China"],
        ),
        (
            "HK",
            {"region": "九龍", "city": "旺角", "line1": "彌敦道1號", "full_name": "李小龙"},
            ["九龍", "旺角", "彌敦道1號", "李小龙", "Hong Kong"],
        ),
    ],
)
def test_goes_from_large_to_small_where_the_address_is_written_so(
    country: str, fields: dict[str, str], lines: list[str]
) -> None:
    assert lines_of(country, company="", line2="", **fields) == lines


def test_a_name_in_another_script_turns_nothing_round() -> None:
    lines = lines_of("CN", full_name="李小龙", city="Haidian", region="Beijing")
    assert lines[0] == "李小龙"


def test_takes_the_country_of_a_document_by_its_code() -> None:
    frozen = FULL | {"postcode": "W1U 4EF", "city": "London", "country": "Great Britain"}
    assert format_lines(frozen | {"country_code": "GB"})[-3:] == [
        "London",
        "W1U 4EF",
        "Great Britain",
    ]
    assert format_lines(frozen)[-2:] == ["W1U 4EF London", "Great Britain"]


def test_takes_an_address_of_which_little_is_known() -> None:
    assert format_lines({"full_name": "Bob"}) == ["Bob"]
    assert format_lines({"full_name": "Bob", "country": "US"}) == ["Bob", "United States"]


TEXTS = some.text(
    some.characters(categories=["L", "N", "P"]) | some.just(" "), min_size=1, max_size=12
).filter(lambda text: text == text.strip())


@pytest.mark.parametrize("country", [*CODES, "", "XX"])
@given(fields=some.dictionaries(some.sampled_from(PRINTED), TEXTS))
def test_loses_nothing(country: str, fields: dict[str, str]) -> None:
    lines = format_lines(fields | {"country": country, "phone": "+49 30 1234"})
    rest = "\n".join(lines)
    for text in sorted(fields.values(), key=len, reverse=True):
        assert text in rest
        rest = rest.replace(text, "", 1)
    assert all(line == line.strip() for line in lines)
    assert country_name(country) in lines or not country


@pytest.mark.parametrize("country", [*CODES, "XX"])
def test_prints_each_field_once_and_no_telephone(country: str) -> None:
    address = {name: f"<{name}>" for name in PRINTED} | {"country": country, "phone": "<phone>"}
    printed = re.findall(r"<(\w+)>", " ".join(format_lines(address)))
    assert sorted(printed) == sorted(PRINTED)


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("CH", "0800"), ("BE", "0123"), ("GB", "GIR 0AAX"), ("LI", "9485X"), ("US", "२०५००")],
)
def test_refuses_postcodes_that_the_data_would_let_through(country: str, postcode: str) -> None:
    assert not is_postcode(postcode, country)


def test_takes_any_postcode_of_a_country_without_any() -> None:
    assert is_postcode("ANYTHING", "HK")
    assert is_postcode("", "HK")


def test_reads_no_file_for_a_country_that_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    format_lines({"country": "NO", "city": "Oslo"})
    monkeypatch.delattr(builtins, "open")
    assert format_lines({"country": "NO", "city": "Oslo"}) == ["Oslo", "Norway"]
    assert is_postcode("0150", "NO")
