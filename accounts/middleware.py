"""The session middleware, which tells the session store whose request it is."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, which adds to a session that is about to be written who opened it, from where, and when."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Describe a changed session, then let Django save it."""
        if request.session.modified and not request.session.is_empty():
            request.session.client = describe(request)
            if SESSION_KEY in request.session:
                request.session.setdefault("login_timestamp", timezone.now().isoformat())
        return super().process_response(request, response)


def describe(request: HttpRequest) -> dict[str, str]:
    """Return email, browser and ip_address of a request, as a session's metadata shows them."""
    user = getattr(request, "user", None)
    return {
        "email": user.email if user is not None and user.is_authenticated else "",
        "browser": request.headers.get("User-Agent", "")[:200],
        "ip_address": request.META.get("REMOTE_ADDR", ""),
    }
