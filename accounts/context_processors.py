"""What every template knows of the session."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.sessions import is_unavailable


def session(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Return whether the session could not be read.

    It is a function, so that it is asked only where it is shown. A template's
    `request.session.unavailable` would first look for a key of that name, and so read the session
    of everybody who has one.
    """
    current = getattr(request, "session", None)
    return {"session_is_away": lambda: is_unavailable(current)}
