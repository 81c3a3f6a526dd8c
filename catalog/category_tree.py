"""The tree of categories as pages need it: pure data, kept by each process for a minute."""

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
    """A category with its place in the tree; `trail` holds its ancestors, the root first."""

    id: int
    name: str
    slug: str
    description: str
    image: dict[str, Any] | None
    url: str
    trail: list["CategoryNode"] = field(default_factory=list)
    children: list["CategoryNode"] = field(default_factory=list)

    def ids(self) -> Iterator[int]:
        """Give the ids of the category and of everything below it."""
        yield self.id
        for child in self.children:
            yield from child.ids()

    @property
    def section(self) -> str:
        """Return the slug of the root it stands under."""
        return (self.trail or [self])[0].slug


@dataclass(slots=True)
class CategoryTree:
    """All categories: the roots in the order that staff gave them, and each by its slug and by its
    id.
    """

    roots: list[CategoryNode] = field(default_factory=list)
    by_slug: dict[str, CategoryNode] = field(default_factory=dict)
    by_id: dict[int, CategoryNode] = field(default_factory=dict)


def category_tree() -> CategoryTree:
    """Return the tree, at most a minute old; one query when this process does not have it."""
    tree = caches["local"].get(_KEY)
    return tree if tree is not None else refresh_category_tree()


def refresh_category_tree() -> CategoryTree:
    """Read the tree anew; one query."""
    tree = CategoryTree()
    ancestors: list[CategoryNode] = []
    fields = ("id", "name", "slug", "description", "listing_image", "depth")
    for pk, name, slug, description, image, depth in Category.objects.order_by("path").values_list(
        *fields
    ):
        shelf = CategoryNode(
            pk, name, slug, description, image, reverse("catalog:category", args=[slug])
        )
        del ancestors[depth - 1 :]
        shelf.trail = list(ancestors)
        (ancestors[-1].children if ancestors else tree.roots).append(shelf)
        ancestors.append(shelf)
        tree.by_slug[shelf.slug] = tree.by_id[shelf.id] = shelf
    caches["local"].set(_KEY, tree, SECONDS)
    return tree


def find_category(slug: str) -> CategoryNode | None:
    """Return a category by its slug; looks again where the kept tree does not know it, since it may
    be new.
    """
    return category_tree().by_slug.get(slug) or refresh_category_tree().by_slug.get(slug)
