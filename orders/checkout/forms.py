"""What the checkout asks."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from accounts.forms import AddressForm
from orders.models import ShippingMethod


class ContactForm(AddressForm):
    """Who orders, and where it goes."""

    email = forms.EmailField(
        label="E-mail",
        help_text="For the confirmation and news of the delivery.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    note = forms.CharField(
        label="A note for us",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    save_address = forms.BooleanField(label="Keep this address in my address book", required=False)
    other_billing = forms.BooleanField(label="The invoice goes to another address", required=False)

    field_order = ("email",)


class BillingForm(AddressForm):
    """Whom the invoice is for, where that is not who gets the goods.

    No carrier goes there, so no phone is asked.
    """

    AUTOCOMPLETE: ClassVar[dict[str, str]] = {
        name: f"billing {token}"
        for name, token in AddressForm.AUTOCOMPLETE.items()
        if name != "phone"
    }

    class Meta(AddressForm.Meta):
        fields: tuple[str, ...] = tuple(name for name in AddressForm.Meta.fields if name != "phone")


class DeliveryForm(forms.Form):
    """Which way it is sent."""

    shipping_method = forms.ModelChoiceField(
        queryset=ShippingMethod.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Please choose how we should send it."},
    )

    def __init__(self, methods: list[ShippingMethod], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipping_method"].queryset = ShippingMethod.objects.filter(  # type: ignore[attr-defined]
            pk__in=[method.pk for method in methods]
        )


class VoucherForm(forms.Form):
    """A code, and the step of the checkout to go back to."""

    code = forms.CharField(max_length=40, required=False)
    back = forms.ChoiceField(choices=[("orders:delivery", ""), ("orders:review", "")])


class PlaceForm(forms.Form):
    """Carries what the shopper agreed to: the checkout, the total that the page showed, and what it
    was made of.
    """

    key = forms.UUIDField()
    total = forms.DecimalField(min_value=Decimal(0), max_digits=12, decimal_places=2)
    # Only to say what has changed since; nothing is computed from it.
    seen = forms.CharField(max_length=10_000, required=False)
    provider = forms.CharField(max_length=20, required=False)

    def clean_provider(self) -> str:
        """Return a provider on offer."""
        offered = settings.PAYMENT_PROVIDERS_OFFERED
        return (
            self.cleaned_data["provider"]
            if self.cleaned_data["provider"] in offered
            else offered[0]
        )
