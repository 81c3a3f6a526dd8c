"""allauth's forms in our own words: plain labels, no placeholder that repeats them."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

WORDS = {
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


class PlainWords(forms.Form):
    """Renames the fields of the form that it is mixed into."""

    new_password = "New password"  # noqa: S105 - a label

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = WORDS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].label = self.new_password
            self.fields["password1"].help_text = PASSWORD_RULES
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {
                "autocapitalize": "characters",
                "spellcheck": "false",
            }


class LoginForm(PlainWords, allauth_forms.LoginForm):
    """E-mail and password."""


class SignupForm(PlainWords, allauth_forms.SignupForm):
    """E-mail and a new password."""

    new_password = "Password"  # noqa: S105 - a label

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "We send a code there, to be sure that it is yours."

    def try_save(self, request: HttpRequest) -> Any:
        """Sign up; an address that has an account takes as long as a new one, so that the time
        tells nothing either.
        """
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ReauthenticateForm(PlainWords, allauth_forms.ReauthenticateForm):
    """The password once more."""


class ChangePasswordForm(PlainWords, allauth_forms.ChangePasswordForm):
    """The current and the new password."""


class SetPasswordForm(PlainWords, allauth_forms.SetPasswordForm):
    """The first password of an account that has none."""


class ResetPasswordForm(PlainWords, allauth_forms.ResetPasswordForm):
    """The e-mail to which the link goes."""


class ResetPasswordKeyForm(PlainWords, allauth_forms.ResetPasswordKeyForm):
    """The new password, after the link."""


class AddEmailForm(PlainWords, allauth_forms.AddEmailForm):
    """Another e-mail."""


class ConfirmCodeForm(PlainWords, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""
