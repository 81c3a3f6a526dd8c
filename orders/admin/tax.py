"""The admin of taxes by country."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest

from accounts.country_field import CountryField
from orders.models import TaxRate, TaxRules
from shop.countries import country_name
from shop.formatting import format_percent


class PercentField(forms.DecimalField):
    """A percentage from 0 to 100, shown without the zeros that the database adds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(0), max_value=Decimal(100), max_digits=6, decimal_places=3, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Return 19 for 19.000."""
        return format_percent(value) if isinstance(value, Decimal) else value


class TaxPercentForm(forms.ModelForm):
    """The percentage only, as the list of rates edits it."""

    percent = PercentField(widget=forms.NumberInput(attrs={"aria-label": "Percent"}))

    class Meta:
        model = TaxRate
        fields = ("percent",)


class TaxRulesForm(forms.ModelForm):
    country = CountryField(
        error_messages={"unique": "This country has an entry already: change that one."}
    )

    class Meta:
        model = TaxRules
        fields = ("country", "delivery", "is_export")


@admin.register(TaxRules)
class TaxRulesAdmin(admin.ModelAdmin):
    """How countries tax delivery, and where the shop exports to."""

    form = TaxRulesForm
    list_display = ("where", "delivery", "is_export")
    list_per_page = 250
    ordering = ("country", "pk")

    @admin.display(description="country", ordering="country")
    def where(self, rules: TaxRules) -> str:
        return country_name(rules.country)


class TaxRateForm(TaxPercentForm):
    country = CountryField()

    class Meta:
        model = TaxRate
        fields = ("country", "tax_class", "percent")
        error_messages: ClassVar[dict[str, Any]] = {
            NON_FIELD_ERRORS: {
                "unique_together": (
                    "This country has a rate for these goods already: change that one."
                )
            }
        }


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin):
    """Tax rates; a country without a row has no tax."""

    form = TaxRateForm
    list_display = ("where", "tax_class", "percent")
    list_editable: ClassVar[tuple[str, ...]] = ("percent",)
    list_filter = ("tax_class",)
    list_per_page = 200
    ordering = ("country", "tax_class", "pk")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Validate a percentage in the list as on its own page."""
        return TaxPercentForm

    @admin.display(description="country", ordering="country")
    def where(self, rate: TaxRate) -> str:
        return country_name(rate.country)
