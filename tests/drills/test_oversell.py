"""A short version of `manage.py drill oversell`, over HTTP against gunicorn."""

import pytest

from tests.drills import oversell

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_units_are_sold_once():
    rounds = list(oversell.run(rounds=2, buyers=24, units=6))
    assert [round.breaches for round in rounds] == [[], []]
    assert [round.answers for round in rounds] == [{"bought": 6, "sold out": 18}] * 2


def test_it_would_notice_stock_without_its_guard():
    assert any(round.breaches for round in oversell.run(rounds=3, buyers=24, units=6, control=True))
