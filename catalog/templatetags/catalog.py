"""Template tags that know the catalogue."""

from django import template

from catalog.category_tree import CategoryNode, category_tree

register = template.Library()


@register.simple_tag
def root_categories() -> list[CategoryNode]:
    """Return the top of the category tree."""
    return category_tree().roots
