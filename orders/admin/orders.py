"""Orders and their money for staff: history is read, not changed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.address_format import format_lines
from catalog.admin.images import thumbnail
from catalog.models import StockMovement
from orders.admin import cancellation, corrections, documents, refunds, returns, shipments
from orders.admin.alerts import alerts, dispute_alerts, needs_attention, partly_refunded
from orders.fulfilment.shipments import SHIPPABLE
from orders.models import Dispute, Order, OrderItem, Payment, Refund
from orders.payments.refunds import refundable
from orders.timeline import timeline
from shop.admin import ReadOnlyAdmin, ReadOnlyInline, badge
from shop.formatting import format_datetime, format_percent
from shop.money import ZERO, format_money

STATUS_KINDS = {
    "pending": "open",
    "paid": "good",
    "partly_fulfilled": "good",
    "fulfilled": "good",
    "cancelled": "bad",
    "refunded": "quiet",
}
PAYMENT_KINDS = {
    "created": "open",
    "processing": "open",
    "captured": "good",
    "failed": "bad",
    "cancelled": "quiet",
    "refunded": "quiet",
}
REFUND_KINDS = {"created": "open", "processing": "open", "succeeded": "good", "failed": "bad"}


def postal(address: dict[str, str]) -> SafeString:
    """Return an order's copy of an address as HTML, as on a label, with the phone number below."""
    phone = address.get("phone")
    return in_lines([*format_lines(address), *([phone] if phone else [])])


def in_lines(texts: Iterable[str]) -> SafeString:
    """Return texts as HTML, one per line."""
    return format_html_join(SafeString("<br>"), "{}", ((text,) for text in texts))


def order_link(order: Order) -> SafeString:
    """Return the number of an order as a link to its page."""
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:orders_order_change", args=[order.pk]), order.number
    )


def percentage(percent: Decimal) -> str:
    """Return a tax rate as text, such as 19 %."""
    return f"{format_percent(percent)}\N{NO-BREAK SPACE}%"


def tax_lines(order: Order, items: Iterable[OrderItem]) -> list[str]:
    """Return the tax of each rate in words, highest rate first; delivery is included."""
    taxes: dict[Decimal, Decimal] = {}
    taxed = [(item.tax_percent, item.tax) for item in items]
    for percent, tax in [*taxed, *((part.percent, part.tax) for part in order.delivery_parts)]:
        taxes[percent] = taxes.get(percent, ZERO) + tax
    how = "included" if order.tax_included else "added"
    return [
        f"{format_money(taxes[percent], order.currency)}: {percentage(percent)}, {how}"
        for percent in sorted(taxes, reverse=True)
        if taxes[percent]
    ]


class ItemInline(ReadOnlyInline):
    """The lines of an order, in the order's currency."""

    model = OrderItem
    fields = ("picture", "what", "sku", "wishes", "quantity", "each", "sum", "off", "taxed")
    readonly_fields = fields
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderItem]:
        """Select the order along with each line, because it names the currency."""
        return super().get_queryset(request).select_related("order")

    @admin.display(description="picture")
    def picture(self, item: OrderItem) -> SafeString:
        """Show the picture as it was at the time of the order."""
        return thumbnail(item.image)

    @admin.display(description="product")
    def what(self, item: OrderItem) -> SafeString:
        """Show the name and options, with a link to the product as it is today."""
        url = reverse("admin:catalog_variant_change", args=[item.variant_id])
        return format_html('<a href="{}">{}</a> {}', url, item.name, item.choice)

    @admin.display(description="wishes")
    def wishes(self, item: OrderItem) -> str:
        """Show the free-form attributes, such as gift wrap."""
        return ", ".join(
            name.replace("_", " ") if value is True else f"{name}: {value}"
            for name, value in item.attributes.items()
        )

    @admin.display(description="each")
    def each(self, item: OrderItem) -> str:
        return format_money(item.unit_price, item.order.currency)

    @admin.display(description="total")
    def sum(self, item: OrderItem) -> str:
        return format_money(item.total, item.order.currency)

    @admin.display(description="discount")
    def off(self, item: OrderItem) -> str:
        return format_money(-item.discount, item.order.currency) if item.discount else ""

    @admin.display(description="tax")
    def taxed(self, item: OrderItem) -> str:
        if not item.tax_percent:
            return ""
        return f"{format_money(item.tax, item.order.currency)} ({percentage(item.tax_percent)})"


