"""The catalogue, for staff."""

from catalog.admin import categories, images, products, stock

__all__ = ["categories", "images", "products", "stock"]
