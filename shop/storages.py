"""The three buckets. No ACL is ever sent; names are the caller's, so an object is never renamed in silence."""

from typing import Any

from django.conf import settings
from storages.backends.s3 import S3Storage


class Bucket(S3Storage):
    """A private bucket: links are signed and short-lived, an existing key is a new version, not a new name."""

    bucket_setting = ""

    def get_default_settings(self) -> dict[str, Any]:
        """Return django-storages' settings with ours on top."""
        return super().get_default_settings() | {
            "bucket_name": getattr(settings, self.bucket_setting),
            "region_name": settings.AWS_REGION,
            "endpoint_url": settings.AWS_ENDPOINT_URL or None,
            "default_acl": None,
            "file_overwrite": True,
            "querystring_expire": 60,
            "signature_version": "s3v4",
            "addressing_style": "path" if settings.AWS_ENDPOINT_URL else "auto",
        }


class ProductImages(Bucket):
    """`uploads/` is what staff uploaded, `renditions/` what the Lambda made of it."""

    bucket_setting = "PRODUCT_IMAGES_BUCKET"


class OrderDocuments(Bucket):
    """Invoices, credit notes and packing slips."""

    bucket_setting = "ORDER_DOCUMENTS_BUCKET"


class AnalyticsResults(Bucket):
    """`events/` is the raw event log, `results/` what Flink made of it."""

    bucket_setting = "ANALYTICS_RESULTS_BUCKET"
