"""The page on which customers download their data or delete their account."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from orders.personal_data.erase import CannotErase, erase
from orders.personal_data.export import export
from orders.personal_data.subject import Subject


class DeleteForm(forms.Form):
    """Asks whether the customer means it."""

    sure = forms.BooleanField(
        label="I understand that this can't be undone.",
        error_messages={"required": "Please tick the box to delete your account."},
    )


@never_cache
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def personal_data(request: HttpRequest) -> HttpResponse:
    """Offer the download; delete the account once that is confirmed."""
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        email = user.email
        try:
            erase(Subject(email, user), session_key=request.session.session_key)
        except CannotErase as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            get_adapter(request).send_mail("account/email/account_erased", email, {})
            messages.success(request, "Your account has been deleted.")
            return redirect("catalog:home")
    return render(request, "orders/personal_data.html", {"form": form})


@never_cache
@login_required
@reauthentication_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Return everything the shop knows about the customer, as a JSON file."""
    user = cast(User, request.user)
    response = JsonResponse(
        export(Subject(user.email, user)), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    name = f"personal-data-{timezone.localdate().isoformat()}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
