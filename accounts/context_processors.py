"""Template variables about the session."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.sessions import is_unavailable


def session(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Return a function that tells whether the session could not be read.

    It is a function so that it runs only where a template uses it. A template's
    `request.session.unavailable` would first look up a key of that name, and so read the session of
    every visitor who has one.
    """
    current = getattr(request, "session", None)
    return {"session_unavailable": lambda: is_unavailable(current)}
