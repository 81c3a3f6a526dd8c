"""The reader of infra/resources.json, which lists the names of our cloud resources.

A name is the part after `{project}-`. Terraform reads the same file with `jsondecode(file(...))`.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

MANIFEST = Path(__file__).with_name("resources.json")
JSON_TYPES = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


class ResourcesError(Exception):
    """The manifest is malformed; the message is one line that says what is wrong and where."""


@dataclass(frozen=True)
class Lifecycle:
    """After how many days S3 deletes parts of unfinished uploads and old versions of objects.

    `expiration_days` maps a key prefix to the days after which the objects under it are deleted.
    """

    incomplete_upload_days: int
    noncurrent_version_days: int
    expiration_days: dict[str, int]


@dataclass(frozen=True)
class Cors:
    """What browsers may do from the shop's own origin."""

    methods: list[str]
    max_age_seconds: int


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket.

    `object_created` maps a key prefix to the queue that is notified of new objects under it.
    """

    versioned: bool
    lifecycle: Lifecycle
    cors: Cors | None
    object_created: dict[str, str]


@dataclass(frozen=True)
class Index:
    """A global secondary index, which holds `included_attributes` in addition to the keys."""

    hash_key: str
    range_key: str | None
    included_attributes: list[str]


@dataclass(frozen=True)
class Table:
    """A DynamoDB table; all its keys are strings."""

    hash_key: str
    range_key: str | None
    ttl_attribute: str
    indexes: dict[str, Index]


@dataclass(frozen=True)
class DeadLetter:
    """The queue that takes messages which failed `max_receive_count` times."""

    queue: str
    max_receive_count: int
    message_retention_seconds: int


@dataclass(frozen=True)
class Queue:
    visibility_timeout_seconds: int
    message_retention_seconds: int
    receive_wait_time_seconds: int
    dead_letter: DeadLetter | None


@dataclass(frozen=True)
class Topic:
    """An SNS topic, which has nothing but its name."""


@dataclass(frozen=True)
class Subscription:
    """The topics that a queue subscribes to; the manifest's key is the queue."""

    topics: list[str]
    raw_message_delivery: bool


@dataclass(frozen=True)
class MailConfigurationSet:
    """A configuration set of SES: which events it sends to which topic."""

    feedback: list[str]
    topic: str


@dataclass(frozen=True)
class LambdaEnvironment:
    """Where a Lambda's variables come from.

    Each field maps a variable to the name of a topic, a table, a configuration set of SES, or a
    variable of the shop.
    """

    topic_arns: dict[str, str]
    tables: dict[str, str]
    mail_configuration_sets: dict[str, str]
    settings: dict[str, str]


@dataclass(frozen=True)
class Lambda:
    """A Lambda function of infra/lambdas/, and the queue that feeds it."""

    folder: str
    handler: str
    runtime: str
    timeout_seconds: int
    memory_mb: int
    queue: str
    batch_size: int
    maximum_concurrency: int
    environment: LambdaEnvironment


@dataclass(frozen=True)
class Resources:
    """The whole manifest; each kind of resource is keyed by name."""

    buckets: dict[str, Bucket]
    tables: dict[str, Table]
    queues: dict[str, Queue]
    topics: dict[str, Topic]
    subscriptions: dict[str, Subscription]
    mail_configuration_sets: dict[str, MailConfigurationSet]
    lambdas: dict[str, Lambda]


def load(path: Path = MANIFEST) -> Resources:
    """Return the manifest.

    Raises ResourcesError if a key is unknown, missing or of the wrong type, or if a name that is
    used does not exist in the manifest.
    """
    try:
        content = json.loads(path.read_text(), object_pairs_hook=_read_object)
        resources: Resources = _read_value(Resources, content, "")
        _check_references(resources)
    except (OSError, ValueError, ResourcesError) as error:
        raise ResourcesError(f"{path.name}: {error}") from error
    return resources


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object without duplicate keys; json would silently use the last of them."""
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read:
            raise ResourcesError(f"the key {key!r} stands twice in one object")
        read[key] = value
    return read


def _read_value(kind: Any, value: Any, place: str) -> Any:
    """Convert the JSON `value` at `place` to `kind`, the annotation of a field above."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else _read_value(arguments[0], value, place)
    wanted = dict if is_dataclass(kind) else origin or kind
    if type(value) is not wanted:  # isinstance would accept true as a number
        raise ResourcesError(
            f"{place or 'it'} must be {JSON_TYPES[wanted]}, not {json.dumps(value)}"
        )
    if is_dataclass(kind):
        return _read_record(kind, value, place)
    if origin is dict:
        return {
            key: _read_value(arguments[1], item, f"{place}.{key}") for key, item in value.items()
        }
    if origin is list:
        return [_read_value(arguments[0], item, f"{place}[]") for item in value]
    return value


def _read_record(kind: Any, value: dict[str, Any], place: str) -> Any:
    fields = get_type_hints(kind)
    if missing := fields.keys() - value:
        raise ResourcesError(f"{place or 'it'} lacks {', '.join(sorted(missing))}")
    if unknown := value.keys() - fields:
        raise ResourcesError(f"{place or 'it'} has unknown keys: {', '.join(sorted(unknown))}")
    prefix = place and f"{place}."
    return kind(
        **{name: _read_value(fields[name], value[name], f"{prefix}{name}") for name in fields}
    )


def _check_references(resources: Resources) -> None:
    for place, name, known in _references(resources):
        if name not in known:
            raise ResourcesError(f"{place} names {name!r}, which is not in the manifest")


def _references(resources: Resources) -> Iterator[tuple[str, str, Collection[str]]]:
    """Yield each place where a name is used, the name, and the collection that must contain it."""
    for name, bucket in resources.buckets.items():
        for prefix, queue in bucket.object_created.items():
            yield f"buckets.{name}.object_created.{prefix}", queue, resources.queues
    for queue, subscription in resources.subscriptions.items():
        yield "subscriptions", queue, resources.queues
        for topic in subscription.topics:
            yield f"subscriptions.{queue}.topics", topic, resources.topics
    for name, mails in resources.mail_configuration_sets.items():
        yield f"mail_configuration_sets.{name}.topic", mails.topic, resources.topics
    for name, function in resources.lambdas.items():
        yield f"lambdas.{name}.queue", function.queue, resources.queues
        for variable, topic in function.environment.topic_arns.items():
            yield f"lambdas.{name}.environment.{variable}", topic, resources.topics
        for variable, table in function.environment.tables.items():
            yield f"lambdas.{name}.environment.{variable}", table, resources.tables
        for variable, mails_set in function.environment.mail_configuration_sets.items():
            known = resources.mail_configuration_sets
            yield f"lambdas.{name}.environment.{variable}", mails_set, known
