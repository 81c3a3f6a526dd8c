"""allauth's forms with our own labels, and without placeholders that repeat them."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from shop.forms import CleanedField, CodeField, EmailField

LABELS = {
    "login": "E-mail",
    "email": "E-mail",
    "password": "Password",
    "oldpassword": "Current password",
    "password2": "New password again",
    "code": "Code from the mail",
}
PASSWORD_RULES = (
    "At least 8 characters. A few words in a row are easier to remember, and harder to guess."  # noqa: S105
)


#: allauth's fields for text, all but passwords, as the shop cleans them.
CLEANED: dict[str, type[CleanedField]] = {
    "login": EmailField,
    "email": EmailField,
    "code": CodeField,
}


class RelabelMixin(forms.Form):
    """Relabels the fields of the form it is mixed into, and cleans what is typed into them."""

    new_password = "New password"  # noqa: S105 - a label

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CLEANED.keys() & self.fields.keys():
            self.fields[name] = CLEANED[name](widget=self.fields[name].widget)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].label = self.new_password
            self.fields["password1"].help_text = PASSWORD_RULES
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {
                "autocapitalize": "characters",
                "spellcheck": "false",
            }


class LoginForm(RelabelMixin, allauth_forms.LoginForm):
    """E-mail and password."""


class SignupForm(RelabelMixin, allauth_forms.SignupForm):
    """E-mail and a new password."""

    new_password = "Password"  # noqa: S105 - a label

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "We send a code there, to be sure that it is yours."

    def clean(self) -> dict[str, Any]:
        """Refuse to sign up while too many passwords are being hashed."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            get_adapter().count_password()
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Sign up the user.

        For an address that already has an account this takes just as long, so that the response
        time does not reveal whether there is one.
        """
        if self.account_already_exists:
            # Only for its duration; the hash is discarded.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ReauthenticateForm(RelabelMixin, allauth_forms.ReauthenticateForm):
    """Asks for the password again."""


class ChangePasswordForm(RelabelMixin, allauth_forms.ChangePasswordForm):
    """The current and the new password."""


class SetPasswordForm(RelabelMixin, allauth_forms.SetPasswordForm):
    """The first password of an account that has none."""


class ResetPasswordForm(RelabelMixin, allauth_forms.ResetPasswordForm):
    """The e-mail address to which the link is sent."""


class ResetPasswordKeyForm(RelabelMixin, allauth_forms.ResetPasswordKeyForm):
    """The new password, after following the link."""


class AddEmailForm(RelabelMixin, allauth_forms.AddEmailForm):
    """An additional e-mail address."""


class ConfirmCodeForm(RelabelMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""
