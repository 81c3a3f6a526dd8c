"""For development only: shows the mails that the emulated SES has accepted, at /dev/mail/."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Mail:
    """A mail as SES accepted it."""

    id: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str


def mails() -> list[Mail]:
    """Return all mails, newest first."""
    with urlopen(f"{settings.AWS_ENDPOINT_URL}/_ministack/ses/messages", timeout=5) as answer:  # noqa: S310 - our own
        by_account: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
    found = [_mail(message) for messages in by_account.values() for message in messages]
    return sorted(found, key=lambda mail: mail.sent_at, reverse=True)


def _mail(message: dict[str, Any]) -> Mail:
    return Mail(
        id=message["MessageId"],
        to=", ".join(message.get("To", [])),
        subject=message.get("Subject") or "(no subject)",
        sent_at=datetime.fromtimestamp(message["Timestamp"], UTC),
        text=message.get("BodyText") or "",
        html=message.get("BodyHtml") or "",
    )


def _find(mail_id: str) -> Mail:
    for mail in mails():
        if mail.id == mail_id:
            return mail
    raise Http404


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/dev_mail_list.html", {"mails": mails()})


@require_safe
@never_cache
def mail_detail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show one mail, its HTML in a frame."""
    return render(request, "shop/dev_mail.html", {"mail": _find(mail_id)})


@require_safe
@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show only the HTML of a mail, with scripts disabled."""
    answer = HttpResponse(_find(mail_id).html)
    answer["Content-Security-Policy"] = (
        "sandbox allow-popups; default-src 'none'; img-src *; style-src 'unsafe-inline'"
    )
    return answer


def urls() -> list[URLPattern]:
    """Return the URL patterns; none unless DEBUG is on and AWS is emulated."""
    if not (settings.DEBUG and settings.AWS_ENDPOINT_URL):
        return []
    return [
        path("dev/mail/", mail_list, name="dev_mail"),
        path("dev/mail/<str:mail_id>/", mail_detail, name="dev_mail_detail"),
        path("dev/mail/<str:mail_id>/html/", mail_html, name="dev_mail_html"),
    ]
