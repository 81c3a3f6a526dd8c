"""Deploy the Lambdas of infra/lambdas/ to the emulated AWS, and connect each to its queue."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lambdas.build import build
from infra.resources import Lambda

QUICKLY = {"Delay": 0.1, "MaxAttempts": 300}  # seconds; boto3's default delays are meant for AWS


@dataclass(frozen=True)
class Function:
    """One Lambda, ready to be deployed."""

    name: str
    definition: Lambda
    archive: Path
    variables: dict[str, str]

    def code_sha(self) -> str:
        """Return the hash of the zip in the form in which Lambda reports it."""
        return base64.b64encode(hashlib.sha256(self.archive.read_bytes()).digest()).decode()

    def fingerprint(self) -> list[Any]:
        """Return what decides, besides the manifest, whether to deploy the function again."""
        return [self.name, self.code_sha(), self.variables]


def functions(
    wanted: dict[str, Lambda], environment: dict[str, str], topic_arn: Callable[[str], str]
) -> list[Function]:
    """Build every Lambda and return it with the variables that its handler reads."""
    project = environment["SHOP_PROJECT"]
    made = []
    for name, definition in wanted.items():
        given = definition.environment
        variables = {
            "AWS_ENDPOINT_URL": environment["AWS_ENDPOINT_URL"],
            **{variable: topic_arn(topic) for variable, topic in given.topic_arns.items()},
            **{
                variable: f"{project}-{part}"
                for named in (given.tables, given.mail_configuration_sets)
                for variable, part in named.items()
            },
            **{variable: environment[setting] for variable, setting in given.settings.items()},
        }
        archive = build(definition.folder)
        made.append(Function(f"{project}-{name}", definition, archive, variables))
    return made


def deploy(client: Any, iam: Any, wanted: list[Function], queue_arn: Callable[[str], str]) -> None:
    """Create or update the functions and their event sources."""
    for function in wanted:
        role = _role(iam, f"{function.name}-lambda")
        _deploy_one(client, function, role)
        _connect_queue(client, function, queue_arn(function.definition.queue))


def _role(iam: Any, name: str) -> str:
    """Return the ARN of the role, creating it if there is none.

    The emulator does not enforce roles; the one that Terraform creates has policies.
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
        "Runtime": function.definition.runtime,
        "Role": role,
        "Handler": function.definition.handler,
        "Timeout": function.definition.timeout_seconds,
        "MemorySize": function.definition.memory_mb,
        "Environment": {"Variables": function.variables},
    }
    try:
        current = client.get_function_configuration(FunctionName=function.name)
    except client.exceptions.ResourceNotFoundException:
        client.create_function(**settings, Code={"ZipFile": function.archive.read_bytes()})
        return
    client.update_function_configuration(**settings)
    if current["CodeSha256"] != function.code_sha():
        # Lambda refuses new code while an update of the configuration is in progress.
        client.get_waiter("function_updated_v2").wait(
            FunctionName=function.name, WaiterConfig=QUICKLY
        )
        client.update_function_code(
            FunctionName=function.name, ZipFile=function.archive.read_bytes()
        )


def _connect_queue(client: Any, function: Function, queue_arn: str) -> None:
    source = {"FunctionName": function.name, "EventSourceArn": queue_arn}
    settings = {
        "BatchSize": function.definition.batch_size,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": function.definition.maximum_concurrency},
    }
    found = client.list_event_source_mappings(**source)["EventSourceMappings"]
    for mapping in found:
        client.update_event_source_mapping(UUID=mapping["UUID"], **settings)
    if not found:
        client.create_event_source_mapping(**source, **settings)
