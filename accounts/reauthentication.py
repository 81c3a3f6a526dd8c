"""Asks signed-in staff for their password again before what would do the most harm."""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse

#: Headers that sign somebody in, as they are called in `request.META`.
CREDENTIALS = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")
#: How many characters of a form are kept while the password is asked for.
MAX_FORM = 16_000


def require_recent_password(request: HttpRequest) -> None:
    """Let those pass who entered their password within STAFF_PASSWORD_MINUTES.

    Raises ReauthenticationRequired for others. allauth then asks for the password, comes back to
    this page, and submits again the form that was submitted.
    """
    moments = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record["method"] == "password"
    ]
    if time.time() - max(moments, default=0.0) > settings.STAFF_PASSWORD_MINUTES * 60:
        raise ReauthenticationRequired


class PasswordAgainMixin(ModelAdmin):
    """Asks for the password before a row is added, changed or deleted: when the form is opened."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before an action with selected rows."""
        if request.method == "POST":
            require_recent_password(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Ask those who may save the form."""
        adds = object_id is None
        if self.has_add_permission(request) if adds else self.has_change_permission(request):
            require_recent_password(request)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before the confirmation."""
        require_recent_password(request)
        return super().delete_view(request, object_id, extra_context)
