"""Put the Lambdas of infra/lambdas/ into the emulated AWS, and connect each to its queue."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lambdas.build import build

# Lambda: its folder, the queue that feeds it, how many messages it gets at once. Pictures come
# alone: if one is too much for the time or memory of a worker, no other is thrown back with it to
# wait for six minutes.
SOURCES = {
    "product-images": ("product_images", "image-uploads", 1),
    "notifications": ("notifications", "notifications", 10),
}
RUNTIME = "python3.12"
TIMEOUT_SECONDS = 60
MEMORY_MB = 1024
QUICKLY = {"Delay": 0.1, "MaxAttempts": 300}  # seconds; the usual delays are made for AWS


@dataclass(frozen=True)
class Function:
    """One Lambda as it is to be deployed."""

    name: str
    queue: str
    batch_size: int
    archive: Path
    environment: dict[str, str]

    def code_sha(self) -> str:
        """Return the hash of the zip as Lambda states it."""
        return base64.b64encode(hashlib.sha256(self.archive.read_bytes()).digest()).decode()

    def fingerprint(self) -> list[Any]:
        """Return what decides whether it must be deployed again."""
        return [self.name, self.queue, self.batch_size, self.code_sha(), self.environment]


def functions(environment: dict[str, str], topic_arn: Callable[[str], str]) -> list[Function]:
    """Build every Lambda, with the variables that its handler reads."""
    project = environment["SHOP_PROJECT"]
    both = {
        "AWS_ENDPOINT_URL": environment["AWS_ENDPOINT_URL"],
        "STAFF_ALERTS_TOPIC_ARN": topic_arn("staff-alerts"),
    }
    own = {
        "product-images": {"IMAGE_EVENTS_TOPIC_ARN": topic_arn("image-events")},
        "notifications": {
            "NOTIFICATIONS_TABLE": f"{project}-notifications",
            "EMAIL_FROM": environment["SHOP_EMAIL_FROM"],
            "STAFF_EMAIL": environment["SHOP_STAFF_EMAIL"],
            "SHOP_NAME": environment["SHOP_NAME"],
        },
    }
    return [
        Function(f"{project}-{name}", queue, batch_size, build(folder), both | own[name])
        for name, (folder, queue, batch_size) in SOURCES.items()
    ]


def deploy(client: Any, iam: Any, wanted: list[Function], queue_arn: Callable[[str], str]) -> None:
    """Create or update the functions and their event sources."""
    for function in wanted:
        role = _role(iam, f"{function.name}-lambda")
        _deploy_one(client, function, role)
        _connect(client, function, queue_arn(function.queue))


def _role(iam: Any, name: str) -> str:
    """Return the ARN of the role, made if there is none.

    The emulator does not enforce it; Terraform's has policies.
    """
    try:
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    except iam.exceptions.NoSuchEntityException:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"])


def _deploy_one(client: Any, function: Function, role: str) -> None:
    settings = {
        "FunctionName": function.name,
        "Runtime": RUNTIME,
        "Role": role,
        "Handler": "handler.handler",
        "Timeout": TIMEOUT_SECONDS,
        "MemorySize": MEMORY_MB,
        "Environment": {"Variables": function.environment},
    }
    try:
        current = client.get_function_configuration(FunctionName=function.name)
    except client.exceptions.ResourceNotFoundException:
        client.create_function(**settings, Code={"ZipFile": function.archive.read_bytes()})
        return
    client.update_function_configuration(**settings)
    if current["CodeSha256"] != function.code_sha():
        client.get_waiter("function_updated_v2").wait(
            FunctionName=function.name, WaiterConfig=QUICKLY
        )
        client.update_function_code(
            FunctionName=function.name, ZipFile=function.archive.read_bytes()
        )


def _connect(client: Any, function: Function, queue_arn: str) -> None:
    name, batch_size = function.name, function.batch_size
    found = client.list_event_source_mappings(FunctionName=name, EventSourceArn=queue_arn)[
        "EventSourceMappings"
    ]
    for mapping in found:
        client.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=batch_size)
    if found:
        return
    client.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=queue_arn,
        BatchSize=batch_size,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )
