"""The kinds of values that environment variables have, each with an example.

None of them needs Django's settings, which are read with them.
"""

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import environ
from PIL import Image

from shop.countries import COUNTRIES
from shop.currencies import currency_fault
from shop.email_address import InvalidEmail, clean_email
from shop.environment import Kind

T = TypeVar("T")

_FLAGS = {"true": True, "yes": True, "on": True, "1": True}
_FLAGS |= {"false": False, "no": False, "off": False, "0": False}
_LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_NEW_SECRET = "$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"  # noqa: S105


def _like(example: str) -> Callable[[Callable[[str], T]], Kind[T]]:
    """Return a decorator that makes a parser a kind, of which this is an example."""
    return lambda parse: Kind(parse, example)


def line(most: int, example: str) -> Kind[str]:
    """Any text of at most so many characters."""

    def parse(value: str) -> str:
        if len(value) > most:
            raise ValueError(f"It has {len(value)} characters; {most} are the most.")
        return value

    return Kind(parse, example)


@_like("true")
def flag(value: str) -> bool:
    """Return a yes or no; Python's own rule would take `flase` for true."""
    if value.lower() not in _FLAGS:
        raise ValueError("It should be true or false.")
    return _FLAGS[value.lower()]


def whole(least: int, most: int) -> Kind[int]:
    """A whole number from `least` to `most`."""

    def parse(value: str) -> int:
        # int() would also take "1_000" and the digits of other scripts.
        if not re.fullmatch(r"-?[0-9]{1,18}", value) or not least <= int(value) <= most:
            raise ValueError(f"It should be a whole number from {least} to {most}.")
        return int(value)

    return Kind(parse, str(max(least, min(30, most))))


@_like("100.00")
def amount(value: str) -> Decimal:
    """Return an amount of money; it is not negative."""
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,3})?", value):
        raise ValueError("It should be an amount of money without a currency.")
    return Decimal(value)


@_like("30/10")
def attempts(value: str) -> tuple[int, int] | None:
    """Return a limit as attempts and seconds, or None if it is off."""
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", value)
    if not found or not int(found[1]) or not int(found[2]):
        raise ValueError("It should be attempts and seconds, or off.")
    return int(found[1]), int(found[2])


def choice(*allowed: str) -> Kind[str]:
    """One of these words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"It should be {' or '.join(allowed)}.")
        return value

    return Kind(parse, allowed[0])


def listed(kind: Kind[T], separator: str = ",") -> Kind[list[T]]:
    """A list of different values of a kind; empty entries are dropped."""

    def parse(value: str) -> list[T]:
        entries = dict.fromkeys(entry.strip() for entry in value.split(separator))
        values = [kind.parse(entry) for entry in entries if entry]
        if not values:
            raise ValueError("It has no entry.")
        return values

    return Kind(parse, kind.example)


@_like(_NEW_SECRET)
def secret_key(value: str) -> str:
    """Return a key that is hard to guess, by the rules of Django's check security.W009."""
    if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
        raise ValueError("It is too simple; it should be 50 random characters or more.")
    return value


def prefixed(*prefixes: str) -> Kind[str]:
    """A key that begins with one of these prefixes."""

    def parse(value: str) -> str:
        if not value.startswith(prefixes) or not value.isascii() or " " in value:
            raise ValueError(f"It should begin with {' or '.join(prefixes)}.")
        return value

    return Kind(parse, f"{prefixes[0]}...")


