"""What every DynamoDB table of ours shares: time-outs, retries, exact numbers and the one error for
"away".
"""

import os
import random
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite
from urllib3 import Timeout

from shop.dynamo.client import Client
from shop.errors import DomainError


class TableMeta:
    """Base of each table's Meta.

    PynamoDB's own time-outs would hang a page for two minutes, these for 1.7 seconds.
    """

    region = settings.AWS_REGION
    host = settings.AWS_ENDPOINT_URL or None
    connect_timeout_seconds = 0.3
    read_timeout_seconds = 0.5
    max_retry_attempts = 1
    max_pool_connections = 50


class _OurConnection(Connection):
    """PynamoDB's connection over our own client, which costs a third of botocore's."""

    def __repr__(self) -> str:
        return f"Connection<{self.client.url}>"

    @property
    def client(self) -> Client:  # type: ignore[override]
        """Return the client, which PynamoDB asks for at each call."""
        return client_of(self.host or "")


class Table(Model):
    """Base of each table. All tables of a process share one client and its connections."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        if not isinstance(table.connection, _OurConnection):
            connection = _OurConnection(region=cls.Meta.region, host=cls.Meta.host)
            connection.add_meta_table(table.get_meta_table())
            table.connection = connection
        return table


_clients: dict[str, Client] = {}
_making = threading.Lock()


def client_of(url: str) -> Client:
    """Return this process's client of an address, empty for the region's own; it is made when it is
    first wanted.
    """
    if url not in _clients:
        with _making:
            _clients[url] = _clients.get(url) or _make_client(url)
    return _clients[url]


def _make_client(url: str) -> Client:
    return Client(
        url,
        TableMeta.region,
        timeout=Timeout(
            connect=TableMeta.connect_timeout_seconds, read=TableMeta.read_timeout_seconds
        ),
        retries=TableMeta.max_retry_attempts,
        connections=TableMeta.max_pool_connections,
    )


def _start_afresh() -> None:
    """Forget the parent's clients: two processes on one connection would read each other's
    answers.
    """
    global _making
    _making = (
        threading.Lock()
    )  # Another thread of the parent may hold the old one, and is not here to let it go.
    _clients.clear()


os.register_at_fork(after_in_child=_start_afresh)


class DecimalAttribute(Attribute[Decimal]):
    """An exact number.

    PynamoDB's NumberAttribute goes through JSON and turns 19.99 into a float.
    """

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        """Return DynamoDB's text form, up to 38 digits."""
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """Return the Decimal that was written."""
        return Decimal(value)


class StoreUnavailable(DomainError):
    """DynamoDB did not answer, or refused for a reason that is not a failed condition."""

    code = "store_unavailable"


def is_failed_condition(error: PynamoDBException) -> bool:
    """Say whether a write was refused by its own condition, and not by the network, a limit or a
    fault.
    """
    return error_code(error) == "ConditionalCheckFailedException"


def error_code(error: PynamoDBException) -> str:
    """Return what DynamoDB called the error, empty where it gave no answer.

    PynamoDB's own `cause_response_code` fails for a connection that was closed: its response is
    None, not missing.
    """
    response = getattr(error.cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


#: How often a transaction that met another one on the same items is tried; PynamoDB does not retry
# these.
CONFLICT_ATTEMPTS = 8


class ConditionFailed(Exception):
    """A transaction was refused by conditions; `failed` are the places of their actions in the
    transaction.
    """

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(failed)
        self.failed = failed


def transact(
    table: type[Model], build: Callable[[TransactWrite], None], token: str | None = None
) -> None:
    """Run one TransactWriteItems; `build` adds the actions, which DynamoDB gets as deletes, puts,
    then updates.

    With a `token` a repetition within ten minutes counts once (an AWS rule). A conflict with
    another transaction is tried again after a little while. Raises ConditionFailed; everything else
    is raised as PynamoDB raises it.
    """
    connection = table._get_connection().connection  # the table's own client, with our time-outs
    for attempt in range(CONFLICT_ATTEMPTS):
        try:
            with TransactWrite(connection=connection, client_request_token=token) as transaction:
                build(transaction)
        except TransactWriteError as error:
            if error_code(error) == "IdempotentParameterMismatchException":
                return  # The same operation, some seconds later: it was counted then.
            if not _is_conflict(error) or attempt + 1 == CONFLICT_ATTEMPTS:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return


def _is_conflict(error: TransactWriteError) -> bool:
    """Say whether a transaction only met another one; raise ConditionFailed where a condition
    refused it.
    """
    if error_code(error) == "TransactionInProgressException":
        return True
    if error_code(error) != "TransactionCanceledException":
        return False
    reasons = enumerate(error.cancellation_reasons)
    codes = {place: reason.code for place, reason in reasons if reason is not None}
    failed = frozenset(place for place, code in codes.items() if code == "ConditionalCheckFailed")
    if failed:
        raise ConditionFailed(failed) from error
    return set(codes.values()) == {"TransactionConflict"}


def describe_table(name: str) -> None:
    """Ask DynamoDB for one of our tables. Raises BotoCoreError and ClientError."""
    client = client_of(TableMeta.host or "")
    client._make_api_call("DescribeTable", {"TableName": table_name(name)})


def table_name(name: str) -> str:
    """Return the full name of a table, for example `trivet-carts`."""
    return f"{settings.SHOP_PROJECT}-{name}"


def plain(value: Any) -> Any:
    """Return a DynamoDB map attribute as plain dicts, lists and scalars."""
    return value.as_dict() if hasattr(value, "as_dict") else value
