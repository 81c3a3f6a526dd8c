"""The catalogue in the admin."""

from catalog.admin import categories, images, products, stock

__all__ = ["categories", "images", "products", "stock"]