@_like("shop.example,www.shop.example")
def hosts(value: str) -> list[str]:
    """Return host names; one that begins with a dot stands for all of its subdomains."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:
        raise ValueError("It has no entry.")
    for name in names:
        if name == "*":
            raise ValueError("With * the shop would believe any name that a visitor sends.")
        if not _HOST.fullmatch(name.removeprefix(".")) and not _is_ipv6(name):
            raise ValueError(
                "It should be host names without scheme, port and path, in Punycode beyond ASCII, "
                "separated by commas."
            )
    return names


def _is_ipv6(name: str) -> bool:
    try:
        return name[0] + name[-1] == "[]" and ipaddress.ip_address(name[1:-1]).version == 6
    except ValueError:
        return False


@_like("https://service.example")
def origin(value: str) -> str:
    """Return the address of a service that has no path, without a slash at its end."""
    if _split_url(value).path.strip("/"):
        raise ValueError("It has a path; it should end with the host name or the port.")
    return value.rstrip("/")


@_like("https://images.shop.example")
def public_url(value: str) -> str:
    """Return an address for browsers, without a slash at its end.

    Only addresses of this machine and of private networks may begin with http://.
    """
    parts = _split_url(value)
    if parts.scheme != "https" and not _is_private(parts.hostname or ""):
        raise ValueError("It should begin with https://.")
    return value.rstrip("/")


@_like("https://shop.example")
def public_origin(value: str) -> str:
    """Return an address for browsers that has no path."""
    return public_url.parse(origin.parse(value))


def _is_private(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_private
    except ValueError:
        return False


def _split_url(value: str) -> SplitResult:
    """Return the parts of an address that is safe in headers, links and policies."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https"):
        raise ValueError("It should begin with https://.")
    name = parts.hostname or ""
    if not _HOST.fullmatch(name) and ":" not in name:
        raise ValueError("It should have a host name, in Punycode beyond ASCII.")
    if parts.port == 0:  # a wrong port is a ValueError with words of its own
        raise ValueError("Port out of range 0-65535")
    if parts.username is not None or re.search(r"[?#\s;,'\"\\<>*]", value):
        raise ValueError("It should have neither a user nor any of the characters ? # ; , * ' \" <")
    return parts


@_like("shop@shop.example")
def email(value: str) -> str:
    """Return an email address that SES sends to and from."""
    try:
        return clean_email(value)
    except InvalidEmail as error:
        raise ValueError("It should be an email address.") from error


@_like("EUR")
def currency(value: str) -> str:
    """Return the code of a currency that a shop can have."""
    if fault := currency_fault(value):
        raise ValueError(fault)
    return value


@_like("DE")
def country(value: str) -> str:
    """Return a country's code in ISO 3166."""
    if value not in COUNTRIES:
        raise ValueError("It should be a country's code in ISO 3166, in capital letters.")
    return value


@_like("Europe/Berlin")
def time_zone(value: str) -> str:
    """Return the name of a time zone of the IANA."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # unknown, no name, or only half of one
        raise ValueError("It should be the IANA's name of a time zone.") from error
    return value


@_like("trivet")
def project(value: str) -> str:
    """Return the first part of the names of tables, queues and buckets."""
    # The longest name of a bucket adds 18 characters, and 63 are the most.
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
        raise ValueError("It should have at most 40 small letters, digits and hyphens.")
    return value


@_like("eu-central-1")
def region(value: str) -> str:
    """Return the name of a region of AWS."""
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}", value):
        raise ValueError("It should be the name of a region.")
    return value


@_like("shop-images")
def bucket(value: str) -> str:
    """Return the name of an S3 bucket."""
    if not _BUCKET.fullmatch(value):
        raise ValueError("It should be 3 to 63 small letters, digits, dots and hyphens.")
    return value


@_like("INFO")
def log_level(value: str) -> str:
    """Return the name of a level of logging."""
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("It should be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return value.upper()


@_like("/etc/trivet/certificates.pem")
def file(value: str) -> str:
    """Return the path of a file that can be read."""
    try:
        Path(value).open("rb").close()
    except OSError as error:
        raise ValueError(f"The file cannot be read: {error.strerror}.") from error
    return value


@_like("/etc/trivet/logo.png")
def picture(value: str) -> str:
    """Return the path of a PNG or JPEG file."""
    try:
        with Image.open(file.parse(value), formats=["PNG", "JPEG"]) as image:
            image.load()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("The file is no PNG or JPEG, or it is damaged.") from error
    return value


@_like("postgres://user:password@host:5432/name")
def database(value: str) -> dict[str, Any]:
    """Return the address of a PostgreSQL database as an entry of DATABASES."""
    if urlsplit(value).scheme not in ("postgres", "postgresql"):
        raise ValueError("It should be the address of a PostgreSQL database.")
    try:
        config: dict[str, Any] = environ.Env.db_url_config(value)
    except ValueError:
        raise ValueError("It has a port that is none.") from None  # the reason quotes the password
    if not config.get("NAME"):
        raise ValueError("It should end with the name of a database.")
    return config
