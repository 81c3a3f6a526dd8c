"""Count the calls that some code makes: SQL statements and requests to DynamoDB."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.db import connection


@dataclass
class Calls:
    """The SQL statements and the names of the DynamoDB operations, in the order they were sent."""

    sql: list[str] = field(default_factory=list)
    dynamodb: list[str] = field(default_factory=list)

    @property
    def shop_sql(self) -> list[str]:
        """The statements without those of the test provider, which stands for another server."""
        return [statement for statement in self.sql if "orders_dummycharge" not in statement]


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls made inside the block.

    A retried request to DynamoDB counts again, because it costs the same.
    """
    calls = Calls()
    with (
        connection.execute_wrapper(_noting(calls.sql)),
        mock.patch.object(http.client.HTTPConnection, "putheader", _watching(calls.dynamodb)),
    ):
        yield calls


def _noting(statements: list[str]) -> Callable[..., Any]:
    def execute(
        run: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        statements.append(sql)
        return run(sql, params, many, context)

    return execute


def _watching(operations: list[str]) -> Callable[..., Any]:
    """Return a `putheader` that records DynamoDB operations.

    All of Python's HTTP clients call this method.
    """
    original = http.client.HTTPConnection.putheader

    def putheader(self: http.client.HTTPConnection, header: str | bytes, *values: Any) -> None:
        name = header.decode() if isinstance(header, bytes) else header
        if name.lower() == "x-amz-target":
            value = values[0].decode() if isinstance(values[0], bytes) else values[0]
            if value.startswith("DynamoDB"):
                operations.append(value.rpartition(".")[2])
        original(self, header, *values)

    return putheader
