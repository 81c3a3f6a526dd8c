"""Variants, the page that changes their stock, and the stock ledger, in the admin."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User
from catalog import stock
from catalog.admin import forms
from catalog.listing_columns import refresh_listings
from catalog.models import ProductImage, StockMovement, Variant
from shop.admin import PricesMixin, ReadOnlyAdmin

LEDGER_LINES = 20


@admin.register(Variant)
class VariantAdmin(PricesMixin, admin.ModelAdmin):
    """All fields of a variant, its ledger, and a link to change its stock."""

    form = forms.VariantForm
    change_form_template = "admin/catalog/variant/change_form.html"
    list_display = ("__str__", "sku", "price", "stock", "track_stock", "allow_backorder")
    list_select_related = ("product",)
    list_filter = ("track_stock", "allow_backorder")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("sku", "barcode", "product__name")
    ordering = ("product__name", "position", "pk")
    readonly_fields = ("product", "stock")
    fieldsets = (
        (None, {"fields": ("product", *forms.OPTION_FIELDS, "sku", "barcode", "image")}),
        ("Price", {"fields": ("price", "compare_at_price", "taxable")}),
        (
            "Stock and delivery",
            {
                "fields": (
                    "stock",
                    "track_stock",
                    "allow_backorder",
                    "requires_shipping",
                    "weight_grams",
                )
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a variant is added on its product's page."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer only the pictures of the variant's own product."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "image" in form.base_fields:
            pictures = ProductImage.objects.filter(product=obj.product_id).order_by(
                "position", "pk"
            )
            form.base_fields["image"] = forms.VariantImageField(
                pictures, required=False, label="Picture"
            )
        return form

    def save_model(self, request: HttpRequest, obj: Variant, form: ModelForm, change: bool) -> None:
        """Save the variant without changing its stock."""
        obj.save(update_fields=forms.VARIANT_COLUMNS)
        refresh_listings([obj.product_id])

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        """Delete the variant and refresh its product's listing."""
        super().delete_model(request, obj)
        refresh_listings([obj.product_id])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the latest stock movements."""
        found = (
            StockMovement.objects.filter(variant_id=object_id)
            if object_id.isdecimal()
            else StockMovement.objects.none()
        )
        ledger = found.select_related("actor").order_by("-created_at", "-pk")[:LEDGER_LINES]
        return super().change_view(
            request, object_id, form_url, {"ledger": ledger, **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        """Add the page that changes the stock."""
        view = self.admin_site.admin_view(self.stock_view)
        return [path("<int:pk>/stock/", view, name="catalog_variant_stock"), *super().get_urls()]

    def stock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the stock of a variant, stating a reason."""
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=pk)
        if not self.has_change_permission(request, variant):
            raise PermissionDenied
        form = forms.StockForm(request.POST or None)
        if form.is_valid() and self._change_stock(request, variant, form):
            return redirect("admin:catalog_variant_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Change the stock",
            "subtitle": str(variant),
        }
        context |= {"variant": variant, "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/catalog/variant/stock.html", context)

    def _change_stock(self, request: HttpRequest, variant: Variant, form: forms.StockForm) -> bool:
        quantity, note = form.cleaned_data["quantity"], form.cleaned_data["note"]
        actor = cast(User, request.user)
        change = stock.adjust if form.cleaned_data["kind"] == "change" else stock.set_level
        try:
            with transaction.atomic():
                change(variant, quantity, note=note, actor=actor)
                refresh_listings([variant.product_id])
        except stock.OutOfStock:
            form.add_error("quantity", "So many are not there any more.")
            return False
        self.log_change(request, variant, f"Stock: {note}")
        self.message_user(request, "The stock is changed.", messages.SUCCESS)
        return True


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The stock ledger."""

    list_display = ("created_at", "variant", "delta", "reason", "order_number", "note", "actor")
    list_filter = ("reason", "created_at")
    list_select_related = ("variant__product", "actor")
    list_per_page = 50
    search_fields = ("=order_number", "variant__sku", "variant__product__name", "note")
    ordering = ("-created_at", "-pk")
