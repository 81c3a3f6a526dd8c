"""Where our accounts differ from allauth's defaults."""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from accounts.devices import sign_out_others
from accounts.models import User
from accounts.tasks import deliver_mail
from shop.client_address import client_address
from shop.dynamo.table import StoreUnavailable
from shop.limiter import TooManyAttempts, count_attempt, mark_refused

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Sends mail from a worker and words error messages plainly.

    With a worker, no page waits for SES or fails because of it.
    """

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "This is your e-mail address already.",
        "email_password_mismatch": (
            "This e-mail and password do not fit together. Check both and try again."
        ),
        "enter_current_password": "This is not your current password.",
        "incorrect_code": "This is not the code that we sent. Check it and try again.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Render a mail and queue it for a worker.

        If the queue is unavailable, the error is logged and the request goes on.
        """
        known = {
            "request": self.request,
            "email": email,
            "SHOP_NAME": settings.SHOP_NAME,
            "SHOP_URL": settings.SHOP_URL,
        }
        # allauth makes links of the Host header, which the sender of a request chooses.
        links = {name: _own_link(url) for name, url in context.items() if name.endswith("_url")}
        mail = self.render_mail(template_prefix, email, {**context, **known, **links})
        html = next((str(body) for body, kind in _alternatives(mail) if kind == "text/html"), "")
        try:
            deliver_mail.apply_async(
                args=[mail.subject, str(mail.body), html, mail.to], retry=False
            )
        except (OperationalError, BotoCoreError, ClientError):
            # The pages offer to send the mail again. Its text contains a secret, so it must not be
            # logged.
            logger.exception("A mail could not be queued: %s", template_prefix)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return the key under which log-ins of an account are counted.

        allauth's own includes the Host header, so every port would have a count of its own.
        """
        return str(credentials.get("email", "")).lower()

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as the rest of the shop knows it; allauth limits by it."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who has tried too often, then all if too many tried just now.

        In this order, one who is refused anyway takes no attempt from the others.
        """
        super().pre_authenticate(request, **credentials)
        try:
            self.count_password()
        except ValidationError:
            # It was not this shopper's fault, and must not lock the account for minutes.
            self._rollback_login_failed_rl_usage()
            raise

    def count_password(self) -> None:
        """Count a password that is about to be hashed, by whomever.

        Raises ValidationError if there are too many: hashing takes long on purpose, and could keep
        all workers busy.
        """
        try:
            count_attempt("password", everyone="all")
        except TooManyAttempts as error:
            mark_refused(self.request, error)
            raise ValidationError(str(error), code=error.code) from error

    def set_password(self, user: User, password: str) -> None:
        """Change a password and sign out every other device.

        Django's session hash already locks the other devices out; here they are also removed from
        the list of devices.
        """
        super().set_password(user, password)
        try:
            sign_out_others(user, self.request.session.session_key)
        except StoreUnavailable:
            logger.exception("The other sessions of user %s could not be deleted.", user.pk)

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Save a new user.

        If two people sign up with the same address at the same moment, the second is sent to the
        login page.
        """
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            raise ImmediateHttpResponse(redirect("account_login")) from error

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Let what a guest did with this email address belong to the account."""
        _call_hooks(user)
        return super().post_login(request, user, **kwargs)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address of a user; do then what `post_login()` does."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            _call_hooks(email_address.user)
        return confirmed

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return the URL of the account overview."""
        return reverse("accounts:overview")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Return the URL of the account overview, which leads on to the login page if necessary."""
        return reverse("accounts:overview")


def _call_hooks(user: User) -> None:
    for name in settings.CONFIRMED_EMAIL_HOOKS:
        import_string(name)(user)


def _own_link(url: str) -> str:
    """Return an absolute link with the shop's own scheme, host and port."""
    parts = urlsplit(url)
    return settings.SHOP_URL + parts._replace(scheme="", netloc="").geturl()


def _alternatives(mail: Any) -> list[Any]:
    return list(mail.alternatives) if isinstance(mail, EmailMultiAlternatives) else []
