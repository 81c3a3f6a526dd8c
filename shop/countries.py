"""The countries of ISO 3166-1, by the English names of Unicode's CLDR (from babel)."""

import re
import unicodedata

from babel import Locale

# What the CLDR names besides: unions, parts of countries, and codes for tests. Kosovo's XK stays,
# which ISO leaves to its users, because carriers use it.
_NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
_SHORT_NAMES = {"HK": "Hong Kong", "MO": "Macao"}
# Names that need an article within a sentence.
_WITH_ARTICLE = re.compile(
    r"(Islands|Territor(y|ies)|Emirates|Republic|United (Kingdom|States)|Netherlands|Philippines|"
    r"Bahamas|Gambia|Maldives|Comoros|Seychelles|Isle of Man)\b"
)


def _find_countries() -> dict[str, str]:
    names = Locale.parse("en").territories
    found = {
        code: _SHORT_NAMES.get(code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return dict(sorted(found.items(), key=lambda country: _without_accents(country[1])))


def _without_accents(name: str) -> str:
    """Return a name for sorting, so that the Åland Islands aren't behind Zimbabwe."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


#: The name of each country by its code (alpha-2), in alphabetical order.
COUNTRIES = _find_countries()


def country_choices() -> list[tuple[str, str]]:
    """Return code and name of each country.

    A function, so that a new name in the CLDR isn't a new migration.
    """
    return list(COUNTRIES.items())


def country_name(code: str) -> str:
    """Return the name of a country, or the text as it is where it is no code that we know."""
    return COUNTRIES.get(code, code)


def in_sentence(code: str) -> str:
    """Return the name of a country as it stands within a sentence: `the United States`."""
    name = country_name(code)
    return f"the {name}" if _WITH_ARTICLE.search(name) else name
