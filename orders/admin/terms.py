"""The terms on which the shop sells, for staff: delivery, tax and vouchers."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.countries import COUNTRY_NAMES
from orders.admin.forms import ShippingMethodForm, ShippingMethodLineForm, TaxPercentForm, TaxRateForm, VoucherForm
from orders.models import ShippingMethod, TaxRate, Voucher, VoucherUse
from shop.admin import badge
from shop.money import format_money

#: Uses on the page of a voucher; the list of orders finds all by the code.
LAST_USES = 20


@admin.register(ShippingMethod)
class ShippingMethodAdmin(admin.ModelAdmin):
    """The ways to send an order."""

    form = ShippingMethodForm
    list_display = ("name", "price", "free_from", "weight", "days", "where", "position", "is_active")
    list_editable: ClassVar[tuple[str, ...]] = ("position", "is_active")
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": ("name", "description", "is_active", "position")}),
        ("Price", {"fields": ("price", "free_from")}),
        ("Parcels", {"fields": (("min_weight_grams", "max_weight_grams"), ("days_min", "days_max"))}),
        ("Countries", {"fields": ("countries",)}),
    )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Label what the list edits."""
        return ShippingMethodLineForm

    @admin.display(description="days")
    def days(self, method: ShippingMethod) -> str:
        """Show how long it takes."""
        return f"{method.days_min} to {method.days_max}"

    @admin.display(description="weight")
    def weight(self, method: ShippingMethod) -> str:
        """Show the parcels that it takes."""
        lightest, heaviest = method.min_weight_grams, method.max_weight_grams
        if heaviest is None:
            return f"from {kilograms(lightest)}" if lightest else "any"
        return f"{kilograms(lightest)} to {kilograms(heaviest)}" if lightest else f"up to {kilograms(heaviest)}"

    @admin.display(description="offered in")
    def where(self, method: ShippingMethod) -> str:
        """Show the countries."""
        return ", ".join(method.countries) or "everywhere"


def kilograms(grams: int) -> str:
    """Return a weight as people say it: 500 g, 2.5 kg."""
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin):
    """Taxes; a country without a row takes none."""

    form = TaxRateForm
    list_display = ("where", "tax_class", "percent")
    list_editable: ClassVar[tuple[str, ...]] = ("percent",)
    list_filter = ("tax_class",)
    list_per_page = 200
    ordering = ("country", "tax_class", "pk")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Check a percentage in the list as on its own page."""
        return TaxPercentForm

    @admin.display(description="country", ordering="country")
    def where(self, rate: TaxRate) -> str:
        """Show the country's name."""
        return COUNTRY_NAMES.get(rate.country, rate.country)


@admin.register(Voucher)
class VoucherAdmin(admin.ModelAdmin):
    """Codes that make an order cheaper."""

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
        ("Who may use it, and when", {"fields": ("starts_at", "ends_at", "once_per_customer", "max_uses", "used")}),
    )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the orders that used it last; while it is saved, no order counts a use."""
        used = (
            VoucherUse.objects.filter(voucher_id=int(object_id)) if object_id.isdecimal() else VoucherUse.objects.none()
        )
        last = used.select_related("order").order_by("-pk")[:LAST_USES]
        context = {"last_uses": last, **(extra_context or {})}
        with transaction.atomic():
            if request.method == "POST" and object_id.isdecimal():
                Voucher.objects.select_for_update(no_key=True).filter(pk=object_id).first()
            return super().change_view(request, object_id, form_url, context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Keep a voucher that an order used, and say what to do instead."""
        if object_id.isdecimal() and VoucherUse.objects.filter(voucher_id=int(object_id)).exists():
            text = "Orders have used this voucher, so it stays for the books. To end it, take “Is active” away."
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:orders_voucher_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    @admin.display(description="what", ordering="kind")
    def what(self, voucher: Voucher) -> str:
        """Show in words what it does."""
        if voucher.kind == Voucher.Kind.PERCENT:
            return f"{voucher.value.normalize():f} % off"
        return "free delivery" if voucher.kind == Voucher.Kind.FREE_DELIVERY else f"{format_money(voucher.value)} off"

    @admin.display(description="from", ordering="minimum")
    def least(self, voucher: Voucher) -> str:
        """Show what must be bought."""
        return format_money(voucher.minimum) if voucher.minimum else ""

    @admin.display(description="used", ordering="uses")
    def used(self, voucher: Voucher) -> str:
        """Show how often it was used, and how often it may be."""
        return str(voucher.uses) if voucher.max_uses is None else f"{voucher.uses} of {voucher.max_uses}"

    @admin.display(description="valid", ordering="ends_at")
    def valid(self, voucher: Voucher) -> str:
        """Show the dates."""
        starts, ends = (f"{moment:%-d %b %Y}" if moment else "" for moment in (voucher.starts_at, voucher.ends_at))
        if starts and ends:
            return f"{starts} to {ends}"
        return f"from {starts}" if starts else f"until {ends}" if ends else "always"

    @admin.display(description="status", ordering="is_active")
    def state(self, voucher: Voucher) -> SafeString:
        """Show whether it counts today."""
        return badge(*_state(voucher))


def _state(voucher: Voucher) -> tuple[str, str]:
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
