"""The models of the catalogue: categories, products, pictures, variants and stock movements."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from treebeard.mp_tree import MP_Node

from catalog.images.keys import original_path
from shop.fields import LineField, SlugField, TextField
from shop.money import PriceField
from shop.storages import ProductImages


class Category(MP_Node):
    """A category of products; categories form a tree."""

    name = LineField(max_length=120)
    slug = SlugField(max_length=120, unique=True)
    description = TextField(blank=True)
    picture = models.FileField(
        upload_to=original_path, storage=ProductImages, blank=True, max_length=200
    )
    # How pages show the picture, in the form of ProductImage.as_listing(); written when the Lambda
    # is done.
    listing_image = models.JSONField(null=True, editable=False)

    node_order_by: ClassVar[list[str]] = []

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the URL of the category's page."""
        return reverse("catalog:category", args=[self.slug])


class TaxClass(models.TextChoices):
    """How a product is taxed; orders/models/tax.py has the rate of each class in each country."""

    STANDARD = "standard", "Standard rate"
    REDUCED = "reduced", "Reduced rate"
    SECOND = "second", "Second reduced rate"
    ZERO = "zero", "No tax"


@lru_cache(maxsize=50_000)
def product_address(slug: str) -> str:
    """Return the URL of a product's page."""
    return reverse("catalog:product", args=[slug])


class ProductQuerySet(models.QuerySet["Product"]):
    """Queries over products."""

    def on_sale_now(self) -> "ProductQuerySet":
        """Return the products that shoppers may see."""
        return self.filter(status=Product.Status.ACTIVE)


class Product(models.Model):
    """A product with a page of its own; what shoppers buy is one of its variants."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        ARCHIVED = "archived", "Archived"

    name = LineField(max_length=255)
    slug = SlugField(max_length=255, unique=True, allow_unicode=True)
    description = TextField(blank=True, help_text="HTML; what is unsafe is removed.")
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        db_index=False,
    )
    brand = LineField(max_length=120, blank=True)
    product_type = LineField("type", max_length=120, blank=True)
    tags = ArrayField(
        LineField(max_length=80), default=list, blank=True, help_text="Separated by commas."
    )
    option_names = ArrayField(
        LineField(max_length=80),
        default=list,
        blank=True,
        size=3,
        help_text=(
            "What a shopper chooses between, at most three, separated by commas: Size, Colour."
        ),
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    tax_class = models.CharField(max_length=12, choices=TaxClass, default=TaxClass.STANDARD)
    seo_title = LineField("SEO title", max_length=255, blank=True)
    seo_description = TextField("SEO description", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # What product lists show. catalog/listing_columns.py keeps these up to date, so that a page of
    # products is one query.
    listing_price = PriceField(null=True, editable=False)
    listing_compare_at_price = PriceField(null=True, editable=False)
    listing_price_varies = models.BooleanField(default=False, editable=False)
    listing_in_stock = models.BooleanField(default=False, editable=False)
    listing_image = models.JSONField(null=True, editable=False)
    search_vector = SearchVectorField(null=True, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["search_vector"], name="product_search"),
            models.Index(
                fields=["category", "status", "-created_at", "-id"], name="product_newest"
            ),
            models.Index(
                fields=["category", "status", "listing_price", "id"], name="product_cheapest"
            ),
            models.Index(fields=["status", "-created_at", "-id"], name="product_newest_of_all"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the URL of the product's page."""
        return product_address(self.slug)


def rendition_id(key: str) -> str:
    """Return the `<id>` of `uploads/<id>.<ext>`; its renditions are in `renditions/<id>/`."""
    return key.rpartition("/")[2].partition(".")[0]


