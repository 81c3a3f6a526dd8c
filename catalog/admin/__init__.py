"""The catalogue, for staff."""

from catalog.admin import products

__all__ = ["products"]
