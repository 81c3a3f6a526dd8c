"""Descriptions: HTML from elsewhere, cleaned for our pages."""

import html
import re

import nh3

ALLOWED = {
    "p": set(),
    "br": set(),
    "hr": set(),
    "strong": set(),
    "b": set(),
    "em": set(),
    "i": set(),
    "u": set(),
    "sub": set(),
    "sup": set(),
    "ul": set(),
    "ol": set(),
    "li": set(),
    "dl": set(),
    "dt": set(),
    "dd": set(),
    "h2": set(),
    "h3": set(),
    "h4": set(),
    "blockquote": set(),
    "table": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "a": {"href", "title"},
}
#: Wrappers that other shops put around their texts. Removing these tags loses nothing of the text.
WRAPPER_TAGS = {
    "div",
    "span",
    "font",
    "h1",
    "h5",
    "h6",
    "meta",
    "section",
    "article",
    "html",
    "body",
    "head",
}
SCHEMES = {"http", "https", "mailto", "tel"}
TAG = re.compile(r"<[^>]*>")
TAG_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)")

_cleaner = nh3.Cleaner(tags=set(ALLOWED), attributes=ALLOWED, url_schemes=SCHEMES)


def clean_html(text: str) -> str:
    """Return HTML that is safe on our pages: text, lists, tables and links.

    Everything else is removed. Cleaning what is already clean changes nothing.
    """
    return _cleaner.clean(text).strip()


def lost_tags(text: str) -> list[str]:
    """Return the names of meaningful elements that `clean_html` removes, such as `img`."""
    names = {name.lower() for name in TAG_NAME.findall(text)}
    return sorted(names - set(ALLOWED) - WRAPPER_TAGS)


def as_text(text: str) -> str:
    """Return cleaned HTML as plain text on one line."""
    return " ".join(html.unescape(TAG.sub(" ", text)).split())
