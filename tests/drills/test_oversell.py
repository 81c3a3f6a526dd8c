"""A short version of `manage.py drill oversell`, over HTTP against gunicorn."""

import pytest

from tests.drills import oversell

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_units_are_sold_once():
    rounds = list(oversell.run(rounds=2, buyers=24, units=6))
    assert [round.breaches for round in rounds] == [[], []]
    for each in rounds:
        assert each.quitters == 1
        assert each.answers["bought"] in (6, 7)
        assert each.answers["bought"] + each.answers["sold out"] == 24


def test_it_would_notice_stock_without_its_guard():
    assert any(round.breaches for round in oversell.run(rounds=3, buyers=24, units=6, control=True))
