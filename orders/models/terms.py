"""What decides the price of an order beside its goods: delivery, tax, vouchers."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from catalog.models import Category, TaxClass
from orders.models.amounts import Amount

#: By hand: the ORM takes eight times the CPU to build it, a twentieth of what placing an order takes.
_WITH_TAX = """
SELECT method.*, (SELECT json_object_agg(tax_class, percent::text) FROM orders_taxrate WHERE country = %s) AS tax_rates
FROM orders_shippingmethod AS method WHERE id = %s AND is_active
"""


class ShippingMethodQuerySet(models.QuerySet["ShippingMethod"]):
    """Questions about many delivery methods."""

    def offered(self, country: str, grams: int) -> list["ShippingMethod"]:
        """Return the methods that deliver a parcel of this weight to a country (ISO code), in the shop's order."""
        methods = self.filter(is_active=True).order_by("position", "pk")
        return [method for method in methods if method.reaches(country) and method.carries(grams)]

    def with_tax_of(self, country: str, pk: int) -> "ShippingMethod | None":
        """Return an active method with the `tax_percents` of a country; None where there is no such method."""
        return next(iter(self.raw(_WITH_TAX, [country, pk])), None)


class ShippingMethod(models.Model):
    """A way to send an order, offered in some countries."""

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    price = Amount(validators=[MinValueValidator(0)])
    free_from = Amount("free from", null=True, blank=True, validators=[MinValueValidator(0)])
    countries = models.JSONField(default=list, blank=True, help_text='Codes such as ["DE", "AT"]; empty: everywhere.')
    min_weight_grams = models.PositiveIntegerField("from weight in grams", default=0)
    max_weight_grams = models.PositiveIntegerField("up to weight in grams", null=True, blank=True)
    days_min = models.PositiveSmallIntegerField(default=2)
    days_max = models.PositiveSmallIntegerField(default=4)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = ShippingMethodQuerySet.as_manager()

    tax_rates: dict[str, str] | None

    def __str__(self) -> str:
        return self.name

    @property
    def tax_percents(self) -> dict[str, Decimal]:
        """Return the percentages by tax class that `with_tax_of` has brought."""
        return {name: Decimal(percent) for name, percent in (self.tax_rates or {}).items()}

    def price_for(self, items_total: Decimal) -> Decimal:
        """Return what the method costs for goods worth `items_total`."""
        return Decimal("0.00") if self.free_from is not None and items_total >= self.free_from else self.price

    def reaches(self, country: str) -> bool:
        """Say whether the method delivers to a country (ISO code)."""
        return not self.countries or country in self.countries

    def carries(self, grams: int) -> bool:
        """Say whether the method takes a parcel of this weight; both limits are included."""
        return self.min_weight_grams <= grams and (self.max_weight_grams is None or grams <= self.max_weight_grams)


class TaxRate(models.Model):
    """The tax on one class of goods in one country; where there is no row, there is no tax. Delivery is standard."""

    country = models.CharField(max_length=2)
    tax_class = models.CharField(max_length=12, choices=TaxClass, default=TaxClass.STANDARD)
    percent = models.DecimalField(max_digits=6, decimal_places=3, validators=[MinValueValidator(0)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class"], name="one_rate_a_country_and_class"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="tax_rate_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.get_tax_class_display()}: {self.percent.normalize():f} %"


class Voucher(models.Model):
    """A code that makes an order cheaper. A use is counted with the order and given back when the order dies."""

    class Kind(models.TextChoices):
        PERCENT = "percent", "Percent off the goods"
        FIXED = "fixed", "Amount off the goods"
        FREE_DELIVERY = "free_delivery", "Free delivery"

    code = models.CharField(max_length=40, unique=True, help_text="As the shopper types it; case does not matter.")
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.PERCENT)
    value = Amount(default=Decimal("0.00"), validators=[MinValueValidator(0)])
    minimum = Amount(default=Decimal("0.00"), help_text="Of the goods it is for.", validators=[MinValueValidator(0)])
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    once_per_customer = models.BooleanField(default=False)
    max_uses = models.PositiveIntegerField(
        "uses in all", null=True, blank=True, help_text="Empty: as many as you like."
    )
    uses = models.PositiveIntegerField(default=0, editable=False)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="+", help_text="Only goods of these and what is below them; none: all goods."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_uses=None) | models.Q(uses__lte=models.F("max_uses")),
                name="voucher_not_overused",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="percent") | models.Q(value__lte=100), name="voucher_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.code
