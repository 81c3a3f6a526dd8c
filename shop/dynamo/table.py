"""What all of our DynamoDB tables share.

That is timeouts, retries, exact numbers and one error for when DynamoDB is unavailable.
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

    With PynamoDB's own timeouts a page could hang for two minutes; with these it is 1.7 seconds.
    """

    region = settings.AWS_REGION
    host = settings.AWS_ENDPOINT_URL or None
    # Two attempts of 0.3 + 0.5 seconds, with at most 0.1 seconds in between.
    connect_timeout_seconds = 0.3
    read_timeout_seconds = 0.5
    max_retry_attempts = 1
    max_pool_connections = 50


class _OurConnection(Connection):
    """A PynamoDB connection that uses our own client, which costs a third of botocore's."""

    def __repr__(self) -> str:
        return f"Connection<{self.client.url}>"

    @property
    def client(self) -> Client:  # type: ignore[override]
        """Return the client; PynamoDB asks for it on every call."""
        return client_of(self.host or "")


class Table(Model):
    """Base class of all tables. The tables of a process share one client and its connections."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        if not isinstance(table.connection, _OurConnection):
            connection = _OurConnection(region=cls.Meta.region, host=cls.Meta.host)
            connection.add_meta_table(table.get_meta_table())
            table.connection = connection
        return table


_clients: dict[str, Client] = {}
_clients_lock = threading.Lock()


def client_of(url: str) -> Client:
    """Return this process's client for a URL, creating it on first use.

    An empty URL means the region's own endpoint.
    """
    if url not in _clients:
        with _clients_lock:
            # Checked again under the lock: another thread may have made it in the meantime.
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


def _forget_clients() -> None:
    """Forget the clients of the parent process after a fork.

    Two processes on one connection would read each other's answers.
    """
    global _clients_lock
    # Another thread of the parent may have held the old lock, and is not here to release it.
    _clients_lock = threading.Lock()
    _clients.clear()


os.register_at_fork(after_in_child=_forget_clients)


class DecimalAttribute(Attribute[Decimal]):
    """An exact number.

    PynamoDB's NumberAttribute goes through JSON, which turns 19.99 into a float.
    """

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        """Return the number as DynamoDB's string form, which has up to 38 digits."""
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """Return the Decimal that was written."""
        return Decimal(value)


class StoreUnavailable(DomainError):
    """DynamoDB did not answer, or refused for a reason other than a failed condition."""

    code = "store_unavailable"


def is_failed_condition(error: PynamoDBException) -> bool:
    """Return whether a write was refused by its own condition.

    The network, a limit or a fault are other reasons, for which this is False.
    """
    return error_code(error) == "ConditionalCheckFailedException"


def error_code(error: PynamoDBException) -> str:
    """Return DynamoDB's code for an error, or an empty string if it gave no answer.

    PynamoDB's own `cause_response_code` fails for a connection that was closed: its response is
    then None instead of missing.
    """
    response = getattr(error.cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


#: How often a transaction is tried that conflicts with another one on the same items. PynamoDB does
#: not retry these.
CONFLICT_ATTEMPTS = 8


class ConditionFailed(Exception):
    """A transaction was refused by conditions; `failed` has the positions of their actions."""

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(failed)
        self.failed = failed


def transact(
    table: type[Model], build: Callable[[TransactWrite], None], token: str | None = None
) -> None:
    """Run one TransactWriteItems, to which `build` adds the actions.

    DynamoDB receives the actions in the order deletes, puts, updates. With a `token` a repetition
    within ten minutes counts once (an AWS rule). After a conflict with another transaction, this
    waits a little and tries again. Raises ConditionFailed; any other error is raised as PynamoDB
    raises it.
    """
    connection = table._get_connection().connection  # has our client, with our timeouts
    for attempt in range(CONFLICT_ATTEMPTS):
        try:
            with TransactWrite(connection=connection, client_request_token=token) as transaction:
                build(transaction)
        except TransactWriteError as error:
            if error_code(error) == "IdempotentParameterMismatchException":
                # The token was used before, in a request that differs only in its times (such as
                # `expires_at`): the operation has already been counted.
                return
            if not _is_conflict(error) or attempt + 1 == CONFLICT_ATTEMPTS:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return


def _is_conflict(error: TransactWriteError) -> bool:
    """Return whether a transaction only collided with another one.

    Raises ConditionFailed if it was refused by a condition.
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
    # If any action was refused for another reason, such as throttling, it is not only a conflict.
    return set(codes.values()) == {"TransactionConflict"}


def describe_table(name: str) -> None:
    """Ask DynamoDB for one of our tables; raises BotoCoreError and ClientError."""
    client = client_of(TableMeta.host or "")
    client._make_api_call("DescribeTable", {"TableName": table_name(name)})


def table_name(name: str) -> str:
    """Return the full name of a table, for example `trivet-carts`."""
    return f"{settings.SHOP_PROJECT}-{name}"


def plain(value: Any) -> Any:
    """Return a DynamoDB map attribute as plain dicts, lists and scalars."""
    return value.as_dict() if hasattr(value, "as_dict") else value
