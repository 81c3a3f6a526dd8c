"""The queue `{project}-image-results`, on which the image Lambda tells what became of each
upload.
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
# A result may come before the transaction that uploads the picture has ended: it is looked at again
# some seconds later.
PATIENCE = 3
AGAIN_SECONDS = 5

logger = logging.getLogger(__name__)


class ResultQueue:
    """Receives results and writes them down; a message that cannot be understood ends in the
    dead-letter queue.
    """

    @cached_property
    def client(self) -> "SQSClient":
        """Return a client that does not retry by itself: the loop around us pauses and says why."""
        config = Config(
            connect_timeout=3, read_timeout=WAIT_SECONDS + 10, retries={"total_max_attempts": 1}
        )
        return boto3.client("sqs", region_name=settings.AWS_REGION, config=config)

    @cached_property
    def url(self) -> str:
        """Return the queue's address."""
        return self.client.get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-image-results")[
            "QueueUrl"
        ]

    def require_database(self) -> None:
        """Raise OperationalError when the database is away: messages taken then would be counted as
        failed.
        """
        connection.ensure_connection()

    def receive(self, wait_seconds: int = WAIT_SECONDS) -> "list[MessageTypeDef]":
        """Return up to ten messages; wait for the first as long as SQS allows to."""
        answer = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return answer.get("Messages", [])

    def work_through(self, messages: "list[MessageTypeDef]") -> None:
        """Write each result down, then delete its message: a crash in between repeats it, and loses
        none.
        """
        for message in messages:
            try:
                apply_result(json.loads(message["Body"]))
            except UnknownUpload as error:
                if int(message["Attributes"]["ApproximateReceiveCount"]) < PATIENCE:
                    self._show_again(message)
                    continue
                logger.info("The result for %s is ignored: no picture has this key", error)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                # It comes back after its visibility time-out, and goes to the dead-letter queue
                # after the fifth time.
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
