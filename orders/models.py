"""Orders and what was paid for them. Copies are kept of all that an order must remember."""

import secrets
import uuid
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from catalog.models import Category, TaxClass, Variant
from orders.states import OrderStatus, PaymentStatus, RefundStatus

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

    def offered(self, country: str, grams: int) -> list["ShippingMethod"]:
        """Return the methods that deliver a parcel of this weight to a country (ISO code), in the shop's order."""
        methods = self.filter(is_active=True).order_by("position", "pk")
        return [method for method in methods if method.reaches(country) and method.carries(grams)]

    def with_tax_of(self, country: str) -> "ShippingMethodQuerySet":
        """Add `tax_rates`, the rates of a country, for `tax_percents`: a checkout then asks once for both."""
        rates = TaxRate.objects.filter(country=country).order_by("tax_class")
        percent = Cast("percent", models.CharField())
        return self.annotate(tax_rates=ArraySubquery(rates.values(rate=JSONObject(name="tax_class", percent=percent))))


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

    tax_rates: list[dict[str, str]]

    def __str__(self) -> str:
        return self.name

    @property
    def tax_percents(self) -> dict[str, Decimal]:
        """Return the percentages by tax class that `with_tax_of` has brought."""
        return {rate["name"]: Decimal(rate["percent"]) for rate in self.tax_rates}

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


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about many orders."""

    def newest_first(self) -> "OrderQuerySet":
        """Return orders as lists show them."""
        return self.order_by("-placed_at", "-pk")

    def unpaid_since(self, moment: object) -> "OrderQuerySet":
        """Return pending orders placed before a moment, oldest first."""
        return self.filter(status=Order.Status.PENDING, placed_at__lt=moment).order_by("placed_at", "pk")


_UNTAXED = models.F("items_total") + models.F("shipping_total") - models.F("discount_total")
_ADDS_UP = models.Q(tax_included=True, total=_UNTAXED) | models.Q(
    tax_included=False, total=_UNTAXED + models.F("tax_total")
)


class Order(models.Model):
    """An order, from the moment its stock is taken."""

    Status = OrderStatus

    number = models.CharField(max_length=12, unique=True, default=make_number, editable=False)
    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    checkout_key = models.UUIDField(unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    email = models.EmailField("e-mail")
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    items_total = Amount()
    shipping_total = Amount()
    shipping_tax = Amount(default=Decimal("0.00"))
    shipping_tax_percent = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(0))
    discount_total = Amount(default=Decimal("0.00"))
    tax_total = Amount(default=Decimal("0.00"))
    tax_included = models.BooleanField("prices include tax", default=True)
    total = Amount()
    voucher_code = models.CharField(max_length=40, blank=True)
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    shipping_method = models.CharField(max_length=80)
    note = models.TextField("note from the shopper", blank=True)
    # Whose cart it came from, until the reconciler has seen that its lines are out of there.
    cart_owner = models.CharField(max_length=60, blank=True, editable=False)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    # The payment that placing the order has begun, where that was just now: it spares a query.
    begun_payment: "Payment | None" = None

    class Meta:
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["placed_at"], name="order_unpaid", condition=models.Q(status="pending")),
            models.Index(fields=["placed_at"], name="order_with_cart", condition=~models.Q(cart_owner="")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(condition=_ADDS_UP, name="order_total_adds_up"),
        ]

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
    total = Amount("total before discount and added tax")
    discount = Amount("its part of the discount", default=Decimal("0.00"))
    tax_class = models.CharField(max_length=12, choices=TaxClass, default=TaxClass.STANDARD)
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(0))
    tax = Amount("tax, included or added", default=Decimal("0.00"))

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

    Status = PaymentStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    refunded = Amount("refunded, or about to be", default=Decimal("0.00"))
    error = models.CharField(max_length=200, blank=True)
    # Where the shopper goes on with a payment that wants a second step.
    next_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=["created", "processing"]),
                name="one_open_payment_an_order",
            ),
            models.CheckConstraint(condition=models.Q(refunded__lte=models.F("amount")), name="refunded_at_most_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.amount} {self.currency} {self.status}"


class VoucherUse(models.Model):
    """A voucher that an order used. `customer` is the account's e-mail, or the guest's, in lower case."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="used_by")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="voucher_use")
    customer = models.CharField(max_length=254)
    once = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "customer"], condition=models.Q(once=True), name="once_per_customer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} for {self.customer}"


class Refund(models.Model):
    """Money that goes back. Its id is the idempotency key at the provider, and of the form that asked for it."""

    Status = RefundStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = Amount(validators=[MinValueValidator(Decimal("0.01"))])
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    reason = models.CharField(max_length=200, blank=True)
    restock = models.BooleanField(default=False)
    error = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_of_something")]
        indexes = [
            models.Index(
                fields=["updated_at"], name="refund_open", condition=models.Q(status__in=["created", "processing"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status}"


class RefundItem(models.Model):
    """How many of an order's item a refund is for."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="refunds")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "item"], name="one_line_an_item_and_refund")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"


class TestCharge(models.Model):
    """What the built-in test provider remembers, as a real provider would on its own side."""

    __test__ = False  # pytest must not take it for one of its own.

    idempotency_key = models.CharField(max_length=80, unique=True)
    # What the shop says that it is for, as Stripe's metadata; the key alone makes it happen once.
    payment_id = models.UUIDField(null=True, db_index=True)
    reference = models.CharField(max_length=80, unique=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12)
    settles_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class TestRefund(models.Model):
    """A refund, as the built-in test provider remembers it."""

    __test__ = False

    idempotency_key = models.CharField(max_length=80, unique=True)
    charge = models.ForeignKey(TestCharge, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=80, unique=True)
    amount = Amount()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
