"""The session middleware.

It tells the session store about the request, and answers with a plain page if the store is
unavailable.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from pynamodb.exceptions import PynamoDBException

from accounts.reauthentication import CREDENTIALS, MAX_FORM
from accounts.sessions import SessionStore
from shop.client_address import client_address
from shop.dynamo.table import StoreUnavailable

logger = logging.getLogger(__name__)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's session middleware, with three additions.

    A session records who opened it, one that is in use is prolonged, and one of staff has an end.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with a plain 503 if a view failed because of DynamoDB; ignore other exceptions."""
        if not isinstance(exception, PynamoDBException | StoreUnavailable):
            return None
        logger.error("DynamoDB was away for %s.", request.path, exc_info=exception)
        return _unavailable(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Describe a changed session and let Django save it; answer with a 503 if that fails."""
        try:
            self._prepare(request)
            return super().process_response(request, response)
        except (PynamoDBException, StoreUnavailable):
            logger.exception("A session could not be written.")
            return _unavailable(request)

    def _prepare(self, request: HttpRequest) -> None:
        session = cast(SessionStore, request.session)
        # An unread session must stay unread: for pages that do not use it, a DynamoDB call would be
        # a cost without benefit.
        if not session.accessed or session.is_empty() or session.unavailable:
            return
        if session.modified or session.is_half_over():
            # Django saves only modified sessions, and only a save moves the expiry date.
            session.modified = True
            session.client = describe(request)
            if SESSION_KEY in session:
                session.setdefault("login_timestamp", timezone.now().isoformat())
            if session.client["email"] and request.user.is_staff:
                _limit_to_staff(session)
        else:
            session.touch()


def _limit_to_staff(session: SessionStore) -> None:
    """Let the session end STAFF_SESSION_HOURS after the login, however much it is used."""
    signed_in_at = datetime.fromisoformat(session["login_timestamp"])
    session.set_expiry(signed_in_at + timedelta(hours=settings.STAFF_SESSION_HOURS))


class ReauthenticationMiddleware:
    """Keeps credentials out of the session while a user is asked for the password again.

    allauth's own middleware then stores the request, to submit its form afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Forget the cookies; forget a large form as well, since a session holds no such thing."""
        if not isinstance(exception, ReauthenticationRequired):
            return None
        for header in CREDENTIALS:
            request.META.pop(header, None)
        if len(request.POST.urlencode()) > MAX_FORM:
            return redirect_to_login(request.path, reverse("account_reauthenticate"))
        return None


def _unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/unavailable.html", status=503)


def describe(request: HttpRequest) -> dict[str, str]:
    """Return email, browser and ip_address of a request, as they are stored with a session."""
    user = getattr(request, "user", None)
    return {
        "email": user.email if user is not None and user.is_authenticated else "",
        # Headers are of any length, and each KB of an item is billed.
        "browser": request.headers.get("User-Agent", "")[:200],
        "ip_address": client_address(request),
    }
