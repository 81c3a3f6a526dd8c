"""Locks between all processes, for work that must not run twice at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def run_alone(name: str) -> Iterator[bool]:
    """Yield whether nobody else runs the work of this name; nobody else does until the end.

    It is an advisory lock of PostgreSQL that belongs to the connection, so a process that dies
    leaves none behind. A connection pooler in transaction mode would break that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('shop'), hashtext(%s))", [name])
        is_alone: bool = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('shop'), hashtext(%s))", [name])
