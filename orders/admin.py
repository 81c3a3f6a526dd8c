"""Orders, for staff: history is read, not changed."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.countries import COUNTRIES, COUNTRY_NAMES
from catalog.admin import thumbnail
from catalog.models import StockMovement
from orders.models import Order, OrderItem, Payment, ShippingMethod
from shop.admin import ReadOnlyAdmin, ReadOnlyInline, badge
from shop.money import format_money

STATUS_KINDS = {"pending": "open", "paid": "good", "fulfilled": "good", "cancelled": "bad", "refunded": "quiet"}
PAYMENT_KINDS = {
    "created": "open",
    "processing": "open",
    "captured": "good",
    "failed": "bad",
    "cancelled": "quiet",
    "refunded": "quiet",
}


def postal(address: dict[str, str]) -> SafeString:
    """Show an order's copy of an address as on a parcel."""
    town = " ".join(filter(None, [address.get("postcode"), address.get("city")]))
    country = COUNTRY_NAMES.get(address.get("country", ""), address.get("country", ""))
    lines = [address.get("full_name"), address.get("company"), address.get("line1"), address.get("line2"), town]
    lines += [address.get("region"), country, address.get("phone")]
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))


class ItemInline(ReadOnlyInline):
    """What was ordered."""

    model = OrderItem
    fields = ("picture", "what", "sku", "wishes", "quantity", "each", "sum")
    readonly_fields = fields
    ordering = ("pk",)

    @admin.display(description="")
    def picture(self, item: OrderItem) -> SafeString:
        """Show the picture as it was."""
        return thumbnail(item.image)

    @admin.display(description="product")
    def what(self, item: OrderItem) -> SafeString:
        """Show name and choice, and the way to the product as it is today."""
        url = reverse("admin:catalog_variant_change", args=[item.variant_id])
        return format_html('<a href="{}">{}</a> {}', url, item.name, item.choice)

    @admin.display(description="wishes")
    def wishes(self, item: OrderItem) -> str:
        """Show the free-form attributes, such as gift wrap."""
        return ", ".join(
            name.replace("_", " ") if value is True else f"{name}: {value}" for name, value in item.attributes.items()
        )

    @admin.display(description="each")
    def each(self, item: OrderItem) -> str:
        """Show the price of one."""
        return format_money(item.unit_price)

    @admin.display(description="total")
    def sum(self, item: OrderItem) -> str:
        """Show the price of all."""
        return format_money(item.total)


