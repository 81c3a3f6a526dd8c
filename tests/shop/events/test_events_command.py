"""`manage.py events` shows the state of the outbox and sends events again."""

from datetime import timedelta
from io import StringIO

import boto3
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from shop import tasks
from shop.events import log, outbox
from shop.models import Event
from tests.factories import make_staff
from tests.shop.events.listening import Listener, drain, publish

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("events", *arguments, stdout=out)
    return out.getvalue()


def age(seconds: int) -> None:
    Event.objects.update(created_at=timezone.now() - timedelta(seconds=seconds))


def test_status_is_quiet_when_all_is_well():
    publish(2)
    drain()
    assert run("status").splitlines() == [
        "0 wait for the relay, the oldest for 0 s",
        "2 are not in the event log, the oldest for 0 s",
        "0 were refused and are set aside",
    ]


def test_status_fails_when_events_are_late_or_set_aside():
    publish(2)
    age(90)
    with pytest.raises(CommandError):
        run("status")
    drain()
    log.archive_batch()
    run("status")
    Event.objects.update(set_aside_at=timezone.now(), published_at=None)
    with pytest.raises(CommandError):
        run("status")


def test_retry_gives_new_tries():
    first, _ = publish(2)
    Event.objects.update(set_aside_at=timezone.now(), attempts=5, error="too long")
    assert run("retry", str(first.pk)) == "1 events get new tries.\n"
    assert [event.pk for event in Event.objects.waiting()] == [first.pk]
    assert run("retry") == "1 events get new tries.\n"
    assert set(Event.objects.waiting().values_list("attempts", flat=True)) == {0}


def test_replay_publishes_again_under_the_same_id(listener: Listener):
    ids = {str(event.pk) for event in publish(2) + publish(1, "test.other")}
    drain()
    assert {message["id"] for message in listener.hear(3)} == ids
    since = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert run("replay", "--since", since, "--type", "test.other").startswith("1 events")
    assert run("replay", "--since", since).startswith("2 events")
    drain()
    assert {message["id"] for message in listener.hear(3)} == ids


@pytest.mark.parametrize("since", ["2020-01-01T00:00", "yesterday"])
def test_replay_refuses_what_the_notification_log_has_forgotten(since):
    with pytest.raises(CommandError):
        run("replay", "--since", since)


def test_readyz_tells_of_the_backlog_and_stays_ready(client):
    publish(3)
    age(90)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()["events"]
    assert (told["backlog"], told["set_aside"], told["unarchived"]) == (3, 0, 3)
    assert 90 <= told["lag_seconds"] < 120


def test_beat_sends_what_a_dead_relay_left(listener: Listener):
    publish(12)
    age(90)
    tasks.relay_events()
    tasks.archive_events()
    assert not Event.objects.waiting().exists()
    assert not Event.objects.unarchived().exists()
    assert len(listener.hear(13)) == 12


def test_staff_see_and_retry_a_poison_event(client):
    (event,) = publish(1)
    Event.objects.update(
        set_aside_at=timezone.now(), attempts=5, error="InvalidParameter: too long"
    )
    client.force_login(make_staff())
    page = client.get("/admin/shop/event/?state=aside").content.decode()
    assert "Set aside" in page
    assert "InvalidParameter: too long" in page
    data = {"action": "try_again", "_selected_action": [str(event.pk)]}
    client.post("/admin/shop/event/", data)
    assert Event.objects.waiting().exists()


def test_events_of_an_order_are_found_by_an_index():
    question = Event.objects.of_order("7K4M9QXD")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "event_of_order" in question.explain()


def test_deletes_what_is_old_and_done_with():
    old, new, waiting, unarchived = publish(4)
    Event.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timedelta(days=401))
    Event.objects.exclude(pk=waiting.pk).update(published_at=timezone.now())
    Event.objects.exclude(pk=unarchived.pk).update(archived_at=timezone.now())
    tasks.prune_events()
    left = set(Event.objects.values_list("pk", flat=True))
    assert left == {new.pk, waiting.pk, unarchived.pk}


def test_keeps_events_as_long_in_s3():
    s3, bucket = boto3.client("s3"), settings.ANALYTICS_RESULTS_BUCKET
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    ends = {rule["Filter"]["Prefix"]: rule.get("Expiration", {}).get("Days") for rule in rules}
    assert ends == {"": None, "events/": outbox.KEPT_FOR.days}
