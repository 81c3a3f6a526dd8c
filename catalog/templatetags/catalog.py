"""Template tags for the catalogue."""

from django import template

from catalog.category_tree import CategoryNode, category_tree

register = template.Library()


@register.simple_tag
def root_categories() -> list[CategoryNode]:
    """Return the root categories."""
    return category_tree().roots
