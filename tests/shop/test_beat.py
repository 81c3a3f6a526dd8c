"""Regular tasks never pile up: each expires before the next of its kind is due."""

import pytest
from django.conf import settings

from orders.reconciliation import JOBS
from shop.celery import app

SCHEDULE = settings.CELERY_BEAT_SCHEDULE


@pytest.mark.parametrize("name", SCHEDULE)
def test_expires_before_the_next_is_due(name: str) -> None:
    entry = SCHEDULE[name]
    period = entry["schedule"]
    # The one entry with a time of day is due once a day.
    seconds = period if isinstance(period, float) else 86_400
    assert 0 < entry["options"]["expires"] < seconds


@pytest.mark.parametrize("name", SCHEDULE)
def test_names_a_task_that_exists(name: str) -> None:
    app.loader.import_default_modules()
    assert SCHEDULE[name]["task"] in app.tasks


def test_starts_each_job_of_the_reconciler_by_itself() -> None:
    from_beat = [
        entry["args"][0] for entry in SCHEDULE.values() if entry["task"] == "orders.tasks.reconcile"
    ]
    assert sorted(from_beat) == sorted(JOBS)


def test_a_message_goes_to_its_own_queue_alone() -> None:
    assert len({queue.exchange.name for queue in app.conf.task_queues}) == 2
    route = app.amqp.router.route({}, "accounts.tasks.deliver_mail")
    assert route["queue"].name == f"{settings.SHOP_PROJECT}-account-mail"
    route = app.amqp.router.route({}, "orders.tasks.reconcile")
    assert route["queue"].name == f"{settings.SHOP_PROJECT}-celery"
