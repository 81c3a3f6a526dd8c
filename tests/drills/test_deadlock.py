"""A short version of `manage.py drill deadlock`."""

import pytest

from tests.drills import deadlock

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_waits_in_a_ring():
    report = deadlock.run(3, 5)
    assert (report.deadlocks, report.breaches) == (0, [])
    assert report.orders > 0


def test_it_would_notice_stock_that_is_taken_in_random_order():
    assert deadlock.run(10, 10, control=True).deadlocks
