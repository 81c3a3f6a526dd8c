"""What every DynamoDB table of ours shares: time-outs, retries, exact numbers and the one error for "away"."""

from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError
from django.conf import settings
from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PynamoDBException


class TableMeta:
    """Base of each table's Meta. PynamoDB's own time-outs would hang a page for two minutes."""

    region = settings.AWS_REGION
    host = settings.AWS_ENDPOINT_URL or None
    connect_timeout_seconds = 0.3
    read_timeout_seconds = 0.5
    max_retry_attempts = 1
    max_pool_connections = 50


class DecimalAttribute(Attribute[Decimal]):
    """An exact number. PynamoDB's NumberAttribute goes through JSON and turns 19.99 into a float."""

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        """Return DynamoDB's text form, up to 38 digits."""
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """Return the Decimal that was written."""
        return Decimal(value)


class StoreUnavailable(Exception):
    """DynamoDB did not answer, or refused for a reason that is not a failed condition."""


def is_failed_condition(error: PynamoDBException) -> bool:
    """Say whether a write was refused by its own condition, and not by the network, a limit or a fault."""
    return error.cause_response_code in ("ConditionalCheckFailedException", "TransactionCanceledException")


#: What a call may raise when DynamoDB is away: PynamoDB wraps most, botocore's connection errors come through bare.
DYNAMO_ERRORS: tuple[type[Exception], ...] = (PynamoDBException, BotoCoreError)


def table_name(name: str) -> str:
    """Return the full name of a table, for example `trivet-carts`."""
    return f"{settings.SHOP_PROJECT}-{name}"


def plain(value: Any) -> Any:
    """Return a DynamoDB map attribute as plain dicts, lists and scalars."""
    return value.as_dict() if hasattr(value, "as_dict") else value
