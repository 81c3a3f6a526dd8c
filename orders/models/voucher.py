"""Vouchers, and which orders used them."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from catalog.models import Category
from orders.models.order import Order
from shop.fields import CodeField
from shop.money import AmountField, PriceField


class Voucher(models.Model):
    """A code that makes an order cheaper.

    A use is counted when the order is placed, and released when it is cancelled.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", "Percent off the goods"
        FIXED = "fixed", "Amount off the goods"
        FREE_DELIVERY = "free_delivery", "Free delivery"

    code = CodeField(
        max_length=40, unique=True, help_text="As the shopper types it; case does not matter."
    )
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.PERCENT)
    value = AmountField(default=Decimal(0), validators=[MinValueValidator(0)])
    minimum = PriceField(default=Decimal(0), help_text="Of the goods it is for.")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    once_per_customer = models.BooleanField(
        default=False, help_text="Then it is for accounts only: a guest's email proves nothing."
    )
    max_uses = models.PositiveIntegerField(
        "uses in all", null=True, blank=True, help_text="Empty: as many as you like."
    )
    uses = models.PositiveIntegerField(default=0, editable=False)
    categories = models.ManyToManyField(
        Category,
        blank=True,
        related_name="+",
        help_text="Only goods of these and what is below them; none: all goods.",
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
                condition=~models.Q(kind="percent") | models.Q(value__lte=100),
                name="voucher_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_valid_at(self, moment: datetime) -> bool:
        """Return whether anybody may use it at a moment: it is active, in its time, not used up."""
        return (
            self.is_active
            and (self.starts_at is None or self.starts_at <= moment)
            and (self.ends_at is None or moment < self.ends_at)
            and (self.max_uses is None or self.uses < self.max_uses)
        )


class VoucherUse(models.Model):
    """The use of a voucher by an order.

    `user` is the account, and `customer` the mailbox it had then: neither a new email nor a new
    account makes another customer. For a guest, `customer` is what was typed and proves nothing.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="used_by")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="voucher_use")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    customer = models.CharField(max_length=254)
    # Whether the voucher was for accounts, each once; a constraint cannot look at another table.
    once = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "customer"],
                condition=models.Q(once=True),
                name="once_per_customer",
            ),
            models.UniqueConstraint(
                fields=["voucher", "user"], condition=models.Q(once=True), name="once_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} for {self.customer}"
