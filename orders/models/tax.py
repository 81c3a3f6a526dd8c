"""Taxes by country: rates, and what a country asks for besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import connection, models

from catalog.models import TaxClass
from shop.countries import country_name
from shop.formatting import format_percent

#: Columns of a SELECT with all that `read_terms()` needs of a country (%(country)s). They are part
#: of the query that reads the delivery method of an order, which is written by hand.
TERMS_COLUMNS = """
(SELECT json_agg(json_build_array(country, tax_class, percent::text))
 FROM orders_taxrate WHERE country IN (%(country)s, %(home)s)) AS tax_rates,
(SELECT json_agg(json_build_array(country, delivery, is_export))
 FROM orders_taxrules WHERE country IN (%(country)s, %(home)s)) AS tax_rules
"""

RateRows = Sequence[tuple[str, str, str]]
RulesRows = Sequence[tuple[str, str, bool]]


class DeliveryTax(models.TextChoices):
    """How a country taxes the delivery of goods.

    Where it is part of their sale, as in the European Union (Council Directive 2006/112/EC, art.
    78b), it is taxed like the goods: with goods of several rates, it is shared among these.
    """

    STANDARD = "standard", "At the standard rate"
    GOODS = "goods", "Like the goods"
    NONE = "none", "Not taxed"


@dataclass(frozen=True)
class TaxTerms:
    """What decides the tax on goods that go to a country; the default is no tax.

    `rates` maps tax classes to percentages. For an export, `domestic` are the terms of the shop's
    own country, whose tax is taken off the prices.
    """

    rates: Mapping[str, Decimal] = field(default_factory=dict)
    delivery: str = DeliveryTax.STANDARD
    domestic: "TaxTerms | None" = None


def terms_parameters(country: str) -> dict[str, str]:
    """Return the parameters of TERMS_COLUMNS."""
    return {"country": country, "home": settings.SHOP_COUNTRY}


def read_terms(country: str, rates: RateRows | None, rules: RulesRows | None) -> TaxTerms:
    """Return the terms of a country from what the columns of TERMS_COLUMNS give."""
    terms = _terms_of(country, rates or (), rules or ())
    is_export = any(code == country and exported for code, _, exported in rules or ())
    # A country with rates is not exported to in this sense: the shop pays its taxes there.
    if not is_export or terms.rates or not settings.SHOP_PRICES_INCLUDE_TAX:
        return terms
    return replace(terms, domestic=_terms_of(settings.SHOP_COUNTRY, rates or (), rules or ()))


def _terms_of(country: str, rates: RateRows, rules: RulesRows) -> TaxTerms:
    percents = {name: Decimal(percent) for code, name, percent in rates if code == country}
    ways = {code: way for code, way, _ in rules}
    return TaxTerms(percents, ways.get(country, DeliveryTax.STANDARD))


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    def terms_in(self, country: str) -> TaxTerms:
        """Return what decides the tax in a country (ISO code), with one query."""
        if not country:
            return TaxTerms()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {TERMS_COLUMNS}", terms_parameters(country))
            rates, rules = cursor.fetchone()
        return read_terms(country, rates, rules)


class TaxRate(models.Model):
    """The tax rate of one class of goods in one country; without a row there is no tax."""

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


class TaxRules(models.Model):
    """What a country asks for besides its rates.

    Without a row, delivery is taxed at the standard rate, and nothing is an export.
    """

    country = models.CharField(max_length=2, unique=True)
    delivery = models.CharField(
        "tax on delivery", max_length=8, choices=DeliveryTax, default=DeliveryTax.STANDARD
    )
    is_export = models.BooleanField(
        "export at net prices",
        default=False,
        help_text=(
            "Orders to this country are charged without the tax that is part of the prices. Only "
            "while the country has no tax rates here."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "tax by country"

    def __str__(self) -> str:
        return country_name(self.country)

    def clean(self) -> None:
        """Refuse an export whose prices could not be without tax."""
        if self.is_export and (fault := self._export_fault()):
            raise ValidationError({"is_export": fault})

    def _export_fault(self) -> str:
        if not settings.SHOP_PRICES_INCLUDE_TAX:
            return "Your prices are without tax already (SHOP_PRICES_INCLUDE_TAX)."
        if not settings.SHOP_COUNTRY:
            return "Say first whose tax your prices include, in the setting SHOP_COUNTRY."
        if self.country == settings.SHOP_COUNTRY:
            return "This is the shop's own country."
        if TaxRate.objects.filter(country=self.country).exists():
            return "This country has tax rates. Delete those first, if you don't pay taxes there."
        return ""