class PaymentInline(ReadOnlyInline):
    """How it was paid, or tried to."""

    model = Payment
    fields = ("created_at", "provider", "money", "state", "transaction_id", "error")
    readonly_fields = fields
    ordering = ("created_at", "pk")

    @admin.display(description="amount")
    def money(self, payment: Payment) -> str:
        """Show the amount."""
        return format_money(payment.amount, payment.currency)

    @admin.display(description="status")
    def state(self, payment: Payment) -> SafeString:
        """Show the status."""
        return badge(payment.get_status_display(), PAYMENT_KINDS[payment.status])


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders."""

    inlines = (ItemInline, PaymentInline)
    change_form_template = "admin/orders/order/change_form.html"
    list_display = ("number", "placed_at", "customer", "money", "state", "item_count")
    list_filter = ("status", "placed_at")
    list_per_page = 50
    search_fields = ("number", "email", "shipping_address__full_name", "items__sku")
    search_help_text = "Number, e-mail, name or SKU"
    ordering = ("-placed_at", "-pk")
    fieldsets = (
        (None, {"fields": ("number", "state", "placed_at", "paid_at", "cancelled_at", "customer", "note")}),
        ("Money", {"fields": ("goods", "delivery", "discount", "tax", "money")}),
        ("Delivery", {"fields": ("shipping_method", "ship_to", "bill_to")}),
    )
    readonly_fields = ("state", "customer", "goods", "delivery", "discount", "tax", "money", "ship_to", "bill_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Add the number of things, counted for the rows of the page alone."""
        things = OrderItem.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(n=Sum("quantity"))
        return super().get_queryset(request).annotate(things=Subquery(things.values("n")))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add what the order did to the stock."""
        number = Order.objects.filter(pk=object_id).values("number") if object_id.isdecimal() else None
        moved = StockMovement.objects.filter(order_number__in=number) if number else StockMovement.objects.none()
        ledger = moved.select_related("variant__product", "actor").order_by("created_at", "pk")
        return super().change_view(request, object_id, form_url, {"ledger": ledger, **(extra_context or {})})

    @admin.display(description="status", ordering="status")
    def state(self, order: Order) -> SafeString:
        """Show the status."""
        return badge(order.get_status_display(), STATUS_KINDS[order.status])

    @admin.display(description="customer", ordering="email")
    def customer(self, order: Order) -> SafeString:
        """Show who ordered, and the way to the account."""
        name = order.shipping_address.get("full_name", "")
        if order.user_id is None:
            return format_html("{}<br>{} (guest)", name, order.email)
        url = reverse("admin:accounts_user_change", args=[order.user_id])
        return format_html('{}<br><a href="{}">{}</a>', name, url, order.email)

    @admin.display(description="items")
    def item_count(self, order: Any) -> int:
        """Show how many things were ordered."""
        return order.things or 0

    @admin.display(description="total", ordering="total")
    def money(self, order: Order) -> str:
        """Show the total."""
        return format_money(order.total, order.currency)

    @admin.display(description="goods")
    def goods(self, order: Order) -> str:
        """Show what the items cost."""
        return format_money(order.items_total, order.currency)

    @admin.display(description="delivery")
    def delivery(self, order: Order) -> str:
        """Show what the delivery cost."""
        return format_money(order.shipping_total, order.currency)

    @admin.display(description="discount")
    def discount(self, order: Order) -> str:
        """Show what was taken off."""
        return format_money(order.discount_total, order.currency)

    @admin.display(description="tax")
    def tax(self, order: Order) -> str:
        """Show the tax."""
        return format_money(order.tax_total, order.currency)

    @admin.display(description="sent to")
    def ship_to(self, order: Order) -> SafeString:
        """Show the delivery address."""
        return postal(order.shipping_address)

    @admin.display(description="billed to")
    def bill_to(self, order: Order) -> SafeString:
        """Show the billing address."""
        return postal(order.billing_address)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Payments."""

    list_display = ("created_at", "order", "provider", "amount", "currency", "state", "transaction_id")
    list_filter = ("status", "provider", "created_at")
    list_select_related = ("order",)
    list_per_page = 50
    search_fields = ("order__number", "transaction_id", "=id")
    ordering = ("-created_at", "-pk")

    @admin.display(description="status", ordering="status")
    def state(self, payment: Payment) -> SafeString:
        """Show the status."""
        return badge(payment.get_status_display(), PAYMENT_KINDS[payment.status])


class ShippingMethodForm(forms.ModelForm):
    """A way to send orders."""

    countries = forms.MultipleChoiceField(
        choices=COUNTRIES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it is offered. None ticked: everywhere.",
    )

    class Meta:
        model = ShippingMethod
        fields = "__all__"  # noqa: DJ007 - staff may change all of it


@admin.register(ShippingMethod)
class ShippingMethodAdmin(admin.ModelAdmin):
    """The ways to send an order."""

    form = ShippingMethodForm
    list_display = ("name", "price", "free_from", "days", "where", "position", "is_active")
    list_editable: ClassVar[tuple[str, ...]] = ("position", "is_active")
    ordering = ("position", "pk")

    @admin.display(description="days")
    def days(self, method: ShippingMethod) -> str:
        """Show how long it takes."""
        return f"{method.days_min} to {method.days_max}"

    @admin.display(description="offered in")
    def where(self, method: ShippingMethod) -> str:
        """Show the countries."""
        return ", ".join(method.countries) or "everywhere"
