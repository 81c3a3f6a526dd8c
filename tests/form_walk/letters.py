"""Text of eight scripts in any length, as keyboards and clipboards send it."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import count

from shop.email_address import clean_email
from shop.text import clean_line

#: Accents are typed as characters of their own where NFD takes them apart: the first three.
WORDS = {
    "Latin": "Crèmebrûléeñandú",
    "Greek": "Αλέξανδροςύψιλον",
    "Cyrillic": "Андрейёжикмайский",
    "Arabic": "محمدمی\u200cخواهم",
    "Hebrew": "שָׁלוֹםעולם",
    "Thai": "น้ำผึ้งกรุงเทพ",
    "Devanagari": "क्षमाहिन्दीक्\u200dष",
    "CJK and emoji": "山田太郎東京𠮷野家👩\u200d👩\u200d👧❤️",
}
LATIN = "Latin"
_SEEDS = count(100)


@dataclass(frozen=True)
class Typed:
    """What is sent, and what is to be kept of it."""

    sent: str
    kept: str


def text(script: str, length: int, *, lines: bool = False) -> Typed:
    """Return text that has `length` characters once it is clean; no two are the same."""
    word = WORDS[script] + ("\n" if lines else "")
    kept = _grow(f"{next(_SEEDS)}{word}", length)
    assert len(kept) == length
    sent = unicodedata.normalize("NFD", kept).replace("\n", "\r\n")
    assert clean_line(sent) == " ".join(kept.split())
    # Invisible characters around it count for nothing.
    return Typed(f"\ufeff{sent}\u200b", kept)


def email(script: str, limit: int, *, over: bool = False) -> Typed:
    """Return an address: of the longest kind for Latin, with a domain in other scripts.

    One over the limit, the other scripts have their letters before the @, where SES takes none.
    """
    seed = str(next(_SEEDS))
    if script == LATIN:
        domain = ".".join(["b" * 60] * 3) + ".example"
        local = "a" * (limit - len(domain) - 1 - len(seed) + over)
        return Typed(f" {seed}{local.upper()}@{domain}", f"{seed}{local}@{domain}")
    word = re.sub("[\u200c\u200d]", "", WORDS[script]).lower()[:8]
    if over:
        return Typed(f"{word}{seed}@shop.example", "")
    # clean_email() decomposes some Thai letters, as IDNA wants it.
    sent = unicodedata.normalize("NFD", f"{seed}@{word}.example")
    return Typed(sent, clean_email(sent))


def web_address(script: str, length: int) -> Typed:
    """Return the address of a page with letters of a script in its path."""
    start = "https://shop.example/"
    path = text(script, length - len(start))
    return Typed(f" {start}{path.sent}", start + path.kept)


def _grow(word: str, length: int) -> str:
    """Repeat a word up to a length, without a joiner or a mark that stands at the end alone."""
    grown = (word * (length // len(word) + 1))[:length]
    if unicodedata.category(grown[-1]) in {"Cc", "Cf", "Mn", "Mc"}:
        grown = grown[:-1] + "7"
    return grown
