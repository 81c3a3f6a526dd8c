"""Template tags that know the catalogue."""

from django import template

from catalog.navigation import Shelf, category_tree

register = template.Library()


@register.simple_tag
def root_categories() -> list[Shelf]:
    """Return the top of the category tree."""
    return category_tree().roots
