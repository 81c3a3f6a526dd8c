"""The admin of delivery methods."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.http import HttpRequest

from orders.models import ShippingMethod
from shop.admin import PricesMixin
from shop.countries import country_choices, country_name

#: Countries that the list of methods names.
MOST_NAMED = 5


class ShippingMethodForm(forms.ModelForm):
    countries = forms.MultipleChoiceField(
        choices=country_choices,
        required=False,
        widget=FilteredSelectMultiple("countries", is_stacked=False),
        help_text="Where it is offered. None chosen: everywhere.",
    )

    class Meta:
        model = ShippingMethod
        fields = "__all__"  # noqa: DJ007 - staff may change all of it

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        lightest, heaviest = cleaned.get("min_weight_grams"), cleaned.get("max_weight_grams")
        if lightest is not None and heaviest is not None and heaviest < lightest:
            self.add_error(
                "max_weight_grams", f"This is less than the {lightest} g from which it is offered."
            )
        fastest, slowest = cleaned.get("days_min"), cleaned.get("days_max")
        if fastest is not None and slowest is not None and slowest < fastest:
            self.add_error("days_max", "This is less than the fewest days.")
        return cleaned


class ShippingMethodLineForm(forms.ModelForm):
    """The fields that the list of methods edits.

    They have labels of their own, because screen readers do not take column headings as labels.
    """

    class Meta:
        model = ShippingMethod
        fields = ("position", "is_active")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "position": forms.NumberInput(
                attrs={"aria-label": "Position", "class": "vIntegerField"}
            ),
            "is_active": forms.CheckboxInput(attrs={"aria-label": "Is active"}),
        }


@admin.register(ShippingMethod)
class ShippingMethodAdmin(PricesMixin, admin.ModelAdmin):
    form = ShippingMethodForm
    list_display = (
        "name",
        "price",
        "free_from",
        "weight",
        "days",
        "where",
        "position",
        "is_active",
    )
    list_editable: ClassVar[tuple[str, ...]] = ("position", "is_active")
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": ("name", "description", "is_active", "position")}),
        ("Price", {"fields": ("price", "free_from")}),
        (
            "Parcels",
            {"fields": (("min_weight_grams", "max_weight_grams"), ("days_min", "days_max"))},
        ),
        ("Countries", {"fields": ("countries",)}),
    )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Use the form that labels its fields."""
        return ShippingMethodLineForm

    @admin.display(description="days")
    def days(self, method: ShippingMethod) -> str:
        return f"{method.days_min} to {method.days_max}"

    @admin.display(description="weight")
    def weight(self, method: ShippingMethod) -> str:
        lightest, heaviest = method.min_weight_grams, method.max_weight_grams
        if heaviest is None:
            return f"from {kilograms(lightest)}" if lightest else "any"
        return (
            f"{kilograms(lightest)} to {kilograms(heaviest)}"
            if lightest
            else f"up to {kilograms(heaviest)}"
        )

    @admin.display(description="offered in")
    def where(self, method: ShippingMethod) -> str:
        if len(method.countries) > MOST_NAMED:
            return f"{len(method.countries)} countries"
        return ", ".join(map(country_name, method.countries)) or "everywhere"


def kilograms(grams: int) -> str:
    """Return a weight as people say it, such as 500 g or 2.5 kg."""
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"
