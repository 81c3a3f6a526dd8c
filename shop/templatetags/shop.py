"""Template tags that every page may use, without a load."""

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

from shop.money import format_money

register = template.Library()

EAGER = 'fetchpriority="high"'
LAZY = 'loading="lazy"'


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    """Show an amount as people read it; nothing for None."""
    return "" if amount is None else format_money(amount, currency)


@register.simple_tag
def picture(
    image: Mapping[str, Any] | None,
    sizes: str = "100vw",
    eager: int = False,
    css: str = "",
    alt: str | None = None,
    position: int = 1,
) -> SafeString:
    """Show a picture from its renditions; a placeholder where there is none.

    `image` is what ProductImage.as_listing() returns, `sizes` how wide the page shows it (as in
    <img sizes>). A picture that is seen first is `eager`: it is fetched at once and before others.
    In a list `eager` is how many are so, and `position` counts from 1. `alt` replaces the picture's
    own text; it is empty where a name stands beside it.
    """
    if not image or not image["widths"]:
        return format_html(
            '<img class="picture picture-none {}" src="{}" alt="">', css, static("img/none.svg")
        )
    base = escape(f"{settings.PRODUCT_IMAGES_URL}/renditions/{image['id']}")
    srcset = ", ".join([f"{base}/{width}.webp {width}w" for width in image["widths"]])
    # Put together by hand: format_html() took most of the time of a list, and all that may hold a
    # sign is escaped.
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
    """Return the address of the smallest rendition that is at least `wanted` pixels wide, or else
    of the widest.
    """
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
    """Show a sign from img/icons.svg; a reader never hears it, so text or a label must say the
    same.
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
    """Return the address of a page whose path has nothing to fill in, looked up once; `url` looks
    it up each time.
    """
    return reverse(name)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with some parameters changed; None removes one."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"
