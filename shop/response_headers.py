"""Headers that every response has: who may keep it, and what its page may load."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

#: Directives of a Content-Security-Policy with the origins that they allow.
Sources = Mapping[str, Sequence[str]]


class ResponseHeadersMiddleware:
    """Adds the headers that a response lacks.

    A page differs by cookie, and by whether htmx asks for a part of it. Nobody but the browser may
    keep it, unless its view says otherwise. Comes before all middleware that answers by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Cache-Control", "private, no-cache")
        if "public" not in headers["Cache-Control"]:
            if headers.get("Vary", "Cookie") == "Cookie":
                headers["Vary"] = "Cookie, HX-Request"  # as below, at half the cost
            else:
                patch_vary_headers(response, ("Cookie", "HX-Request"))
        # Django's pages of an error in DEBUG have inline styles and scripts.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            headers.setdefault("Content-Security-Policy", _policy_of(response))
        return response


def allow_sources(response: HttpResponseBase, sources: Sources) -> None:
    """Let a page load from more than the shop itself."""
    response.allowed_sources = sources  # type: ignore[attr-defined]


def _policy_of(response: HttpResponseBase) -> str:
    sources = getattr(response, "allowed_sources", None)
    return build_policy(update=dict(sources)) if sources else _common_policy()


@cache
def _common_policy() -> str:
    """Return the policy of all other pages. Building it costs as much as a small query."""
    return build_policy()
