"""Every AWS resource that the shop uses by name is in infra/resources.json.

The names are those that reach AWS: settings, and the arguments of the shop's own calls.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command

from catalog.images.results import ResultQueue
from infra.resources import Resources, Subscription, load
from shop.celery import app
from shop.events import dead_letters, outbox
from shop.tasks import redrive_notifications
from tests.shop.events.listening import publish

pytestmark = pytest.mark.django_db(transaction=True)

NEWS = Subscription(["image-events"], raw_message_delivery=True)


@contextmanager
def calls(client: Any) -> Iterator[list[dict[str, Any]]]:
    """Collect the arguments of a client's calls while the block runs."""
    seen: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        seen.append(params)

    client.meta.events.register("provide-client-params", note)
    yield seen
    client.meta.events.unregister("provide-client-params", note)


def part(name: str) -> str:
    """Return the name of an AWS resource as it is in the manifest."""
    prefix = f"{settings.SHOP_PROJECT}-"
    assert name.startswith(prefix)
    return name.removeprefix(prefix)


def topics_used() -> set[str]:
    publish(1)
    with calls(outbox._sns()) as seen:
        outbox.relay_batch()
    return {part(call["TopicArn"].rpartition(":")[2]) for call in seen}


def dead_letters_used(redrive: Callable[[], object]) -> tuple[str, str]:
    """Return the dead-letter queue that is read, and the queue to which its messages go back."""
    with calls(dead_letters._sqs()) as seen:
        redrive()
    source, target = (part(call["QueueName"]) for call in seen if "QueueName" in call)
    return source, target


@pytest.fixture
def used() -> dict[str, Any]:
    """What the shop uses, by kind."""
    celery = part(app.conf.task_default_queue)
    routed = {part(route["queue"]) for route in app.conf.task_routes.values()}
    buckets = {
        settings.PRODUCT_IMAGES_BUCKET,
        settings.ORDER_DOCUMENTS_BUCKET,
        settings.ANALYTICS_RESULTS_BUCKET,
        urlsplit(settings.PRODUCT_IMAGES_URL).path.strip("/"),
    }
    return {
        "buckets": {part(name) for name in buckets},
        "queues": {celery, *routed, part(ResultQueue().url.rpartition("/")[2])},
        "topics": topics_used(),
        "dead letters": {
            dead_letters_used(redrive_notifications),
            dead_letters_used(lambda: call_command("notifications", "redrive")),
        },
        "visibility": (celery, app.conf.broker_transport_options["visibility_timeout"]),
    }


def wanted(resources: Resources) -> dict[str, Any]:
    """Return what the shop should use, by kind.

    That includes the queues that no Lambda reads, and the topic and the dead letters of the emails.
    """
    mails = resources.lambdas["notifications"].queue
    queues = resources.queues
    dead_letter = queues[mails].dead_letter if mails in queues else None
    # SES alone publishes to these.
    feedback = {one.topic for one in resources.mail_configuration_sets.values()}
    topics = set(resources.subscriptions[mails].topics) - feedback
    return {
        "buckets": set(resources.buckets),
        "queues": queues.keys() - {one.queue for one in resources.lambdas.values()},
        "topics": topics & resources.topics.keys(),
        "dead letters": {(dead_letter.queue, mails)} if dead_letter else set(),
        "visibility": ("celery", getattr(queues.get("celery"), "visibility_timeout_seconds", None)),
    }


def differences(resources: Resources, used: dict[str, Any]) -> list[str]:
    """Return the kinds for which the shop uses something other than what the manifest lists."""
    return [kind for kind, names in wanted(resources).items() if used[kind] != names]


def test_every_name_is_in_the_manifest(used: dict[str, Any]) -> None:
    assert differences(load(), used) == []


def change_queue(resources: Resources, name: str, **values: object) -> None:
    resources.queues[name] = replace(resources.queues[name], **values)


def rename_dead_letters(resources: Resources) -> None:
    dead_letter = resources.queues["notifications"].dead_letter
    change_queue(resources, "notifications", dead_letter=replace(dead_letter, queue="dead"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: one.buckets.pop("product-images"), ["buckets"]),
        (lambda one: one.buckets.pop("order-documents"), ["buckets"]),
        (lambda one: one.buckets.pop("analytics-results"), ["buckets"]),
        (lambda one: one.topics.pop("order-events"), ["topics"]),
        (lambda one: one.subscriptions.update(notifications=NEWS), ["topics"]),
        (lambda one: one.queues.pop("celery"), ["queues", "visibility"]),
        (lambda one: one.queues.pop("account-mail"), ["queues"]),
        (lambda one: one.queues.pop("image-results"), ["queues"]),
        (lambda one: one.queues.pop("notifications"), ["dead letters"]),
        (rename_dead_letters, ["dead letters"]),
        (lambda one: change_queue(one, "notifications", dead_letter=None), ["dead letters"]),
        (lambda one: change_queue(one, "celery", visibility_timeout_seconds=60), ["visibility"]),
    ],
)
def test_a_missing_name_is_seen(
    used: dict[str, Any], change: Callable[[Resources], object], expected: list[str]
) -> None:
    resources = deepcopy(load())
    change(resources)
    assert differences(resources, used) == expected
