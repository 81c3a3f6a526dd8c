"""Orders. They keep copies of everything that an order must remember."""

import secrets
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from catalog.models import TaxClass, Variant
from orders.states import OPEN_CART_RETURNS, CartReturn, OrderStatus
from shop.fields import EmailField, NoteField
from shop.money import AmountField

# Without 0, O, 1, I and L, which are easy to confuse when a number is read aloud.
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def make_number() -> str:
    """Return eight of 31 characters, which do not tell how many orders there are."""
    return "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))


def make_token() -> str:
    """Return the secret part of the URL of a guest's order (144 bits)."""
    return secrets.token_urlsafe(18)


class OrderQuerySet(models.QuerySet["Order"]):
    def newest_first(self) -> "OrderQuerySet":
        return self.order_by("-placed_at", "-pk")

    def unpaid_since(self, moment: object) -> "OrderQuerySet":
        """Return the pending orders that were placed before a moment, oldest first."""
        return self.filter(status=Order.Status.PENDING, placed_at__lt=moment).order_by(
            "placed_at", "pk"
        )

    def with_cart_to_empty(self) -> "OrderQuerySet":
        """Return the orders whose lines may still be in the cart, oldest first."""
        return self.filter(_CART_TO_EMPTY).order_by("placed_at", "pk")

    def with_lines_to_put_back(self) -> "OrderQuerySet":
        """Return the unpaid orders whose lines are to go back to a cart, oldest first."""
        return self.filter(_LINES_TO_PUT_BACK).order_by("placed_at", "pk")


_NEVER_PAID = models.Q(paid_at=None) | models.Q(total=0)
_CART_TO_EMPTY = models.Q(cart_emptied=False) & ~models.Q(cart_owner="")
_LINES_TO_PUT_BACK = models.Q(cart_return__in=OPEN_CART_RETURNS)
_UNTAXED = models.F("items_total") + models.F("shipping_total") - models.F("discount_total")
_ADDS_UP = models.Q(tax_included=True, total=_UNTAXED) | models.Q(
    tax_included=False, total=_UNTAXED + models.F("tax_total")
)


class DeliveryPart(NamedTuple):
    """A part of what the delivery costs, which has one tax rate.

    `tax` is included in `amount`, or added to it, as in the order.
    """

    percent: Decimal
    amount: Decimal
    tax: Decimal

    def gross(self, *, tax_included: bool) -> Decimal:
        """Return what is paid for the part, including tax; `tax_included` is that of the order."""
        return self.amount + (Decimal(0) if tax_included else self.tax)

    def as_json(self) -> list[str]:
        return [str(value) for value in self]


class Order(models.Model):
    """An order, which exists from the moment its stock is taken."""

    Status = OrderStatus

    number = models.CharField(max_length=12, unique=True, default=make_number, editable=False)
    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    checkout_key = models.UUIDField(unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
    )
    email = EmailField("e-mail")
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    items_total = AmountField()
    shipping_total = AmountField()
    shipping_tax = AmountField(default=Decimal(0))
    # Its parts by rate, each as DeliveryPart.as_json() gives it.
    shipping_taxes = models.JSONField(default=list, blank=True)
    discount_total = AmountField(default=Decimal(0))
    tax_total = AmountField(default=Decimal(0))
    tax_included = models.BooleanField("prices include tax", default=True)
    tax_removed = AmountField("tax taken off for export", default=Decimal(0))
    total = AmountField()
    voucher_code = models.CharField(max_length=40, blank=True)
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    shipping_method = models.CharField(max_length=80)
    note = NoteField("note from the shopper", max_length=500, blank=True)
    # The owner of the cart it came from, and to which its lines go back if it is never paid.
    cart_owner = models.CharField(max_length=60, blank=True, editable=False)
    # Keyed hashes of the address, the cart and the mailbox that placed it.
    placed_by = ArrayField(
        models.CharField(max_length=32), default=list, blank=True, editable=False
    )
    # Whether the reconciler has seen that its lines are gone from there.
    cart_emptied = models.BooleanField(default=False, editable=False)
    cart_return = models.CharField(
        max_length=6, choices=CartReturn, default=CartReturn.NONE, blank=True, editable=False
    )
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # When the person behind it was erased (orders/personal_data).
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(
                fields=["placed_at"], name="order_unpaid", condition=models.Q(status="pending")
            ),
            models.Index(fields=["placed_at"], name="order_with_cart", condition=_CART_TO_EMPTY),
            models.Index(
                fields=["placed_at"], name="order_with_lines_back", condition=_LINES_TO_PUT_BACK
            ),
            models.Index(fields=["placed_at"], name="order_never_paid", condition=_NEVER_PAID),
            models.Index(Lower("email"), name="order_of_guest", condition=models.Q(user=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total__gte=0), name="order_total_not_negative"
            ),
            models.CheckConstraint(condition=_ADDS_UP, name="order_total_adds_up"),
            # Goods are in a cart or in an order that counts, never in both.
            models.CheckConstraint(
                condition=models.Q(cart_return=CartReturn.NONE)
                | models.Q(status__in=[OrderStatus.CANCELLED, OrderStatus.REFUNDED]),
                name="lines_go_back_when_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def secret_url(self) -> str:
        """Return the path of the order's page: whoever knows it may act as the shopper.

        It isn't called get_absolute_url(), because Django and libraries call that for anybody.
        """
        return reverse("orders:order", args=[self.token])

    @property
    def shipping_gross(self) -> Decimal:
        """Return what is paid for the delivery, including tax."""
        return self.shipping_total + (Decimal(0) if self.tax_included else self.shipping_tax)

    @property
    def delivery_parts(self) -> list[DeliveryPart]:
        """Return the delivery by tax rate; together the parts are the delivery."""
        parts = [DeliveryPart(*map(Decimal, part)) for part in self.shipping_taxes]
        whole = DeliveryPart(Decimal(0), self.shipping_total, self.shipping_tax)
        return parts or ([whole] if self.shipping_total else [])

    @property
    def was_paid(self) -> bool:
        """Return whether money has come for it: somebody stands behind it then."""
        return self.paid_at is not None and self.total > 0

    def units(self) -> int:
        """Return the number of units ordered, with one query."""
        return sum(self.items.values_list("quantity", flat=True))

    @property
    def is_payable(self) -> bool:
        """Return whether the shopper may pay, or try again to pay."""
        return self.status == self.Status.PENDING


class OrderItem(models.Model):
    """A line of an order: a copy of what was bought, at the price it was bought for.

    An order may have several items of a variant, with other attributes.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    sku = models.CharField("SKU", max_length=120, blank=True)
    options = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    image = models.JSONField(null=True)
    quantity = models.PositiveIntegerField()
    stock_taken = models.PositiveIntegerField(default=0)
    unit_price = AmountField()
    total = AmountField("total before discount and added tax")
    discount = AmountField("its part of the discount", default=Decimal(0))
    tax_class = models.CharField(max_length=12, choices=TaxClass, default=TaxClass.STANDARD)
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(0))
    tax = AmountField("tax, included or added", default=Decimal(0))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="order_item_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    def gross(self, *, tax_included: bool) -> Decimal:
        """Return what is paid for the line, after its discount and including its tax.

        `tax_included` is that of the order.
        """
        return self.total - self.discount + (Decimal(0) if tax_included else self.tax)

    @property
    def choice(self) -> str:
        """Return the chosen options, such as `Large / Blue`."""
        return " / ".join(str(value) for value in self.options.values())
