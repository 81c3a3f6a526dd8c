"""The catalogue, for staff."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from treebeard.admin import TreeAdmin

from accounts.models import User
from catalog import stock
from catalog.admin import forms, images
from catalog.admin.images import IMAGE_KINDS, ImageInline, thumbnail
from catalog.images import uploads
from catalog.images.pipeline import retry_images
from catalog.listing import refresh_listings
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from shop.admin import ReadOnlyAdmin, badge
from shop.money import format_money

MANY_BRANDS = 15
LEDGER_LINES = 20
STATUS_KINDS = {"active": "good", "draft": "open", "archived": "quiet"}


class CategoryFilter(admin.SimpleListFilter):
    """A category with all below it."""

    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the tree, indented."""
        return [
            (str(category.pk), "\u2003" * (category.depth - 1) + category.name)
            for category in Category.objects.order_by("path")
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Filter."""
        category = (
            Category.objects.filter(pk=self.value()).first()
            if (self.value() or "").isdecimal()
            else None
        )
        return queryset.filter(category__path__startswith=category.path) if category else queryset


class InStockFilter(admin.BooleanFieldListFilter):
    """What can be bought, and what not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "in stock"


class BrandFilter(admin.SimpleListFilter):
    """The brands with the most products."""

    title = "brand"
    parameter_name = "brand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the brands."""
        brands = (
            Product.objects.exclude(brand="").values_list("brand").annotate(products=Count("pk"))
        )
        return [
            (brand, f"{brand} ({products})")
            for brand, products in brands.order_by("-products", "brand")[:MANY_BRANDS]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Filter."""
        return queryset.filter(brand=self.value()) if self.value() else queryset


class VariantInline(admin.TabularInline):
    """The variants of a product; the rest of each is on its own page."""

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
        """Read the product with its variants, whose names say it."""
        return super().get_queryset(request).select_related("product")

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Begin a new product with one variant; without any it could not be bought."""
        return 0 if obj else 1

    @admin.display(description="stock")
    def stock_link(self, variant: Variant) -> SafeString:
        """Show the stock, and the way to change it."""
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
        """Add the stock of all variants, counted for the rows of the page alone."""
        levels = (
            Variant.objects.filter(product=OuterRef("pk"))
            .order_by()
            .values("product")
            .annotate(sum=Sum("stock"))
        )
        return super().get_queryset(request).annotate(stock_sum=Subquery(levels.values("sum")))

    def get_urls(self) -> list[URLPattern]:
        """Add what the browser asks for while it uploads pictures."""
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/pictures/", guard(self.pictures_view), name="catalog_product_pictures"),
            path("<int:pk>/pictures/<int:image_id>/abandon/", guard(self.abandon_view)),
            *super().get_urls(),
        ]

    def pictures_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how far the pictures are, or begin uploads."""
        return images.pictures(request, self._changeable(request, pk))

    def abandon_view(self, request: HttpRequest, pk: int, image_id: int) -> HttpResponse:
        """Forget an upload that failed in the browser."""
        return images.abandon(request, self._changeable(request, pk), image_id)

    def _changeable(self, request: HttpRequest, pk: int) -> Product:
        product = get_object_or_404(Product, pk=pk)
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        return product

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save variants and pictures, then take the new pictures in and write down what lists
        show.
        """
        super().save_related(request, form, formsets, change)
        uploads.add_images(form.instance, form.cleaned_data["new_images"])
        refresh_listings([form.instance.pk])

    @admin.display(description="")
    def picture(self, product: Product) -> SafeString:
        """Show the first picture."""
        return thumbnail(product.listing_image)

    @admin.display(description="price", ordering="listing_price")
    def price(self, product: Product) -> str:
        """Show the lowest price."""
        if product.listing_price is None:
            return "none"
        return ("from " if product.listing_price_varies else "") + format_money(
            product.listing_price
        )

    @admin.display(description="stock", ordering="stock_sum")
    def stock(self, product: Any) -> int:
        """Show the stock of all variants."""
        return product.stock_sum or 0

    @admin.display(description="status", ordering="status")
    def state(self, product: Product) -> SafeString:
        """Show whether shoppers see it."""
        return badge(product.get_status_display(), STATUS_KINDS[product.status])

    @admin.display(description="in stock", boolean=True, ordering="listing_in_stock")
    def is_in_stock(self, product: Product) -> bool:
        """Show whether it can be bought."""
        return product.listing_in_stock

    @admin.action(description="Show in the shop", permissions=["change"])
    def activate(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """Make products active."""
        self._set_status(request, products, Product.Status.ACTIVE)

    @admin.action(description="Take out of the shop (archive)", permissions=["change"])
    def archive(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        """Archive products."""
        self._set_status(request, products, Product.Status.ARCHIVED)

    def _set_status(
        self, request: HttpRequest, products: QuerySet[Product], status: Product.Status
    ) -> None:
        changed = Product.objects.filter(pk__in=products.values("pk")).update(status=status)
        self.message_user(
            request, f"{changed} products are {status.label.lower()} now.", messages.SUCCESS
        )


@admin.register(Variant)
class VariantAdmin(admin.ModelAdmin):
    """All of one variant, its ledger, and the way to change its stock."""

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
        """Refuse: a variant is added on its product's page."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer the pictures of the product alone."""
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
        """Save, the stock left as it is."""
        obj.save(update_fields=forms.VARIANT_COLUMNS)
        refresh_listings([obj.product_id])

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        """Delete, and write down what lists show of the others."""
        super().delete_model(request, obj)
        refresh_listings([obj.product_id])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the last lines of the ledger."""
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
        """Change the stock of a variant, with a reason."""
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=pk)
        if not self.has_change_permission(request, variant):
            return redirect("admin:index")
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


@admin.register(ProductImage)
class ProductImageAdmin(admin.ModelAdmin):
    """Pictures, to find those that failed and try them again."""

    list_display = ("shown", "product", "state", "error", "source", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("product",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("product__name", "source_url", "original", "error")
    ordering = ("-created_at", "-pk")
    readonly_fields = (
        "shown",
        "product",
        "state",
        "error",
        "source",
        "width",
        "height",
        "created_at",
    )
    fields = (
        "shown",
        "product",
        "position",
        "alt",
        "state",
        "error",
        "source",
        "width",
        "height",
        "created_at",
    )
    actions = ("retry",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: pictures are added on their product's page."""
        return False

    def save_model(
        self, request: HttpRequest, obj: ProductImage, form: ModelForm, change: bool
    ) -> None:
        """Save what staff may change."""
        obj.save(update_fields=["position", "alt"])
        refresh_listings([obj.product_id])

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        """Delete, and write down what lists show of the others."""
        super().delete_model(request, obj)
        refresh_listings([obj.product_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        """Delete, and write down what lists show of the others."""
        products = set(queryset.values_list("product", flat=True))
        super().delete_queryset(request, queryset)
        refresh_listings(products)

    @admin.display(description="")
    def shown(self, image: ProductImage) -> SafeString:
        """Show the picture."""
        return thumbnail(image.as_listing())

    @admin.display(description="status", ordering="status")
    def state(self, image: ProductImage) -> SafeString:
        """Show how far it is."""
        return badge(image.get_status_display(), IMAGE_KINDS[image.status])

    @admin.display(description="fetched from", ordering="source_url")
    def source(self, image: ProductImage) -> SafeString | str:
        """Show the address, shortened."""
        if not image.source_url:
            return "uploaded"
        return format_html('<span class="address" title="{0}">{0}</span>', image.source_url)

    @admin.action(description="Fetch again, make renditions again", permissions=["change"])
    def retry(self, request: HttpRequest, images: QuerySet[ProductImage]) -> None:
        """Try failed and stuck pictures again."""
        again = retry_images(ProductImage.objects.filter(pk__in=images.values("pk")))
        self.message_user(
            request, f"{again} pictures are tried again within a minute.", messages.SUCCESS
        )


@admin.register(Category)
class CategoryAdmin(TreeAdmin):
    """The shelves; they are moved with the mouse, or by the form."""

    form = forms.CategoryForm
    list_display = ("name", "slug", "picture_shown", "products")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("picture_shown",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "description")}),
        ("Picture", {"fields": ("picture_shown", "new_picture", "remove_picture")}),
        ("Place in the tree", {"fields": ("treebeard_position", "treebeard_ref_node")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Add the number of products."""
        products = (
            Product.objects.filter(category=OuterRef("pk"))
            .order_by()
            .values("category")
            .annotate(n=Count("pk"))
        )
        return super().get_queryset(request).annotate(product_count=Subquery(products.values("n")))

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Save, take the picture in, and let search know of a new name."""
        super().save_model(request, obj, form, change)
        if form.cleaned_data["new_picture"]:
            uploads.replace_picture(obj, form.cleaned_data["new_picture"])
        elif form.cleaned_data["remove_picture"]:
            uploads.remove_picture(obj)
        if change and "name" in form.changed_data:
            refresh_listings(list(obj.products.values_list("pk", flat=True)))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Look at the categories below, too: they are deleted with the one above them."""
        below = Q()
        for category in objs:
            below |= Q(path__startswith=category.path)
        return super().get_deleted_objects(
            Category.objects.filter(below) if below else objs, request
        )

    @admin.display(description="picture")
    def picture_shown(self, category: Category) -> SafeString:
        """Show the picture."""
        return thumbnail(category.listing_image)

    @admin.display(description="products")
    def products(self, category: Any) -> int:
        """Show how many products stand on this shelf."""
        return category.product_count or 0


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = ("created_at", "variant", "delta", "reason", "order_number", "note", "actor")
    list_filter = ("reason", "created_at")
    list_select_related = ("variant__product", "actor")
    list_per_page = 50
    search_fields = ("=order_number", "variant__sku", "variant__product__name", "note")
    ordering = ("-created_at", "-pk")
