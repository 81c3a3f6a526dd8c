"""Provisioning follows infra/resources.json and is repeated when that file changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.devstack.emulator import Emulator
from infra.devstack.errors import StackError
from infra.devstack.provision import Provisioner
from infra.devstack.stack import own_config
from infra.resources import MANIFEST


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(own_config(tmp_path))
    process = emulator.start()
    try:
        emulator.wait()
        yield emulator
    finally:
        process.terminate()
        process.wait()


def write(manifest: Path, content: dict[str, Any]) -> None:
    manifest.write_text(json.dumps(content))


def test_a_change_of_the_manifest_reaches_a_stack_that_was_provisioned(
    emulator: Emulator, tmp_path: Path
) -> None:
    manifest = tmp_path / "resources.json"
    content = json.loads(MANIFEST.read_text())
    write(manifest, content)
    assert Provisioner(emulator.config, manifest).run()
    assert not Provisioner(emulator.config, manifest).run()

    content["queues"]["celery"]["visibility_timeout_seconds"] = 301
    content["queues"]["notifications"]["dead_letter"]["message_retention_seconds"] = 86400
    content["lambdas"]["notifications"]["maximum_concurrency"] = 3
    content["topics"]["news"] = {}
    write(manifest, content)
    changed = Provisioner(emulator.config, manifest)
    assert changed.run()
    assert not Provisioner(emulator.config, manifest).run()

    sqs = changed.client("sqs")
    for queue, attribute, value in (
        ("trivet-celery", "VisibilityTimeout", "301"),
        ("trivet-notifications-dlq", "MessageRetentionPeriod", "86400"),
    ):
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        assert (
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"][
                attribute
            ]
            == value
        )
    mappings = changed.client("lambda").list_event_source_mappings(
        FunctionName="trivet-notifications"
    )["EventSourceMappings"]
    assert [mapping["ScalingConfig"]["MaximumConcurrency"] for mapping in mappings] == [3]
    topics = changed.client("sns").list_topics()["Topics"]
    assert "trivet-news" in {topic["TopicArn"].rpartition(":")[2] for topic in topics}


def test_a_malformed_manifest_is_one_line(tmp_path: Path) -> None:
    manifest = tmp_path / "resources.json"
    write(manifest, {})
    with pytest.raises(StackError, match=r"^resources\.json: it lacks buckets, .+$"):
        Provisioner(own_config(tmp_path), manifest)
