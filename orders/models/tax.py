"""Tax rates."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from catalog.models import TaxClass
from shop.formatting import format_percent


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    def percents_in(self, country: str) -> dict[str, Decimal]:
        """Return the percentages of a country (ISO code) by tax class; none without a country."""
        if not country:
            return {}
        return dict(self.filter(country=country).values_list("tax_class", "percent"))


class TaxRate(models.Model):
    """The tax rate of one class of goods in one country; without a row there is no tax.

    Delivery is taxed at the standard rate.
    """

    country = models.CharField(max_length=2)
    tax_class = models.CharField(max_length=12, choices=TaxClass, default=TaxClass.STANDARD)
    percent = models.DecimalField(max_digits=6, decimal_places=3, validators=[MinValueValidator(0)])

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class"], name="one_rate_a_country_and_class"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="tax_rate_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.get_tax_class_display()}: {format_percent(self.percent)} %"
