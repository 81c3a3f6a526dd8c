"""A short version of `manage.py drill crash`.

Processes die while people shop, and every guarantee holds.
"""

import pytest

from tests.drills import crash

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_promise_holds_after_some_kills():
    report = crash.run(12)
    assert report.breaches == []
    assert report.kills.total() >= 12
    assert report.orders
