"""infra/resources.json is read completely or refused in one line, and follows AWS's rules."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.lambdas import build as builder
from infra.resources import MANIFEST, ResourcesError, load

Content = dict[str, Any]


def broken(folder: Path, spoil: Callable[[Content], object]) -> Path:
    """Return a copy of the manifest in which something is wrong."""
    content = json.loads(MANIFEST.read_text())
    spoil(content)
    path = folder / "resources.json"
    path.write_text(json.dumps(content))
    return path


def test_it_reads_what_the_file_says() -> None:
    resources, content = load(), json.loads(MANIFEST.read_text())
    assert {kind: list(content[kind]) for kind in content} == {
        kind: list(getattr(resources, kind)) for kind in content
    }
    assert resources.buckets["product-images"].object_created == {"uploads/": "image-uploads"}
    assert resources.buckets["order-documents"].cors is None
    assert resources.queues["notifications"].dead_letter.max_receive_count == 5
    assert resources.tables["sessions"].indexes["user_id-index"].hash_key == "user_id"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda all: all.pop("queues"), "it lacks queues"),
        (lambda all: all.update(lamdas={}), "it has unknown keys: lamdas"),
        (lambda all: all["tables"]["carts"].pop("range_key"), "tables.carts lacks range_key"),
        (
            lambda all: all["tables"]["carts"].update(ttl_attribute=None),
            "tables.carts.ttl_attribute must be a string, not null",
        ),
        (
            lambda all: all["queues"]["celery"].update(visibility_timeout_seconds="300"),
            'queues.celery.visibility_timeout_seconds must be an integer, not "300"',
        ),
        (
            lambda all: all["lambdas"]["notifications"].update(batch_size=True),
            "lambdas.notifications.batch_size must be an integer, not true",
        ),
        (
            lambda all: all["buckets"]["product-images"]["cors"].update(methods="GET"),
            'buckets.product-images.cors.methods must be a list, not "GET"',
        ),
        (
            lambda all: all["buckets"]["product-images"]["cors"].update(methods=["GET", 1]),
            "buckets.product-images.cors.methods[] must be a string, not 1",
        ),
        (lambda all: all.update(topics=["a"]), 'topics must be an object, not ["a"]'),
        (
            lambda all: all["queues"].update(celery=[]),
            "queues.celery must be an object, not []",
        ),
        (
            lambda all: all["queues"]["celery"].update(dead_letter={"queue": "x"}),
            "queues.celery.dead_letter lacks max_receive_count, message_retention_seconds",
        ),
        (
            lambda all: all["buckets"]["product-images"]["object_created"].update({"a/": "b"}),
            "buckets.product-images.object_created.a/ names 'b', which is not in the manifest",
        ),
        (
            lambda all: all["subscriptions"].update(a=all["subscriptions"]["notifications"]),
            "subscriptions names 'a', which is not in the manifest",
        ),
        (
            lambda all: all["topics"].pop("order-events"),
            "subscriptions.notifications.topics names 'order-events', which is not in the manifest",
        ),
        (
            lambda all: all["lambdas"]["notifications"].update(queue="a"),
            "lambdas.notifications.queue names 'a', which is not in the manifest",
        ),
        (
            lambda all: all["topics"].pop("staff-alerts"),
            "lambdas.product-images.environment.STAFF_ALERTS_TOPIC_ARN names 'staff-alerts', "
            "which is not in the manifest",
        ),
        (
            lambda all: all["tables"].pop("notifications"),
            "lambdas.notifications.environment.NOTIFICATIONS_TABLE names 'notifications', "
            "which is not in the manifest",
        ),
    ],
)
def test_it_says_in_one_line_what_is_wrong(
    tmp_path: Path, spoil: Callable[[Content], object], message: str
) -> None:
    with pytest.raises(ResourcesError) as caught:
        load(broken(tmp_path, spoil))
    assert str(caught.value) == f"resources.json: {message}"


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_it_refuses_what_is_no_object(tmp_path: Path, text: str) -> None:
    path = tmp_path / "resources.json"
    path.write_text(text)
    with pytest.raises(ResourcesError, match=r"^resources\.json: .+$"):
        load(path)


def test_it_refuses_a_key_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "resources.json"
    path.write_text('{"queues": {}, "queues": {}}')
    with pytest.raises(ResourcesError, match="'queues' stands twice"):
        load(path)


def test_a_message_stays_hidden_for_six_times_its_lambdas_timeout() -> None:
    """AWS requires it: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    resources = load()
    assert resources.lambdas
    for function in resources.lambdas.values():
        hidden = resources.queues[function.queue].visibility_timeout_seconds
        assert hidden >= 6 * function.timeout_seconds


def test_every_lambda_can_be_built_for_its_runtime() -> None:
    functions = load().lambdas.values()
    assert sorted(function.folder for function in functions) == sorted(builder.NAMES)
    assert {function.runtime for function in functions} == {f"python{builder.AWS_PYTHON}"}