class PaymentInline(ReadOnlyInline):
    """The attempts to pay, successful or not."""

    model = Payment
    fields = ("begun", "provider", "money", "state", "returned", "transaction_id", "error")
    readonly_fields = fields
    ordering = ("created_at", "pk")

    @admin.display(description="begun")
    def begun(self, payment: Payment) -> str:
        return format_datetime(payment.created_at)

    @admin.display(description="amount")
    def money(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @admin.display(description="status")
    def state(self, payment: Payment) -> SafeString:
        return badge(payment.get_status_display(), PAYMENT_KINDS[payment.status])

    @admin.display(description="refunded, or about to be")
    def returned(self, payment: Payment) -> str:
        return format_money(payment.refunded, payment.currency) if payment.refunded else ""


class MoneyFilter(admin.SimpleListFilter):
    title = "money"
    parameter_name = "money"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("attention", "Needs attention"), ("partly", "Partly refunded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        conditions = {"attention": needs_attention, "partly": partly_refunded}
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition()) if condition else queryset


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    actions = (documents.print_packing_slips,)
    inlines = (ItemInline, PaymentInline)
    change_form_template = "admin/orders/order/change_form.html"
    list_display = ("number", "placed", "customer", "money", "state", "item_count")
    list_filter = ("status", MoneyFilter, "placed_at")
    list_per_page = 50
    search_fields = (
        "number",
        "email",
        "shipping_address__full_name",
        "items__sku",
        "=voucher_code",
    )
    search_help_text = "Number, e-mail, name, SKU or voucher"
    ordering = ("-placed_at", "-pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "number",
                    "state",
                    "placed_at",
                    "paid_at",
                    "cancelled_at",
                    "customer",
                    "note",
                )
            },
        ),
        ("Money", {"fields": ("goods", "discount", "delivery", "tax", "money", "returned")}),
        ("Delivery", {"fields": ("shipping_method", "ship_to", "bill_to")}),
    )
    readonly_fields = (
        *("state", "customer", "goods", "delivery", "discount", "tax", "money", "returned"),
        *("ship_to", "bill_to"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Add the number of units and what the badges need, for the rows of the page only."""
        things = (
            OrderItem.objects.filter(order=OuterRef("pk"))
            .order_by()
            .values("order")
            .annotate(n=Sum("quantity"))
        )
        back = Refund.objects.filter(
            payment__order=OuterRef("pk"), status=Refund.Status.SUCCEEDED
        ).order_by()
        return (
            super()
            .get_queryset(request)
            .annotate(
                things=Subquery(things.values("n")),
                back=Subquery(
                    back.values("payment__order").annotate(sum=Sum("amount")).values("sum")
                ),
                is_partly_refunded=partly_refunded(),
                is_for_attention=needs_attention(),
            )
        )

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which staff act, and the documents."""
        pages: tuple[tuple[str, Any, str], ...] = (
            ("refund/", refunds.refund_view, "refund"),
            ("cancel/", cancellation.cancel_view, "cancel"),
            ("ship/", shipments.ship_view, "ship"),
            ("correct/", corrections.correct_view, "correct"),
            ("resend/", corrections.resend_view, "resend"),
            ("returns/<uuid:return_id>/", returns.return_view, "return"),
            ("invoice/", documents.invoice_view, "invoice"),
            ("documents/<uuid:document>/", documents.document_view, "document"),
            ("packing-slip/", documents.slip_view, "slip"),
            ("packing-slip/<uuid:shipment>/", documents.slip_view, "parcel_slip"),
        )
        guard = self.admin_site.admin_view
        return [
            *(
                path(f"<int:pk>/{route}", guard(view), name=f"orders_order_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the history of the order, and what this member of staff may do with it."""
        order = Order.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        more = self._history(order) | self._permitted(request, order) if order else {}
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @staticmethod
    def _permitted(request: HttpRequest, order: Order) -> dict[str, bool]:
        """Return which of the pages this member of staff may use for an order now."""
        may_refund = request.user.has_perm("orders.add_refund")
        may_change = request.user.has_perm("orders.change_order")
        is_cancellable = order.status in cancellation.CANCELLABLE
        return {
            "can_refund": may_refund and refundable(order).amount > 0,
            "can_cancel": is_cancellable and cancellation.may_cancel(request, order),
            "can_ship": may_change and order.status in SHIPPABLE,
            "can_correct": may_change and corrections.may_correct(order),
            "can_resend": may_change and not order.erased_at,
        }

    @staticmethod
    def _history(order: Order) -> dict[str, Any]:
        ledger = StockMovement.objects.filter(order_number=order.number)
        movements = list(
            ledger.select_related("variant__product", "actor").order_by("created_at", "pk")
        )
        refunds = Refund.objects.filter(payment__order=order).select_related("actor", "payment")
        returned = list(refunds.prefetch_related("items__item").order_by("created_at", "pk"))
        payments = list(Payment.objects.filter(order=order).order_by("created_at", "pk"))
        disputes = Dispute.objects.filter(payment__order=order).order_by("created_at", "pk")
        shipped = order.shipments.select_related("actor").prefetch_related("items__item")
        return {
            "documents": list(order.invoices.order_by("issued_at", "pk")),
            "shipments": shipped.order_by("created_at"),
            "returns": order.returns.prefetch_related("items__item").order_by("created_at"),
            "ledger": movements,
            "refunds": [(refund, REFUND_KINDS[refund.status]) for refund in returned],
            "timeline": timeline(order),
            "alerts": [
                *dispute_alerts(disputes),
                *alerts(order, payments, returned, movements),
            ],
        }

    @admin.display(description="placed", ordering="placed_at")
    def placed(self, order: Order) -> str:
        return format_datetime(order.placed_at)

    @admin.display(description="status", ordering="status")
    def state(self, order: Any) -> SafeString:
        """Show the status, and badges for what else should be seen at once."""
        badges = [badge(order.get_status_display(), STATUS_KINDS[order.status])]
        if order.is_partly_refunded:
            badges.append(badge("Partly refunded", "quiet"))
        if order.is_for_attention:
            badges.append(badge("Needs attention", "bad"))
        return format_html_join(" ", "{}", ((each,) for each in badges))

    @admin.display(description="customer", ordering="email")
    def customer(self, order: Order) -> SafeString:
        """Show who ordered, with a link to the account."""
        name = order.shipping_address.get("full_name", "")
        if order.user_id is None:
            return format_html("{}<br>{} (guest)", name, order.email)
        url = reverse("admin:accounts_user_change", args=[order.user_id])
        return format_html('{}<br><a href="{}">{}</a>', name, url, order.email)

    @admin.display(description="items")
    def item_count(self, order: Any) -> int:
        """Show how many units were ordered."""
        return order.things or 0

    @admin.display(description="total", ordering="total")
    def money(self, order: Order) -> str:
        return format_money(order.total, order.currency)

    @admin.display(description="goods")
    def goods(self, order: Order) -> str:
        return format_money(order.items_total, order.currency)

    @admin.display(description="delivery")
    def delivery(self, order: Order) -> str:
        return format_money(order.shipping_total, order.currency)

    @admin.display(description="discount")
    def discount(self, order: Order) -> str:
        """Show the discount and the voucher that gave it."""
        if not order.voucher_code:
            return (
                format_money(-order.discount_total, order.currency)
                if order.discount_total
                else "none"
            )
        return (
            f"{format_money(-order.discount_total, order.currency)}, voucher {order.voucher_code}"
        )

    @admin.display(description="tax")
    def tax(self, order: Order) -> SafeString:
        return in_lines(tax_lines(order, order.items.all()) or ["none"])

    @admin.display(description="refunded")
    def returned(self, order: Any) -> str:
        return format_money(order.back, order.currency) if order.back else "nothing"

    @admin.display(description="sent to")
    def ship_to(self, order: Order) -> SafeString:
        return postal(order.shipping_address)

    @admin.display(description="billed to")
    def bill_to(self, order: Order) -> SafeString:
        return postal(order.billing_address)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    # Where the shopper goes on: the test provider's page has the order's secret in its URL.
    exclude = ("next_url",)
    list_display = (
        "begun",
        "shown_order",
        "provider",
        "money",
        "returned",
        "state",
        "transaction_id",
    )
    list_filter = ("status", "provider", "created_at")
    list_select_related = ("order",)
    list_per_page = 50
    search_fields = ("order__number", "transaction_id", "=id")
    search_help_text = "Order, transaction or id"
    ordering = ("-created_at", "-pk")

    @admin.display(description="begun", ordering="created_at")
    def begun(self, payment: Payment) -> str:
        return format_datetime(payment.created_at)

    @admin.display(description="order", ordering="order__number")
    def shown_order(self, payment: Payment) -> SafeString:
        return order_link(payment.order)

    @admin.display(description="amount", ordering="amount")
    def money(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @admin.display(description="refunded", ordering="refunded")
    def returned(self, payment: Payment) -> str:
        return format_money(payment.refunded, payment.currency) if payment.refunded else ""

    @admin.display(description="status", ordering="status")
    def state(self, payment: Payment) -> SafeString:
        return badge(payment.get_status_display(), PAYMENT_KINDS[payment.status])


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Refunds, read-only; they are made on the page of their order."""

    list_display = ("begun", "shown_order", "money", "state", "reason", "who")
    list_filter = ("status", "restock", "created_at")
    list_select_related = ("payment__order", "actor")
    list_per_page = 50
    search_fields = ("payment__order__number", "transaction_id", "reason", "=id")
    search_help_text = "Order, reason, transaction or id"
    ordering = ("-created_at", "-pk")

    @admin.display(description="begun", ordering="created_at")
    def begun(self, refund: Refund) -> str:
        return format_datetime(refund.created_at)

    @admin.display(description="order", ordering="payment__order__number")
    def shown_order(self, refund: Refund) -> SafeString:
        return order_link(refund.payment.order)

    @admin.display(description="amount", ordering="amount")
    def money(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.currency)

    @admin.display(description="status", ordering="status")
    def state(self, refund: Refund) -> SafeString:
        """Show the status, and why a refund failed."""
        return format_html(
            "{} {}", badge(refund.get_status_display(), REFUND_KINDS[refund.status]), refund.error
        )

    @admin.display(description="by", ordering="actor__email")
    def who(self, refund: Refund) -> str:
        return refund.actor.email if refund.actor else "the shop itself"