class ProductImage(models.Model):
    """A picture of a product, from its upload or source URL to its renditions."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting to be fetched"
        PROCESSING = "processing", "Renditions are being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveIntegerField(default=0)
    alt = LineField("alternative text", max_length=512, blank=True)
    original = models.FileField(
        upload_to=original_path, storage=ProductImages, blank=True, max_length=200
    )
    source_url = models.URLField("fetched from", max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROCESSING)
    error = models.CharField("what went wrong", max_length=500, blank=True)
    # When a worker started to fetch the picture. Another one may take over some minutes later; see
    # catalog/images/pipeline.py.
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the Lambda reports about the upload; see infra/lambdas/product_images.
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    widths = ArrayField(models.PositiveIntegerField(), default=list, editable=False)
    colour = models.CharField(max_length=7, blank=True, editable=False)
    preview = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["original"], name="image_by_original"),
            models.Index(
                fields=["status"], name="image_unfinished", condition=~models.Q(status="ready")
            ),
        ]

    def __str__(self) -> str:
        return self.alt or f"Picture {self.position}"

    @property
    def rendition_id(self) -> str:
        """Return the part of the key that the renditions share."""
        return rendition_id(self.original.name or "")

    def as_listing(self) -> dict[str, Any]:
        """Return what a page needs to show the picture without another query."""
        return {
            "id": self.rendition_id,
            "widths": self.widths,
            "width": self.width,
            "height": self.height,
            "alt": self.alt,
            "colour": self.colour,
            "preview": self.preview,
        }


def options_text(options: Mapping[str, Any]) -> str:
    """Return options with their names: `Size: Large, Colour: Blue`."""
    return ", ".join(f"{name}: {value}" for name, value in options.items())


class Variant(models.Model):
    """What shoppers buy: one combination of option values, with its own price and stock."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = LineField("SKU", max_length=120, unique=True, null=True, blank=True)
    options = models.JSONField(default=dict, blank=True, help_text="One value an option name.")
    position = models.PositiveIntegerField(default=0)
    price = PriceField()
    compare_at_price = PriceField(null=True, blank=True)
    stock = models.PositiveIntegerField(default=0, editable=False)
    track_stock = models.BooleanField("count the stock", default=True)
    allow_backorder = models.BooleanField("sell when there is none", default=False)
    weight_grams = models.PositiveIntegerField("weight in grams", default=0)
    barcode = LineField(max_length=40, blank=True)
    requires_shipping = models.BooleanField(default=True)
    taxable = models.BooleanField(default=True)
    image = models.ForeignKey(
        ProductImage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stock__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="price_not_negative"),
            models.UniqueConstraint(fields=["product", "options"], name="one_variant_a_choice"),
        ]

    def __str__(self) -> str:
        return " / ".join(filter(None, [self.product.name, self.choice]))

    @property
    def choice(self) -> str:
        """Return the option values as people say them: `Large / Blue`.

        It is empty for a product without options.
        """
        names = self.product.option_names or self.options
        return " / ".join(str(self.options[name]) for name in names if name in self.options)

    @property
    def is_buyable(self) -> bool:
        """Return whether at least one unit can be sold."""
        return not self.track_stock or self.allow_backorder or self.stock > 0

    def sellable(self, wanted: int) -> int:
        """Return how many of `wanted` units can be sold right now."""
        return wanted if not self.track_stock or self.allow_backorder else min(wanted, self.stock)


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    """Queries over the stock ledger."""

    def of(self, variants: Iterable[Variant]) -> "StockMovementQuerySet":
        """Return the movements of some variants, newest first."""
        return self.filter(variant__in=variants).order_by("-created_at", "-pk")


class StockMovement(models.Model):
    """An entry in the stock ledger: the stock of a variant is always the sum of its movements."""

    class Reason(models.TextChoices):
        IMPORT = "import", "Import"
        ADJUSTMENT = "adjustment", "Adjustment"
        SALE = "sale", "Sale"
        RELEASE = "release", "Order cancelled"
        RETURN = "return", "Return"

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=12, choices=Reason)
    note = LineField(max_length=200, blank=True)
    order_number = models.CharField(max_length=12, blank=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StockMovementQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.get_reason_display()}"
