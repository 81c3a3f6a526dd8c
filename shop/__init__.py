"""The project: settings, URLs and the base modules that every app may use."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
