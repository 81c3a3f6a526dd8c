"""Turns the demo catalogue into rows and pictures, leaving unchanged whatever already exists."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from infra.demo.model import DemoCategory, DemoProduct, in_shop_currency

PICTURES = Path(__file__).parent / "pictures"
# Products appear every few days, so that the shop looks as if it had grown over time.
DAYS_BETWEEN_PRODUCTS = 4

#: Uploads one picture, as staff would.
Upload = Callable[[], None]


@transaction.atomic
def load_goods(categories: list[DemoCategory], products: list[DemoProduct]) -> None:
    """Create the categories, and the products with their variants and stock."""
    shelves = {category.slug: _category(category) for category in categories}
    slugs = [product.slug for product in products]
    known = set(Product.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    made = [
        _product(product, shelves[product.category_slug])
        for product in products
        if product.slug not in known
    ]
    for age, product in enumerate(reversed(made)):
        created_at = timezone.now() - timedelta(days=1 + age * DAYS_BETWEEN_PRODUCTS)
        Product.objects.filter(pk=product.pk).update(created_at=created_at, updated_at=created_at)
    refresh_listings([product.pk for product in made])


def _category(demo: DemoCategory) -> Category:
    category = Category.objects.filter(slug=demo.slug).first()
    if category:
        return category
    fields = {"slug": demo.slug, "name": demo.name, "description": demo.description}
    if demo.parent_slug:
        return Category.objects.add_child(Category.objects.get(slug=demo.parent_slug), fields)
    return Category.objects.add_root(fields)


def _product(demo: DemoProduct, category: Category) -> Product:
    product = Product.objects.create(
        slug=demo.slug,
        name=demo.name,
        category=category,
        brand=demo.brand,
        product_type=demo.product_type,
        tags=list(demo.tags),
        description=demo.description_html,
        option_names=list(demo.option_names),
        status=Product.Status.ACTIVE,
        seo_title=demo.seo_title,
        seo_description=demo.seo_description,
    )
    variants = Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=each.sku,
            options=each.options,
            position=position,
            price=in_shop_currency(each.price),
            compare_at_price=each.compare_at_price and in_shop_currency(each.compare_at_price),
            weight_grams=each.weight_grams,
            barcode=each.barcode,
        )
        for position, each in enumerate(demo.variants)
    )
    levels = {variant.pk: each.stock for variant, each in zip(variants, demo.variants, strict=True)}
    stock.set_levels(levels, reason=StockMovement.Reason.IMPORT)
    return product


def missing_pictures(categories: list[DemoCategory], products: list[DemoProduct]) -> list[Upload]:
    """Return the uploads of the pictures that are still missing.

    The first picture of every product comes before the second of any.
    """
    rows = {
        product.slug: product
        for product in Product.objects.filter(slug__in=[each.slug for each in products])
    }
    known = set(
        ProductImage.objects.filter(product__in=rows.values()).values_list("product_id", "position")
    )
    bare = Category.objects.filter(slug__in=[each.slug for each in categories], picture="")
    uploads: list[Upload] = [partial(_upload_category_picture, row) for row in bare]
    pictures = [(index, each) for each in products for index in range(len(each.pictures))]
    for index, demo in sorted(pictures, key=lambda pair: pair[0]):
        product = rows[demo.slug]
        if (product.pk, index + 1) not in known:
            uploads.append(partial(_upload_product_picture, product, demo, index))
    return uploads


def picture_file(name: str) -> Path:
    """Return the file of a picture: `<product's slug>-<number>`, or `category-<slug>`."""
    return PICTURES / f"{name}.webp"


def _upload_product_picture(product: Product, demo: DemoProduct, index: int) -> None:
    content = picture_file(f"{demo.slug}-{index + 1}").read_bytes()
    image = ProductImage.objects.create(
        product=product,
        position=index + 1,
        alt=demo.pictures[index],
        original=ContentFile(content, name="demo.webp"),
    )
    skus = [variant.sku for variant in demo.variants if variant.picture == index]
    Variant.objects.filter(product=product, sku__in=skus).update(image=image)


def _upload_category_picture(category: Category) -> None:
    content = picture_file(f"category-{category.slug}").read_bytes()
    category.picture = ContentFile(content, name="demo.webp")
    category.save(update_fields=["picture"])


def unfinished(categories: list[DemoCategory], products: list[DemoProduct]) -> int:
    """Return how many pictures of the demo are waiting for their renditions."""
    slugs: dict[str, Any] = {"slug__in": [category.slug for category in categories]}
    bare = Category.objects.filter(**slugs, listing_image=None).exclude(picture="")
    images = ProductImage.objects.filter(product__slug__in=[product.slug for product in products])
    return images.filter(status=ProductImage.Status.PROCESSING).count() + bare.count()
