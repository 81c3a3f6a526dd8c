"""The category tree as pages need it: plain data, cached by each process for a minute."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.urls import reverse

from catalog.models import Category

SECONDS = 60
_KEY = "category-tree"


@dataclass(slots=True)
class CategoryNode:
    """A category in the tree; `trail` has its ancestors, the root first."""

    id: int
    name: str
    slug: str
    description: str
    image: dict[str, Any] | None
    url: str
    trail: list["CategoryNode"] = field(default_factory=list)
    children: list["CategoryNode"] = field(default_factory=list)

    def ids(self) -> Iterator[int]:
        """Yield the ids of the category and of all its descendants."""
        yield self.id
        for child in self.children:
            yield from child.ids()

    @property
    def section(self) -> str:
        """Return the slug of the root category to which it belongs."""
        return (self.trail or [self])[0].slug


@dataclass(slots=True)
class CategoryTree:
    """All categories: the roots in the order set by staff, and all categories by slug and by id."""

    roots: list[CategoryNode] = field(default_factory=list)
    by_slug: dict[str, CategoryNode] = field(default_factory=dict)
    by_id: dict[int, CategoryNode] = field(default_factory=dict)


def category_tree() -> CategoryTree:
    """Return the tree, at most a minute old; one query if this process has not cached it."""
    tree = caches["local"].get(_KEY)
    return tree if tree is not None else refresh_category_tree()


def refresh_category_tree() -> CategoryTree:
    """Read the tree from the database and cache it, with one query."""
    tree = CategoryTree()
    ancestors: list[CategoryNode] = []
    fields = ("id", "name", "slug", "description", "listing_image", "depth")
    for pk, name, slug, description, image, depth in Category.objects.order_by("path").values_list(
        *fields
    ):
        node = CategoryNode(
            pk, name, slug, description, image, reverse("catalog:category", args=[slug])
        )
        # Rows are in depth-first order, so the ancestors of a node are the last ones read at each
        # lower depth.
        del ancestors[depth - 1 :]
        node.trail = list(ancestors)
        (ancestors[-1].children if ancestors else tree.roots).append(node)
        ancestors.append(node)
        tree.by_slug[node.slug] = tree.by_id[node.id] = node
    caches["local"].set(_KEY, tree, SECONDS)
    return tree


def find_category(slug: str) -> CategoryNode | None:
    """Return a category by its slug, or None.

    If the cached tree does not have it, the tree is read again, as the category may be new.
    """
    return category_tree().by_slug.get(slug) or refresh_category_tree().by_slug.get(slug)
