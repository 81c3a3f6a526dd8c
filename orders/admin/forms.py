"""Forms of the terms on which the shop sells: delivery, tax and vouchers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS

from accounts.countries import COUNTRIES
from catalog.admin.forms import CategoryChoiceField
from catalog.models import Category
from orders.models import ShippingMethod, TaxRate, Voucher
from orders.vouchers import clean_code
from shop.money import ZERO


class PercentField(forms.DecimalField):
    """A percentage from 0 to 100, shown without the zeros that the database adds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=Decimal(100), max_digits=6, decimal_places=3, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return 19 for 19.000."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ShippingMethodForm(forms.ModelForm):
    """A way to send orders."""

    countries = forms.MultipleChoiceField(
        choices=COUNTRIES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it is offered. None ticked: everywhere.",
    )

    class Meta:
        model = ShippingMethod
        fields = "__all__"  # noqa: DJ007 - staff may change all of it

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        lightest, heaviest = cleaned.get("min_weight_grams"), cleaned.get("max_weight_grams")
        if lightest is not None and heaviest is not None and heaviest < lightest:
            self.add_error("max_weight_grams", f"This is less than the {lightest} g from which it is offered.")
        fastest, slowest = cleaned.get("days_min"), cleaned.get("days_max")
        if fastest is not None and slowest is not None and slowest < fastest:
            self.add_error("days_max", "This is less than the fewest days.")
        return cleaned


class ShippingMethodLineForm(forms.ModelForm):
    """What the list of methods edits; its columns' headings are no labels to a screen reader."""

    class Meta:
        model = ShippingMethod
        fields = ("position", "is_active")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "position": forms.NumberInput(attrs={"aria-label": "Position", "class": "vIntegerField"}),
            "is_active": forms.CheckboxInput(attrs={"aria-label": "Is active"}),
        }


class TaxPercentForm(forms.ModelForm):
    """The percentage alone, as the list of rates edits it."""

    percent = PercentField(widget=forms.NumberInput(attrs={"aria-label": "Percent"}))

    class Meta:
        model = TaxRate
        fields = ("percent",)


class TaxRateForm(TaxPercentForm):
    """The rate of a class of goods in a country."""

    country = forms.ChoiceField(choices=[("", "Choose a country"), *COUNTRIES])

    class Meta:
        model = TaxRate
        fields = ("country", "tax_class", "percent")
        error_messages: ClassVar[dict[str, Any]] = {
            NON_FIELD_ERRORS: {"unique_together": "This country has a rate for these goods already: change that one."}
        }


class CategoriesField(CategoryChoiceField, forms.ModelMultipleChoiceField):
    """Several shelves of the tree."""


class VoucherForm(forms.ModelForm):
    """A voucher; its uses are counted by orders alone."""

    value = forms.DecimalField(
        required=False,
        min_value=ZERO,
        max_digits=12,
        decimal_places=2,
        help_text=f"Percent, or an amount in {settings.SHOP_CURRENCY}; nothing for free delivery.",
    )
    categories = CategoriesField(
        Category.objects.order_by("path"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only goods of these and what is below them. None ticked: all goods.",
    )

    class Meta:
        model = Voucher
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them
        error_messages: ClassVar[dict[str, Any]] = {"code": {"unique": "There is a voucher with this code already."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{field.label}, {part}"

    def clean_code(self) -> str:
        """Return the code as it is stored."""
        code = clean_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError("A code has letters or digits.")
        return code

    def clean_max_uses(self) -> int | None:
        """Refuse fewer uses than there were."""
        most: int | None = self.cleaned_data["max_uses"]
        if most is not None and most < self.instance.uses:
            raise forms.ValidationError(f"It has been used {self.instance.uses} times already, so no less than that.")
        return most

    def clean(self) -> dict[str, Any]:
        """Refuse a value that makes no sense for the kind, and an end before the start."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Voucher.Kind.FREE_DELIVERY:
            cleaned["value"] = ZERO
        elif "value" not in self.errors and (fault := _value_fault(cleaned.get("kind"), cleaned.get("value"))):
            self.add_error("value", fault)
        starts_at: datetime | None = cleaned.get("starts_at")
        ends_at: datetime | None = cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "It must end after it starts.")
        return cleaned


def _value_fault(kind: str | None, value: Decimal | None) -> str:
    if not value:
        return "How much does it take off?"
    if kind == Voucher.Kind.PERCENT and value > Decimal(100):
        return "A percentage is 100 at most."
    return ""
