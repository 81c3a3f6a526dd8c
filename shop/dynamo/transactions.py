"""TransactWriteItems, tried again where two transactions meet: PynamoDB does not do that."""

import random
import time
from collections.abc import Callable

from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from shop.dynamo.table import error_code

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
