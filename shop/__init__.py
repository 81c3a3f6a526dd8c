"""The project: settings, addresses and the leaf modules that every app may use."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
