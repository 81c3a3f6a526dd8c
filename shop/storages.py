"""The three S3 buckets.

No ACL is ever sent. The caller chooses the names, so an object is never silently renamed.
"""

from functools import cache
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from storages.backends.s3 import S3Storage

#: The browser asks for a form just before it uploads a file of at most UPLOAD_MAX_BYTES.
UPLOAD_SECONDS = 600


class PostForm(TypedDict):
    """The URL to which a browser posts a file, and the fields that precede the file.

    The signature is one of the fields.
    """

    url: str
    fields: dict[str, str]


class Bucket(S3Storage):
    """A private bucket with signed, short-lived links.

    Saving under an existing key makes a new version, not a new name.
    """

    bucket_setting = ""

    def get_default_settings(self) -> dict[str, Any]:
        """Return django-storages' settings, overridden by ours."""
        return super().get_default_settings() | {
            "bucket_name": getattr(settings, self.bucket_setting),
            "region_name": settings.AWS_REGION,
            "endpoint_url": settings.AWS_ENDPOINT_URL or None,
            "default_acl": None,
            "file_overwrite": True,
            "querystring_expire": 60,
            "signature_version": "s3v4",
            # The emulator has no host name for each bucket.
            "addressing_style": "path" if settings.AWS_ENDPOINT_URL else "virtual",
        }


class ProductImages(Bucket):
    """`uploads/` has the images that staff uploaded, `renditions/` what the Lambda made of them."""

    bucket_setting = "PRODUCT_IMAGES_BUCKET"

    def post_origins(self) -> list[str]:
        """Return the origins to which a browser posts files, for the Content-Security-Policy.

        The bucket's name is part of the host or, if it has dots, of the path.
        """
        endpoint = urlsplit(self.connection.meta.client.meta.endpoint_url)
        return [
            f"{endpoint.scheme}://{host}"
            for host in (endpoint.netloc, f"{self.bucket_name}.{endpoint.netloc}")
        ]

    def sign_post(self, key: str, content_type: str) -> PostForm:
        """Return a form with which anyone can upload a file under this key within ten minutes.

        The file has this type and at most UPLOAD_MAX_BYTES. The form is signed locally, without a
        request to S3.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        form: PostForm = self.connection.meta.client.generate_presigned_post(
            self.bucket_name,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[
                ["content-length-range", 1, settings.UPLOAD_MAX_BYTES],
                {"Content-Type": content_type},
            ],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return form


@cache
def product_images() -> ProductImages:
    """Return a shared instance.

    Each new one creates its own boto3 session, which takes 0.1 s.
    """
    return ProductImages()


class OrderDocuments(Bucket):
    """Invoices, credit notes and packing slips."""

    bucket_setting = "ORDER_DOCUMENTS_BUCKET"


class AnalyticsResults(Bucket):
    """`events/` is the raw event log, `results/` has what Flink made of it."""

    bucket_setting = "ANALYTICS_RESULTS_BUCKET"
