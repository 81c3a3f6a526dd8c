"""Forms of accounts. AddressForm is the checkout's too, and knows no user."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.address_format import faults_of, tidy_postcode, tidy_region
from accounts.country_field import CountryField
from accounts.models import Address, AddressFields, User

PHONE = re.compile(r"\+?[\d ()./-]{5,40}", re.ASCII)
# What mail programs turn into a link. A dot alone is in many names: "St.John", "A.C.Meier".
LINK = re.compile(r"://|\bwww\.|\w\.[a-z]{2,24}/\w", re.IGNORECASE)
DOMAIN = re.compile(
    r"[\w-]{2,}\.(app|biz|click|club|com|dev|info|link|net|online|org|shop|site|store|top|xyz)\b",
    re.IGNORECASE,
)


def refuse_link(text: str) -> None:
    """Raise ValidationError for a link: names and addresses are printed in mails and on parcels."""
    if LINK.search(text):
        raise ValidationError("Enter this without a web address.", code="link")


def refuse_web_address(text: str) -> None:
    """Raise ValidationError for a link or a domain, which a company may have in its name."""
    refuse_link(text)
    if DOMAIN.search(text):
        raise ValidationError("Enter this without a web address.", code="link")


class AddressForm(forms.ModelForm):
    """A postal address. `cleaned_data` has exactly AddressFields.FIELDS, tidied."""

    # The tokens are WHATWG's, so that browsers fill the form:
    # https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
    AUTOCOMPLETE: ClassVar[dict[str, str]] = {
        "full_name": "name",
        "company": "organization",
        "line1": "address-line1",
        "line2": "address-line2",
        "postcode": "postal-code",
        "city": "address-level2",
        "region": "address-level1",
        "country": "country",
        "phone": "tel",
    }

    country = CountryField()

    class Meta:
        model = Address
        fields: tuple[str, ...] = AddressFields.FIELDS
        labels: ClassVar[dict[str, str]] = {
            "full_name": "Full name",
            "line1": "Street and number",
            "line2": "Flat, floor, c/o",
            "region": "State, province or region",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "region": "If addresses in your country have one.",
            "phone": "For the carrier, if there is a question on the way.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "phone": forms.TextInput(attrs={"type": "tel"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # It depends on the country, so the labels don't call them optional.
        for name in ("postcode", "city", "region"):
            self.fields[name].sometimes_required = True  # type: ignore[attr-defined]
        for name, token in self.AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = token
            self.fields[name].validators.append(
                refuse_link if name == "company" else refuse_web_address
            )

    def clean_phone(self) -> str:
        """Take what looks like a telephone number."""
        phone: str = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError("Write the number with digits only, for example +49 30 1234567.")
        return phone

    def clean(self) -> dict[str, Any]:
        """Check what depends on the country."""
        cleaned = super().clean() or self.cleaned_data
        country = cleaned.get("country", "")
        for name, tidy in (("postcode", tidy_postcode), ("region", tidy_region)):
            if name in cleaned:
                cleaned[name] = tidy(cleaned[name], country)
        for name, fault in faults_of(cleaned).items():
            self.add_error(name, fault)
        return cleaned


class AddressBookForm(AddressForm):
    """An entry of the address book."""

    class Meta(AddressForm.Meta):
        fields: tuple[str, ...] = (*AddressForm.Meta.fields, "is_default")
        labels: ClassVar[dict[str, str]] = AddressForm.Meta.labels | {
            "is_default": "Use this address first"
        }


class ProfileForm(forms.ModelForm):
    """What a user is called."""

    class Meta:
        model = User
        fields = ("first_name", "last_name")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.validators.append(refuse_web_address)
