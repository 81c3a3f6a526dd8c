"""Text as it comes in: one form for what people mean, whatever was typed, pasted or sent.

Everything that people write passes through here once, where it comes in: forms by shop/forms.py,
columns by shop/fields.py. What is stored can then be compared, counted and printed as it is. Text
without a visible character is empty, so that `required` needs no rule of its own.
"""

import re
import unicodedata

# Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt), which shows nothing:
# soft hyphen, zero-width space, byte order mark, controls of direction, Hangul fillers, tags. Left
# out are the joiners, see below, and the variation selectors, which choose the form of an emoji or
# of a letter in a Japanese name. Added are the empty Braille pattern and the object replacement
# character, which shows nothing either.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# All control characters but tabs and those that begin a line; halves of surrogate pairs, which no
# encoding can store.
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
_DROPPED = re.compile(f"[{_INVISIBLE}{_CONTROLS}]")
_NEWLINE = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Persian words, Indic letters and emoji are spelt with joiners: after a character of the scripts
# from Hebrew to Tai Tham and of their later blocks, or after an emoji. Elsewhere, and one after
# another, they show nothing.
_STRAY_JOINER = re.compile(
    "(?<![\u0590-\u1aff\u2190-\u2bff\ua800-\uabff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001f000-\U0001faff])[\u200c\u200d]"
)
# Categories of letters, numbers, punctuation and symbols. A mark alone has nothing to stand on.
_VISIBLE = frozenset("LNPS")


def clean_text(text: str) -> str:
    """Return text of several lines: composed (NFC), lines ended by "\\n", nothing invisible.

    Spaces around it are removed; text without a visible character becomes "".
    """
    text = _STRAY_JOINER.sub("", _DROPPED.sub("", _NEWLINE.sub("\n", text)))
    text = unicodedata.normalize("NFC", text).strip()
    return text if _has_visible(text) else ""


def clean_line(text: str) -> str:
    """Return text of a single line: as clean_text(), with one space for each run of whitespace."""
    return " ".join(clean_text(text).split())


def clean_number(text: str) -> str:
    """Return a line of digits and signs, such as a phone number or a postcode.

    Compatibility forms become plain letters and digits (NFKC): full-width ones of East Asian
    keyboards, for example.
    """
    return clean_line(unicodedata.normalize("NFKC", text))


def clean_code(text: str) -> str:
    """Return a code that people copy, such as a voucher's: as a number, upper case, no spaces."""
    return "".join(clean_number(text).split()).upper()


def _has_visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] in _VISIBLE for character in text)
