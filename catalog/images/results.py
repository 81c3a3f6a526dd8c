"""The queue on which the image Lambda reports the result of each upload.

Its name is `{project}-image-results`.
"""

import json
import logging
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from catalog.images.pipeline import UnknownUpload, apply_result

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

WAIT_SECONDS = 10
# A result may arrive before the transaction that uploads the picture is committed. It is then tried
# again some seconds later, and ignored from the third time on.
PATIENCE = 3
AGAIN_SECONDS = 5

logger = logging.getLogger(__name__)


class ResultQueue:
    """Receives results and records them.

    A message that cannot be understood ends up in the dead-letter queue.
    """

    @cached_property
    def client(self) -> "SQSClient":
        """Return a client that does not retry: the worker pauses instead and logs the reason."""
        config = Config(
            # The read timeout must exceed the long poll.
            connect_timeout=3,
            read_timeout=WAIT_SECONDS + 10,
            retries={"total_max_attempts": 1},
        )
        return boto3.client("sqs", region_name=settings.AWS_REGION, config=config)

    @cached_property
    def url(self) -> str:
        """Return the URL of the queue."""
        return self.client.get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-image-results")[
            "QueueUrl"
        ]

    def require_database(self) -> None:
        """Raise OperationalError if the database is unavailable.

        Messages received then would be counted as failed.
        """
        connection.ensure_connection()

    def receive(self, wait_seconds: int = WAIT_SECONDS) -> "list[MessageTypeDef]":
        """Return up to ten messages, waiting up to `wait_seconds` for the first."""
        answer = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return answer.get("Messages", [])

    def work_through(self, messages: "list[MessageTypeDef]") -> None:
        """Record each result, then delete its message.

        A crash in between repeats a message, but never loses one.
        """
        for message in messages:
            try:
                apply_result(json.loads(message["Body"]))
            except UnknownUpload as error:
                if int(message["Attributes"]["ApproximateReceiveCount"]) < PATIENCE:
                    self._show_again(message)
                    continue
                logger.info("The result for %s is ignored: no picture has this key", error)
            # The database is unavailable, which is no fault of the message: the loop pauses.
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                # The message is delivered again after its visibility timeout, and moved to the
                # dead-letter queue after the fifth time.
                logger.exception(
                    "Message %s cannot be worked on: %.500s", message["MessageId"], message["Body"]
                )
                continue
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def _show_again(self, message: "MessageTypeDef") -> None:
        self.client.change_message_visibility(
            QueueUrl=self.url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=AGAIN_SECONDS,
        )
