"""Products with their variants in the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import forms, images
from catalog.admin.images import ImageInline, thumbnail
from catalog.images import uploads
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product, Variant
from shop.admin import PricesMixin, badge
from shop.money import format_price
from shop.response_headers import allow_sources
from shop.storages import product_images

MANY_BRANDS = 15
#: Without JavaScript all new pictures come with the form.
MOST_UPLOAD_BYTES = 5 * settings.UPLOAD_MAX_BYTES
STATUS_KINDS = {"active": "good", "draft": "open", "archived": "quiet"}


class CategoryFilter(admin.SimpleListFilter):
    """Filters products by a category and its descendants."""

    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the tree, indented."""
        return [
            (str(category.pk), "\u2003" * (category.depth - 1) + category.name)
            for category in Category.objects.order_by("path")
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        category = (
            Category.objects.filter(pk=self.value()).first()
            if (self.value() or "").isdecimal()
            else None
        )
        return queryset.filter(category__path__startswith=category.path) if category else queryset


class InStockFilter(admin.BooleanFieldListFilter):
    """Filters products by whether they can be bought."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "in stock"


class BrandFilter(admin.SimpleListFilter):
    """Filters products by brand; it offers the brands with the most products."""

    title = "brand"
    parameter_name = "brand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        brands = (
            Product.objects.exclude(brand="").values_list("brand").annotate(products=Count("pk"))
        )
        return [
            (brand, f"{brand} ({products})")
            for brand, products in brands.order_by("-products", "brand")[:MANY_BRANDS]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return queryset.filter(brand=self.value()) if self.value() else queryset


class VariantInline(PricesMixin, admin.TabularInline):
    """The variants of a product; their remaining fields are on their own pages."""

    model = Variant
    form = forms.VariantForm
    formset = forms.VariantFormSet
    fields = (
        *forms.OPTION_FIELDS,
        *("sku", "price", "compare_at_price", "stock_link", "weight_grams", "barcode"),
        *("track_stock", "allow_backorder", "requires_shipping", "taxable", "position"),
    )
    readonly_fields = ("stock_link",)
    ordering = ("position", "pk")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        """Select the product along with each variant, because the variant's name includes it."""
        return super().get_queryset(request).select_related("product")

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Start a new product with one variant; without any it could not be bought."""
        return 0 if obj else 1

    @admin.display(description="stock")
    def stock_link(self, variant: Variant) -> SafeString:
        """Return the stock as a link to the page that changes it."""
        if variant.pk is None:
            return SafeString("after saving")
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:catalog_variant_stock", args=[variant.pk]),
            variant.stock,
        )


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Products with their variants and pictures."""

    most_upload_bytes = MOST_UPLOAD_BYTES
    form = forms.ProductForm
    inlines = (ImageInline, VariantInline)
    list_display = (
        "picture",
        "name",
        "category",
        "brand",
        "price",
        "stock",
        "state",
        "is_in_stock",
    )
    list_display_links = ("picture", "name")
    list_filter = ("status", ("listing_in_stock", InStockFilter), CategoryFilter, BrandFilter)
    list_select_related = ("category",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "brand", "variants__sku")
    search_help_text = "Name, brand or SKU"
    ordering = ("-created_at", "-pk")
    prepopulated_fields = {"slug": ("name",)}
    actions = ("activate", "archive")
    fieldsets = (
        (None, {"fields": ("name", "slug", "status", "category", "tax_class", "description")}),
        ("What shoppers choose between", {"fields": ("option_names",)}),
        ("Brand, type and tags", {"fields": ("brand", "product_type", "tags")}),
        (
            "For search engines",
            {"classes": ("collapse",), "fields": ("seo_title", "seo_description")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Add the stock of all variants, which is summed only for the rows on the page."""
        levels = (
            Variant.objects.filter(product=OuterRef("pk"))
            .order_by()
            .values("product")
            .annotate(sum=Sum("stock"))
        )
        return super().get_queryset(request).annotate(stock_sum=Subquery(levels.values("sum")))

    def get_urls(self) -> list[URLPattern]:
        """Add the URLs that the browser uses while it uploads pictures."""
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/pictures/", guard(self.pictures_view), name="catalog_product_pictures"),
            path("<int:pk>/pictures/<int:image_id>/abandon/", guard(self.abandon_view)),
            *super().get_urls(),
        ]

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the page post pictures to the bucket."""
        response = super().change_view(*args, **kwargs)
        allow_sources(response, {"connect-src": ["'self'", *product_images().post_origins()]})
        return response

    def view_on_site(self, product: Product) -> str | None:
        """Return the product's page in the shop, or None if shoppers don't see it."""
        is_shown = product.status == Product.Status.ACTIVE
        return product.get_absolute_url() if is_shown else None

    def pictures_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the state of the pictures, or begin uploads."""
        return images.pictures(request, self._changeable(request, pk))

    def abandon_view(self, request: HttpRequest, pk: int, image_id: int) -> HttpResponse:
        """Delete the row of an upload that failed in the browser."""
        return images.abandon(request, self._changeable(request, pk), image_id)

    def _changeable(self, request: HttpRequest, pk: int) -> Product:
        product = get_object_or_404(Product, pk=pk)
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        return product

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save variants and pictures, then store the new pictures and refresh the listing."""
        super().save_related(request, form, formsets, change)
        uploads.add_images(form.instance, form.cleaned_data["new_images"])
        refresh_listings([form.instance.pk])

    @admin.display(description="")
    def picture(self, product: Product) -> SafeString:
        return thumbnail(product.listing_image)

    @admin.display(description="price", ordering="listing_price")
    def price(self, product: Product) -> str:
        """Return the lowest price."""
        if product.listing_price is None:
            return "none"
        return ("from " if product.listing_price_varies else "") + format_price(
            product.listing_price
        )

    @admin.display(description="stock", ordering="stock_sum")
    def stock(self, product: Any) -> int:
        """Return the stock of all variants."""
        return product.stock_sum or 0

    @admin.display(description="status", ordering="status")
    def state(self, product: Product) -> SafeString:
        """Return the status, which decides whether shoppers see the product."""
        return badge(product.get_status_display(), STATUS_KINDS[product.status])

    @admin.display(description="in stock", boolean=True, ordering="listing_in_stock")
    def is_in_stock(self, product: Product) -> bool:
        """Return whether the product can be bought."""
        return product.listing_in_stock

    @admin.action(description="Show in the shop", permissions=["change"])
    def activate(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        self._set_status(request, products, Product.Status.ACTIVE)

    @admin.action(description="Take out of the shop (archive)", permissions=["change"])
    def archive(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        self._set_status(request, products, Product.Status.ARCHIVED)

    def _set_status(
        self, request: HttpRequest, products: QuerySet[Product], status: Product.Status
    ) -> None:
        changed = Product.objects.filter(pk__in=products.values("pk")).update(status=status)
        self.message_user(
            request, f"{changed} products are {status.label.lower()} now.", messages.SUCCESS
        )
