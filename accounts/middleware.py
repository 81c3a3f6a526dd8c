"""The session middleware: it tells the session store whose request it is, and says plainly when
there is no store.
"""

import logging
from typing import cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from pynamodb.exceptions import PynamoDBException

from accounts.sessions import SessionStore
from shop.dynamo.table import StoreUnavailable

logger = logging.getLogger(__name__)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, and more: who opened a session is written with it, a session in use lives on."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer plainly when a page could not do without DynamoDB; every other exception goes its
        way.
        """
        if not isinstance(exception, PynamoDBException | StoreUnavailable):
            return None
        logger.error("DynamoDB was away for %s.", request.path, exc_info=exception)
        return _unavailable(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Describe a changed session, then let Django save it; one that cannot be saved is a plain
        503.
        """
        try:
            self._prepare(request)
            return super().process_response(request, response)
        except (PynamoDBException, StoreUnavailable):
            logger.exception("A session could not be written.")
            return _unavailable(request)

    def _prepare(self, request: HttpRequest) -> None:
        session = cast(SessionStore, request.session)
        if not session.accessed or session.is_empty() or session.unavailable:
            return
        if session.modified or session.is_half_over():
            session.modified = True
            session.client = describe(request)
            if SESSION_KEY in session:
                session.setdefault("login_timestamp", timezone.now().isoformat())
        else:
            session.touch()


def _unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/unavailable.html", status=503)


def describe(request: HttpRequest) -> dict[str, str]:
    """Return email, browser and ip_address of a request, as a session's metadata shows them."""
    user = getattr(request, "user", None)
    return {
        "email": user.email if user is not None and user.is_authenticated else "",
        "browser": request.headers.get("User-Agent", "")[:200],
        "ip_address": client_ip(request),
    }


def client_ip(request: HttpRequest) -> str:
    """Return the shopper's address: the peer's, or what the last of our trusted proxies says
    of it.
    """
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [
        part.strip()
        for part in request.headers.get("X-Forwarded-For", "").split(",")
        if part.strip()
    ]
    return (
        forwarded[-count][:45]
        if 0 < count <= len(forwarded)
        else request.META.get("REMOTE_ADDR", "")
    )
