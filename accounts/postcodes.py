"""How postcodes look, where it is simple to say. Elsewhere anything is taken."""

import re

# Country: pattern, example. Patterns match upper-case text with single spaces.
POSTCODES: dict[str, tuple[str, str]] = {
    "AT": (r"[1-9]\d{3}", "1010"),
    "AU": (r"\d{4}", "2000"),
    "BE": (r"[1-9]\d{3}", "1000"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "CH": (r"[1-9]\d{3}", "8001"),
    "CZ": (r"\d{3} ?\d{2}", "110 00"),
    "DE": (r"\d{5}", "10115"),
    "DK": (r"\d{4}", "1050"),
    "ES": (r"\d{5}", "28001"),
    "FI": (r"\d{5}", "00100"),
    "FR": (r"\d{5}", "75001"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "IT": (r"\d{5}", "00118"),
    "LI": (r"94\d{2}", "9490"),
    "LU": (r"\d{4}", "1009"),
    "NL": (r"[1-9]\d{3} ?[A-Z]{2}", "1012 AB"),
    "NO": (r"\d{4}", "0150"),
    "PL": (r"\d{2}-\d{3}", "00-001"),
    "PT": (r"\d{4}-\d{3}", "1000-001"),
    "SE": (r"\d{3} ?\d{2}", "111 20"),
    "US": (r"\d{5}(-\d{4})?", "20500"),
}


def tidy(postcode: str) -> str:
    """Return a postcode in upper case with single spaces."""
    return " ".join(postcode.upper().split())


def fits(postcode: str, country: str) -> bool:
    """Say whether a tidy postcode may be one of the country (ISO code)."""
    pattern, _ = POSTCODES.get(country, (".*", ""))
    return re.fullmatch(pattern, postcode, re.ASCII) is not None


def example(country: str) -> str:
    """Return a postcode of the country, to show; empty where we know none."""
    return POSTCODES.get(country, ("", ""))[1]
