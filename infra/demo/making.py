"""Short notations for the demo products."""

import zlib
from dataclasses import dataclass
from decimal import Decimal

from infra.demo.model import DemoProduct, DemoVariant

# GS1 reserves EAN-13 codes that begin with 2 for use inside a shop, so these belong to nobody else.
IN_STORE_PREFIX = "2"


def ean13(number: int) -> str:
    """Return the EAN-13 code of a number of up to 11 digits, with its check digit."""
    digits = f"{IN_STORE_PREFIX}{number:011d}"
    # The weights are 1 and 3 by turns, from the left.
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def text(story: str, *facts: str) -> str:
    """Return a description as HTML: one paragraph and a list of facts."""
    return f"<p>{story}</p>\n<ul>\n" + "".join(f"<li>{fact}</li>\n" for fact in facts) + "</ul>"


@dataclass(frozen=True)
class Row:
    """A variant that has no SKU yet: one value for each of the product's options."""

    values: tuple[str, ...]
    price: str
    stock: int
    grams: int
    was: str | None = None
    picture: int | None = None

    def variant(self, code: str, option_names: tuple[str, ...]) -> DemoVariant:
        """Return the variant, with a SKU made from the product's code and the option values."""
        sku = "-".join(
            [code, *("".join(filter(str.isalnum, value)).upper()[:6] for value in self.values)]
        )
        return DemoVariant(
            sku=sku,
            options=dict(zip(option_names, self.values, strict=True)),
            price=Decimal(self.price),
            compare_at_price=Decimal(self.was) if self.was else None,
            stock=self.stock,
            weight_grams=self.grams,
            barcode=ean13(zlib.crc32(sku.encode())),
            picture=self.picture,
        )


def row(
    *values: str,
    price: str,
    stock: int,
    grams: int,
    was: str | None = None,
    picture: int | None = None,
) -> Row:
    """Return one variant; a product without options has one row without values."""
    return Row(values, price, stock, grams, was, picture)


def product(
    slug: str,
    name: str,
    *,
    category: str,
    brand: str,
    kind: str,
    code: str,
    tags: str,
    about: str,
    rows: tuple[Row, ...],
    pictures: tuple[str, ...],
    options: tuple[str, ...] = (),
) -> DemoProduct:
    """Return a product.

    Its texts for search engines are made from its name, brand and first sentence.
    """
    first_sentence = about.removeprefix("<p>").split(". ")[0].rstrip(".") + "."
    return DemoProduct(
        slug=slug,
        name=name,
        category_slug=category,
        brand=brand,
        product_type=kind,
        tags=tuple(tag.strip() for tag in tags.split(",")),
        description_html=about,
        option_names=options,
        variants=tuple(each.variant(code, options) for each in rows),
        pictures=pictures,
        seo_title=f"{name} by {brand}",
        seo_description=first_sentence,
    )
