"""The image Lambda: turns S3 upload events from an SQS queue into renditions.

It sends one message per upload. Environment: IMAGE_EVENTS_TOPIC_ARN (the result of each upload, for
the shop), STAFF_ALERTS_TOPIC_ARN (refusals, for people), and what boto3 itself reads, such as
AWS_ENDPOINT_URL on a laptop. Events are delivered at least once and in any order; processing one
again writes the same bytes under the same keys.
"""

import json
import logging
import os
import re
from functools import cache
from typing import Any, Literal
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from renditions import Refused, Renditions, refuse_large, render

UPLOAD_KEY = re.compile(r"uploads/(?P<id>[0-9a-f]{32})\.(?:jpg|png|webp|avif)")
# A rendition never changes under its key: replacing a picture makes a new upload with a new id.
CACHE_CONTROL = "public, max-age=31536000, immutable"
MESSAGE_VERSION = 1

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class Gone(Exception):
    """The upload was deleted before it was processed."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Process a batch from SQS; return the messages that failed.

    Only those are delivered again.
    """
    failures = []
    for record in event["Records"]:
        try:
            _handle_message(json.loads(record["body"]))
        except Exception:
            # A failure in one message (S3 unavailable, no permission to write) must not keep the
            # others from being processed.
            logger.exception("Message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _handle_message(body: dict[str, Any]) -> None:
    # The s3:TestEvent that S3 sends when a notification is configured has no records.
    for record in body.get("Records", []):
        if record["eventName"].startswith("ObjectCreated:"):
            bucket = record["s3"]["bucket"]["name"]
            # S3 encodes the keys in its events like a query string: a space becomes a plus sign.
            _process(bucket, unquote_plus(record["s3"]["object"]["key"]))


def _process(bucket: str, key: str) -> None:
    try:
        upload_id = _upload_id(key)
        renditions = render(_download(bucket, key))
    except Gone:
        logger.info("%s was deleted before it was processed", key)
    except Refused as refusal:
        _refuse_upload(bucket, key, str(refusal))
    else:
        # Store first: the shop shows the renditions as soon as it hears of them.
        _store_renditions(bucket, upload_id, renditions)
        _announce(key, renditions)


def _upload_id(key: str) -> str:
    match = UPLOAD_KEY.fullmatch(key)
    if not match:
        raise Refused(
            "The file was not uploaded through the shop: its name is not one that the shop gives."
        )
    return match["id"]


def _download(bucket: str, key: str) -> bytes:
    try:
        upload = _aws_client("s3").get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise Gone from error
        raise
    with upload["Body"] as body:
        refuse_large(upload["ContentLength"])
        return body.read()


def _store_renditions(bucket: str, upload_id: str, renditions: Renditions) -> None:
    for width, data in renditions.files.items():
        _aws_client("s3").put_object(
            Bucket=bucket,
            Key=f"renditions/{upload_id}/{width}.webp",
            Body=data,
            ContentType="image/webp",
            CacheControl=CACHE_CONTROL,
        )


def _announce(key: str, renditions: Renditions) -> None:
    _tell_shop(
        key,
        status="done",
        width=renditions.width,
        height=renditions.height,
        widths=list(renditions.files),
        colour=renditions.colour,
        preview=renditions.preview,
    )
    logger.info("%s has %d renditions", key, len(renditions.files))


def _refuse_upload(bucket: str, key: str, reason: str) -> None:
    """Tag the original, and tell the shop and the staff why it was refused.

    The tag lets a lifecycle rule or a person delete it.
    """
    tags = {"TagSet": [{"Key": "trivet", "Value": "refused"}]}
    try:
        _aws_client("s3").put_object_tagging(Bucket=bucket, Key=key, Tagging=tags)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
    _tell_shop(key, status="refused", reason=reason)
    _aws_client("sns").publish(
        TopicArn=os.environ["STAFF_ALERTS_TOPIC_ARN"],
        Subject="A picture was refused",
        Message=f"An uploaded picture cannot be shown in the shop.\n\nReason: {reason}\nFile:   s3://{bucket}/{key}\n",
    )
    logger.info("%s is refused: %s", key, reason)


def _tell_shop(key: str, **result: Any) -> None:
    message = {"version": MESSAGE_VERSION, "key": key, **result}
    _aws_client("sns").publish(
        TopicArn=os.environ["IMAGE_EVENTS_TOPIC_ARN"], Message=json.dumps(message)
    )


@cache
def _aws_client(service: Literal["s3", "sns"]) -> Any:
    """Return the client of a service, which lives as long as the worker.

    A call that hangs must end well within the Lambda's own timeout.
    """
    return boto3.client(
        service,
        config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3}),
    )
