"""Template tags that are available to every template without {% load %}."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.formatting import format_moment
from shop.money import format_money, format_price, plain_money

register = template.Library()

EAGER = 'fetchpriority="high"'
LAZY = 'loading="lazy"'


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Return an amount of a currency in human-readable form; an empty string for None."""
    return "" if amount is None else format_money(amount, currency)


register.filter("moment", format_moment)


register.filter("plain_money", plain_money)


@register.filter
def price(amount: Decimal | None) -> str:
    """Return an amount in SHOP_CURRENCY in human-readable form; an empty string for None."""
    return "" if amount is None else format_price(amount)


@register.simple_tag
def picture(
    image: Mapping[str, Any] | None,
    sizes: str = "100vw",
    eager: int = False,
    css: str = "",
    alt: str | None = None,
    position: int = 1,
) -> SafeString:
    """Return an <img> of an image's renditions, or a placeholder if there are none.

    `image` is what ProductImage.as_listing() returns, `sizes` the width at which the page shows it
    (as in <img sizes>). An image that is visible first is `eager`: it is fetched at once and with
    priority. In a list, `eager` is the number of such images, and `position` counts from 1. `alt`
    replaces the image's own text; leave it empty where the name is next to the image.
    """
    if not image or not image["widths"]:
        return format_html(
            '<img class="picture picture-none {}" src="{}" alt="">', css, static("img/none.svg")
        )
    base = escape(f"{settings.PRODUCT_IMAGES_URL}/renditions/{image['id']}")
    srcset = ", ".join([f"{base}/{width}.webp {width}w" for width in image["widths"]])
    # Built by hand, because format_html() took most of the time of rendering a list. Everything
    # that may contain a special character is escaped.
    return SafeString(
        f'<img class="picture {css and escape(css)}" src="{base}/{_width(image, 640)}.webp" '
        f'srcset="{srcset}" '
        f'sizes="{escape(sizes)}" width="{image["width"]}" height="{image["height"]}" '
        f'alt="{escape(image["alt"] if alt is None else alt)}" '
        f'data-colour="{escape(image["colour"])}" '
        f'decoding="async" {EAGER if eager >= position else LAZY}>'
    )


@register.simple_tag(name="rendition")
def rendition_url(image: Mapping[str, Any], wanted: int) -> str:
    """Return the URL of the smallest rendition at least `wanted` pixels wide, or of the widest."""
    return f"{settings.PRODUCT_IMAGES_URL}/renditions/{image['id']}/{_width(image, wanted)}.webp"


def _width(image: Mapping[str, Any], wanted: int) -> int:
    widths = image["widths"]
    return (
        wanted
        if wanted in widths
        else min([width for width in widths if width >= wanted], default=max(widths))
    )


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """Return an icon from img/icons.svg.

    Screen readers ignore it, so text or a label must say the same.
    """
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        css,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def address(name: str) -> str:
    """Return the URL of a page whose path has no arguments, looked up once per process.

    Django's {% url %} looks it up every time.
    """
    return reverse(name)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with some parameters changed; None removes a parameter."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"
