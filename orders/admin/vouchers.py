"""The admin of vouchers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString

from catalog.admin.forms import CategoryChoiceField
from catalog.models import Category
from orders.models import Voucher, VoucherUse
from shop.admin import PricesMixin, badge
from shop.admin_fields import ShopTimeField
from shop.formatting import format_datetime, format_percent
from shop.money import (
    MAX_DECIMALS,
    MAX_DIGITS,
    ZERO,
    digits_fault,
    format_price,
    plain_money,
)

#: Uses shown on the page of a voucher; the list of orders finds all of them by the code.
LAST_USES = 20


class CategoriesField(CategoryChoiceField, forms.ModelMultipleChoiceField):
    """A field for several categories of the tree."""


class VoucherForm(forms.ModelForm):
    """A voucher; only orders count its uses."""

    value = forms.DecimalField(
        required=False,
        min_value=ZERO,
        max_digits=MAX_DIGITS,
        decimal_places=MAX_DECIMALS,
        help_text=f"Percent, or an amount in {settings.SHOP_CURRENCY}; nothing for free delivery.",
    )
    categories = CategoriesField(
        Category.objects.order_by("path"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only goods of these and what is below them. None ticked: all goods.",
    )

    starts_at = ShopTimeField(label="Starts at", required=False)
    # A voucher may last an hour too long, but never ends before the hour that it names.
    ends_at = ShopTimeField(label="Ends at", required=False, later=True)

    class Meta:
        model = Voucher
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them
        error_messages: ClassVar[dict[str, Any]] = {
            "code": {"unique": "There is a voucher with this code already."}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = _shown_value(self.instance)
        # Those who may only view have no fields.
        for name in {"starts_at", "ends_at"} & self.fields.keys():
            field = self.fields[name]
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{field.label}, {part}"

    def clean_max_uses(self) -> int | None:
        """Refuse fewer uses than there have been."""
        most: int | None = self.cleaned_data["max_uses"]
        if most is not None and most < self.instance.uses:
            raise forms.ValidationError(
                f"It has been used {self.instance.uses} times already, so no less than that."
            )
        return most

    def clean(self) -> dict[str, Any]:
        """Refuse a value that makes no sense for the kind, and an end before the start."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Voucher.Kind.FREE_DELIVERY:
            cleaned["value"] = ZERO
        elif "value" not in self.errors and (
            fault := _value_fault(cleaned.get("kind"), cleaned.get("value"))
        ):
            self.add_error("value", fault)
        starts_at: datetime | None = cleaned.get("starts_at")
        ends_at: datetime | None = cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "It must end after it starts.")
        return cleaned


def _value_fault(kind: str | None, value: Decimal | None) -> str:
    if not value:
        return "How much does it take off?"
    if kind == Voucher.Kind.PERCENT and value > Decimal(100):
        return "A percentage is 100 at most."
    return digits_fault(value, settings.SHOP_CURRENCY) if kind == Voucher.Kind.FIXED else ""


def _shown_value(voucher: Voucher) -> str:
    if voucher.kind == Voucher.Kind.PERCENT:
        return format_percent(voucher.value)
    return plain_money(voucher.value, settings.SHOP_CURRENCY)


@admin.register(Voucher)
class VoucherAdmin(PricesMixin, admin.ModelAdmin):
    form = VoucherForm
    change_form_template = "admin/orders/voucher/change_form.html"
    list_display = ("code", "what", "least", "used", "valid", "state")
    list_filter = ("is_active", "kind", "once_per_customer")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("code",)
    search_help_text = "Code"
    ordering = ("-created_at", "-pk")
    readonly_fields = ("used",)
    fieldsets = (
        (None, {"fields": ("code", "is_active")}),
        ("What it takes off", {"fields": ("kind", "value", "minimum", "categories")}),
        (
            "Who may use it, and when",
            {"fields": ("starts_at", "ends_at", "once_per_customer", "max_uses", "used")},
        ),
    )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the orders that used the voucher last, and lock it while it is saved."""
        used = (
            VoucherUse.objects.filter(voucher_id=int(object_id))
            if object_id.isdecimal()
            else VoucherUse.objects.none()
        )
        last = used.select_related("order").order_by("-pk")[:LAST_USES]
        context = {"last_uses": last, **(extra_context or {})}
        with transaction.atomic():
            if request.method == "POST" and object_id.isdecimal():
                # No order may count a use between the check of max_uses and the save.
                Voucher.objects.select_for_update(no_key=True).filter(pk=object_id).first()
            return super().change_view(request, object_id, form_url, context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Keep a voucher that orders have used, and say what to do instead."""
        if object_id.isdecimal() and VoucherUse.objects.filter(voucher_id=int(object_id)).exists():
            text = (
                "Orders have used this voucher, so it stays for the books. To end it, take “Is "
                "active” away."
            )
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:orders_voucher_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    def shown_price(self, name: Any) -> Any:
        """Return what shows a field; a value is a percentage or an amount."""
        return "what" if name == "value" else super().shown_price(name)

    @admin.display(description="what", ordering="kind")
    def what(self, voucher: Voucher) -> str:
        if voucher.kind == Voucher.Kind.PERCENT:
            return f"{format_percent(voucher.value)} % off"
        return (
            "free delivery"
            if voucher.kind == Voucher.Kind.FREE_DELIVERY
            else f"{format_price(voucher.value)} off"
        )

    @admin.display(description="from", ordering="minimum")
    def least(self, voucher: Voucher) -> str:
        return format_price(voucher.minimum) if voucher.minimum else ""

    @admin.display(description="used", ordering="uses")
    def used(self, voucher: Voucher) -> str:
        """Show how often it was used, and how often it may be used."""
        return (
            str(voucher.uses)
            if voucher.max_uses is None
            else f"{voucher.uses} of {voucher.max_uses}"
        )

    @admin.display(description="valid", ordering="ends_at")
    def valid(self, voucher: Voucher) -> str:
        starts, ends = (
            format_datetime(moment) if moment else ""
            for moment in (voucher.starts_at, voucher.ends_at)
        )
        if starts and ends:
            return f"{starts} to {ends}"
        return f"from {starts}" if starts else f"until {ends}" if ends else "always"

    @admin.display(description="status", ordering="is_active")
    def state(self, voucher: Voucher) -> SafeString:
        """Show whether it can be used today."""
        return badge(*_voucher_state(voucher))


def _voucher_state(voucher: Voucher) -> tuple[str, str]:
    now = timezone.now()
    if not voucher.is_active:
        return "Switched off", "quiet"
    if voucher.ends_at and voucher.ends_at <= now:
        return "Over", "quiet"
    if voucher.max_uses is not None and voucher.uses >= voucher.max_uses:
        return "Used up", "quiet"
    if voucher.starts_at and voucher.starts_at > now:
        return "To come", "open"
    return "Active", "good"
