"""The three buckets.

No ACL is ever sent; names are the caller's, so an object is never renamed in silence.
"""

from functools import cache
from typing import Any, TypedDict

from django.conf import settings
from storages.backends.s3 import S3Storage

UPLOAD_SECONDS = 3600


class PostForm(TypedDict):
    """Where a browser posts a file to, and the fields that come before it, signature included."""

    url: str
    fields: dict[str, str]


class Bucket(S3Storage):
    """A private bucket: links are signed and short-lived, an existing key is a new version, not a
    new name.
    """

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
            "addressing_style": "path" if settings.AWS_ENDPOINT_URL else "virtual",
        }


class ProductImages(Bucket):
    """`uploads/` is what staff uploaded, `renditions/` what the Lambda made of it."""

    bucket_setting = "PRODUCT_IMAGES_BUCKET"

    def sign_post(self, key: str, content_type: str) -> PostForm:
        """Let whoever has the form upload one picture under this key within the hour.

        Asks nothing of S3.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        form: PostForm = self.connection.meta.client.generate_presigned_post(
            self.bucket_name,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[
                ["content-length-range", 1, settings.UPLOAD_MAX_BYTES],
                ["starts-with", "$Content-Type", "image/"],
            ],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return form


@cache
def product_images() -> ProductImages:
    """Return one that is kept: each new one makes a session of boto3 for itself, which takes
    0.1 s.
    """
    return ProductImages()


class OrderDocuments(Bucket):
    """Invoices, credit notes and packing slips."""

    bucket_setting = "ORDER_DOCUMENTS_BUCKET"


class AnalyticsResults(Bucket):
    """`events/` is the raw event log, `results/` what Flink made of it."""

    bucket_setting = "ANALYTICS_RESULTS_BUCKET"
