"""Limits on what strangers may try: so many attempts in so many seconds, for each who tries.

The limits are `LIMITS` in the settings. Attempts are counted in PostgreSQL, with one statement, so
that all processes see the same count and two attempts never count as one. Call it outside of
transactions: a rollback would undo the count, and others would wait for the row.
docs/decisions/0021-limits.md explains the choice of the store and the numbers.
"""

import ipaddress
import math
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from shop.client_address import client_address
from shop.errors import DomainError

# `statement_timestamp()`, because the clocks of the web servers differ.
_ADD = """
INSERT INTO shop_attempts AS known (key, count, ends_at)
VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.ends_at <= statement_timestamp() THEN excluded.count
        ELSE greatest(known.count + %s, 0) END,
    ends_at = CASE WHEN known.ends_at <= statement_timestamp() THEN excluded.ends_at
        ELSE known.ends_at END
RETURNING key, count, extract(epoch FROM ends_at - statement_timestamp())
"""
_ROW = "(%s, %s, statement_timestamp() + %s * interval '1 second')"


class TooManyAttempts(DomainError):
    """A limit is reached.

    After `retry_after` seconds it no longer is; `wait` says so in words, such as `10 minutes`.
    """

    code = "too_many_attempts"

    sentence = "Too many attempts. Please try again in {wait}."

    def __init__(self, retry_after: float) -> None:
        self.retry_after = max(math.ceil(retry_after), 1)
        self.wait = _words(self.retry_after)
        super().__init__(self.sentence.format(wait=self.wait))


def count_attempt(action: str, **subjects: str) -> None:
    """Count an attempt for each subject, such as `address="192.0.2.7"`. Raises TooManyAttempts.

    `LIMITS` has a limit `<action>.<subject>` for each. A subject that is unknown ("") is not
    counted.
    """
    counts = _add(1, action, subjects)
    waits = [seconds for limit, count, seconds in counts if count > limit]
    if waits:
        raise TooManyAttempts(max(waits))


def guard(request: HttpRequest, action: str, **subjects: str) -> None:
    """Count an attempt of a request, also for its client's address. Raises TooManyAttempts.

    The request is then answered with 429 and Retry-After, whatever page its view shows.
    """
    try:
        count_attempt(action, address=client_address(request), **subjects)
    except TooManyAttempts as error:
        mark_refused(request, error)
        raise


def forgive(request: HttpRequest, action: str, **subjects: str) -> None:
    """Take back what `guard()` has counted, for what has turned out well."""
    forgive_attempt(action, address=client_address(request), **subjects)


def forgive_attempt(action: str, **subjects: str) -> None:
    """Take back an attempt that has turned out well, so that only failures count."""
    _add(-1, action, subjects)


def subject_keys(action: str, **subjects: str) -> dict[str, str]:
    """Return a key for each known subject under which its attempts are counted.

    A key doesn't tell whom it stands for: neither addresses nor emails are stored.
    """
    return {
        kind: _subject_key(f"{action}.{kind}", _network(who) if kind == "address" else who)
        for kind, who in subjects.items()
        if who
    }


def _network(address: str) -> str:
    """Return an IPv4 address, or the /64 of an IPv6 address, which is what one household has."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def _subject_key(name: str, who: str) -> str:
    return salted_hmac("shop.limiter", f"{name}:{who}", algorithm="sha256").hexdigest()[:32]


def _add(attempts: int, action: str, subjects: dict[str, str]) -> list[tuple[int, int, float]]:
    """Return (limit, attempts so far, seconds until they are forgotten) for each subject."""
    limits = {
        key: limit
        for kind, key in subject_keys(action, **subjects).items()
        if (limit := settings.LIMITS[f"{action}.{kind}"]) is not None
    }
    if not limits:
        return []
    # Sorted, because two statements that lock the same rows in different orders wait for ever.
    rows = [(key, max(attempts, 0), limits[key][1]) for key in sorted(limits)]
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD.format(rows=", ".join([_ROW] * len(rows))),
            [value for row in rows for value in row] + [attempts],
        )
        return [
            (limits[key][0], count, float(seconds)) for key, count, seconds in cursor.fetchall()
        ]


def clear_expired_attempts() -> None:
    """Delete the rows of attempts that no longer count."""
    with connection.cursor() as cursor:
        # SKIP LOCKED: a row that is being counted is not expired any more.
        cursor.execute(
            "DELETE FROM shop_attempts WHERE key IN (SELECT key FROM shop_attempts"
            " WHERE ends_at < statement_timestamp() FOR UPDATE SKIP LOCKED)"
        )


def _words(seconds: int) -> str:
    """Return a duration as people say it, rounded up: `45 seconds`, `10 minutes`, `3 hours`."""
    unit, size = ("second", 1) if seconds < 60 else ("minute", 60)
    if seconds > 5400:
        unit, size = "hour", 3600
    count = math.ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


class LimitMiddleware:
    """Answers 429 where a limit was reached.

    A view that shows the refused form again, with the error, answers as usual. One that lets the
    error out gets a page that says when to try again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        error: TooManyAttempts | None = getattr(request, "refused_attempt", None)
        if error is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the page for too many attempts; ignore other exceptions."""
        if not isinstance(exception, TooManyAttempts):
            return None
        return too_many_attempts(request, exception)


def mark_refused(request: HttpRequest, error: TooManyAttempts) -> None:
    """Have this request answered with 429 and Retry-After, whatever its page is."""
    request.refused_attempt = error  # type: ignore[attr-defined]


def too_many_attempts(
    request: HttpRequest, error: TooManyAttempts | None = None, back: str = ""
) -> HttpResponse:
    """Return the page for too many attempts; allauth calls it for its own limits, per minute.

    `back` is the URL of a page that shows the error beside its form. htmx goes there at once.
    """
    error = error or TooManyAttempts(60)
    mark_refused(request, error)
    response = render(request, "429.html", {"error": error, "back": back}, status=429)
    if back:
        # Without the fragment, with which a browser stays on a page that it shows already.
        response.headers["HX-Redirect"] = back.partition("#")[0]
    return response
