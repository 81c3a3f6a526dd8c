"""Orders and what was paid for them. Copies are kept of all that an order must remember."""

import secrets
import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from catalog.models import Variant

# Without 0, O, 1, I and L, which people mix up when they read a number aloud.
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def make_number() -> str:
    """Return a number that tells nobody how many orders there are; eight of 31 characters."""
    return "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))


def make_token() -> str:
    """Return the secret part of a guest's order address (144 bits)."""
    return secrets.token_urlsafe(18)


class Amount(models.DecimalField):
    """A DecimalField for money: two digits, up to 9,999,999,999.99."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_digits": 12, "decimal_places": 2}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class ShippingMethodQuerySet(models.QuerySet["ShippingMethod"]):
    """Questions about many delivery methods."""

    def to_country(self, country: str) -> list["ShippingMethod"]:
        """Return the methods that deliver to a country (ISO code), in the shop's order."""
        return [method for method in self.filter(is_active=True).order_by("position", "pk") if method.reaches(country)]


class ShippingMethod(models.Model):
    """A way to send an order, offered in some countries."""

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    price = Amount(validators=[MinValueValidator(0)])
    free_from = Amount("free from", null=True, blank=True, validators=[MinValueValidator(0)])
    countries = models.JSONField(default=list, blank=True, help_text='Codes such as ["DE", "AT"]; empty: everywhere.')
    days_min = models.PositiveSmallIntegerField(default=2)
    days_max = models.PositiveSmallIntegerField(default=4)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = ShippingMethodQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def price_for(self, items_total: Decimal) -> Decimal:
        """Return what the method costs for goods worth `items_total`."""
        return Decimal("0.00") if self.free_from is not None and items_total >= self.free_from else self.price

    def reaches(self, country: str) -> bool:
        """Say whether the method delivers to a country (ISO code)."""
        return not self.countries or country in self.countries


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about many orders."""

    def newest_first(self) -> "OrderQuerySet":
        """Return orders as lists show them."""
        return self.order_by("-placed_at", "-pk")

    def unpaid_since(self, moment: object) -> "OrderQuerySet":
        """Return pending orders placed before a moment, oldest first."""
        return self.filter(status=Order.Status.PENDING, placed_at__lt=moment).order_by("placed_at", "pk")


class Order(models.Model):
    """An order, from the moment its stock is taken."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for payment"
        PAID = "paid", "Paid"
        FULFILLED = "fulfilled", "Sent"
        CANCELLED = "cancelled", "Cancelled"
        REFUNDED = "refunded", "Refunded"

    number = models.CharField(max_length=12, unique=True, default=make_number, editable=False)
    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    checkout_key = models.UUIDField(unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    email = models.EmailField("e-mail")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    items_total = Amount()
    shipping_total = Amount()
    discount_total = Amount(default=Decimal("0.00"))
    tax_total = Amount(default=Decimal("0.00"))
    total = Amount()
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    shipping_method = models.CharField(max_length=80)
    note = models.TextField("note from the shopper", blank=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["placed_at"], name="order_unpaid", condition=models.Q(status="pending")),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(total__gte=0), name="order_total_not_negative")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the order's page, whose address is its secret."""
        return reverse("orders:order", args=[self.token])

    @property
    def is_payable(self) -> bool:
        """Say whether the shopper may (again) try to pay."""
        return self.status == self.Status.PENDING


class OrderItem(models.Model):
    """A line of an order: copies of what was bought, at the price it was bought for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    sku = models.CharField("SKU", max_length=120, blank=True)
    options = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    image = models.JSONField(null=True)
    quantity = models.PositiveIntegerField()
    stock_taken = models.PositiveIntegerField(default=0)
    unit_price = Amount()
    total = Amount()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="order_item_quantity_positive"),
            models.UniqueConstraint(fields=["order", "variant"], name="one_line_a_variant"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def choice(self) -> str:
        """Return the chosen values: `Large / Blue`."""
        return " / ".join(str(value) for value in self.options.values())


class Payment(models.Model):
    """One try to pay an order. Its id is the idempotency key of every call to the provider."""

    class Status(models.TextChoices):
        CREATED = "created", "Started"
        PROCESSING = "processing", "Being processed"
        CAPTURED = "captured", "Captured"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        REFUNDED = "refunded", "Refunded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=["created", "processing", "captured"]),
                name="one_live_payment_an_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.amount} {self.currency} {self.status}"


class TestCharge(models.Model):
    """What the built-in test provider remembers, as a real provider would on its own side."""

    idempotency_key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=80, unique=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12)
    settles_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
