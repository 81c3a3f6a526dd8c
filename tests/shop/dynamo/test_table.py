"""PynamoDB over our client: rows, queries, conditions and transactions."""

import uuid
from decimal import Decimal

import pytest
from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from accounts.tables import SessionItem
from carts.tables import CartLine
from shop.dynamo.table import (
    ConditionFailed,
    is_failed_condition,
    transact,
)

LATER = 4_000_000_000


def new_line(**values) -> CartLine:
    given = {"quantity": 1, "price": Decimal("19.99"), "expires_at": LATER}
    return CartLine(f"user-{uuid.uuid4().hex}", "1#11", **given | values)


def test_it_puts_gets_updates_and_deletes():
    line = new_line(
        attributes={
            "engraving": "für Ada \u2603 \\ \"'",
            "deep": {"gift": True, "none": None, "list": [1]},
        }
    )
    line.line_keys = {"1#11", "2#22"}
    line.save(condition=CartLine.user_id.does_not_exist())
    line.update(
        [
            CartLine.quantity.add(2),
            CartLine.price.set(Decimal("0.1000000000000000000000000000000000001")),
        ]
    )
    found = CartLine.get(line.user_id, "1#11", consistent_read=True)
    assert (found.quantity, found.line_keys) == (3, {"1#11", "2#22"})
    assert found.price == Decimal("0.1000000000000000000000000000000000001")
    assert found.attributes.as_dict() == line.attributes.as_dict()
    found.delete()
    with pytest.raises(CartLine.DoesNotExist):
        CartLine.get(line.user_id, "1#11", consistent_read=True)


def test_it_reads_a_query_page_by_page():
    owner = f"user-{uuid.uuid4().hex}"
    with CartLine.batch_write() as batch:
        for number in range(30):
            batch.save(CartLine(owner, f"{number:02}", quantity=number, expires_at=LATER))
    pages = CartLine.query(owner, page_size=7, consistent_read=True)
    assert [item.quantity for item in pages] == list(range(30))
    assert CartLine.count(owner) == 30


def test_it_queries_an_index():
    user = uuid.uuid4().hex
    SessionItem(
        user, user_id=user, session_data="x", expires_at=LATER, last_activity="2026-01-01"
    ).save()
    assert [item.session_id for item in SessionItem.of_user.query(user)] == [user]


def test_a_failed_condition_is_one():
    line = new_line()
    line.save()
    absent, present = CartLine.user_id.does_not_exist(), CartLine.quantity == 7
    for error, act in [
        (PutError, lambda: line.save(condition=absent)),
        (UpdateError, lambda: line.update([CartLine.quantity.set(1)], condition=present)),
        (DeleteError, lambda: line.delete(condition=present)),
    ]:
        with pytest.raises(error) as caught:
            act()
        assert is_failed_condition(caught.value)


def test_a_transaction_says_which_conditions_failed():
    first, second, third = new_line(), new_line(), new_line()

    def build(transaction: TransactWrite) -> None:
        transaction.save(first)
        transaction.save(second, condition=CartLine.user_id.exists())
        transaction.save(third, condition=CartLine.user_id.exists())

    with pytest.raises(ConditionFailed) as caught:
        transact(CartLine, build)
    assert caught.value.failed == {1, 2}
    cause = caught.value.__cause__
    assert isinstance(cause, TransactWriteError)
    assert [reason and reason.code for reason in cause.cancellation_reasons] == [
        None,
        *["ConditionalCheckFailed"] * 2,
    ]
    with pytest.raises(CartLine.DoesNotExist):
        first.refresh()


def test_a_transaction_with_another_content_under_its_token_is_taken_as_done():
    line, token = new_line(), str(uuid.uuid4())
    for quantity in (1, 5):
        line.quantity = quantity
        transact(CartLine, lambda transaction: transaction.save(line), token)
    line.refresh(consistent_read=True)
    assert line.quantity == 1
