"""Delivery methods."""

from decimal import Decimal

from django.db import models

from orders.models.tax import (
    TERMS_COLUMNS,
    RateRows,
    RulesRows,
    TaxTerms,
    read_terms,
    terms_parameters,
)
from shop.countries import COUNTRIES
from shop.fields import LineField
from shop.money import PriceField

#: Written by hand: the ORM takes eight times the CPU to build this query, which is a twentieth of
#: what placing an order takes.
_WITH_TAX = f"""
SELECT method.*, {TERMS_COLUMNS}
FROM orders_shippingmethod AS method WHERE id = %(method)s AND is_active
"""  # noqa: S608 - it is put together from constants


class ShippingMethodQuerySet(models.QuerySet["ShippingMethod"]):
    def offered(self, country: str, grams: int) -> list["ShippingMethod"]:
        """Return the methods for a country (ISO code) and a weight, in the shop's own order."""
        methods = self.filter(is_active=True).order_by("position", "pk")
        return [method for method in methods if method.reaches(country) and method.carries(grams)]

    def destinations(self) -> set[str]:
        """Return the countries (ISO codes) that some method goes to, with one query.

        Without any method these are all countries: then the next step of the checkout says that
        nothing can be sent.
        """
        served = list(self.filter(is_active=True).values_list("countries", flat=True))
        everywhere = not served or not all(served)
        return set(COUNTRIES) if everywhere else set().union(*served)

    def with_tax_of(self, country: str, pk: int) -> "ShippingMethod | None":
        """Return an active method for `tax_terms()` in a country, or None if there is none."""
        parameters = terms_parameters(country) | {"method": pk}
        return next(iter(self.raw(_WITH_TAX, parameters)), None)


class ShippingMethod(models.Model):
    """A delivery method: a way to ship an order, offered in some countries."""

    name = LineField(max_length=80)
    description = LineField(max_length=200, blank=True)
    price = PriceField()
    free_from = PriceField("free from", null=True, blank=True)
    countries = models.JSONField(
        default=list, blank=True, help_text='Codes such as ["DE", "AT"]; empty: everywhere.'
    )
    min_weight_grams = models.PositiveIntegerField("from weight in grams", default=0)
    max_weight_grams = models.PositiveIntegerField("up to weight in grams", null=True, blank=True)
    days_min = models.PositiveSmallIntegerField(default=2)
    days_max = models.PositiveSmallIntegerField(default=4)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = ShippingMethodQuerySet.as_manager()

    tax_rates: RateRows | None
    tax_rules: RulesRows | None

    def __str__(self) -> str:
        return self.name

    def tax_terms(self, country: str) -> TaxTerms:
        """Return what decides the tax in the country for which `with_tax_of()` has loaded it."""
        return read_terms(country, self.tax_rates, self.tax_rules)

    def price_for(self, items_total: Decimal) -> Decimal:
        """Return what the method costs for goods worth `items_total`."""
        return (
            Decimal(0)
            if self.free_from is not None and items_total >= self.free_from
            else self.price
        )

    def reaches(self, country: str) -> bool:
        """Return whether the method delivers to a country (ISO code)."""
        return not self.countries or country in self.countries

    def carries(self, grams: int) -> bool:
        """Return whether the method takes a shipment of this weight; both limits are inclusive."""
        return self.min_weight_grams <= grams and (
            self.max_weight_grams is None or grams <= self.max_weight_grams
        )
