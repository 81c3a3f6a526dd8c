"""Create in the emulated AWS what Terraform creates on AWS.

That is: buckets, tables, queues, topics, the sender address and the Lambdas. Both read
infra/resources.json.

Every step may be repeated at any time. A completed run stores its fingerprint in the emulator, and
the next run with the same fingerprint costs a single read.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from infra import resources
from infra.devstack import lambdas
from infra.devstack.config import Config
from infra.devstack.errors import StackError

REGION = "eu-central-1"
ACCOUNT = "000000000000"


class Provisioner:
    """Provisions one stack, whose resources are named after its project.

    Raises StackError if the manifest is malformed.
    """

    def __init__(self, config: Config, manifest: Path = resources.MANIFEST) -> None:
        self.config = config
        self.manifest = manifest
        try:
            self.resources = resources.load(manifest)
        except resources.ResourcesError as error:
            raise StackError(str(error)) from error
        self.environment = config.environment()
        self.client = cache(self._client)

    def run(self) -> bool:
        """Create everything that is missing; return whether there was anything to do."""
        functions = lambdas.functions(self.resources.lambdas, self.environment, self._topic_arn)
        fingerprint = self._fingerprint(functions)
        if self._kept_fingerprint() == fingerprint:
            return False
        self._buckets()
        self._tables()
        self._queues()
        self._topics()
        # After the queues that the events are sent to.
        self._bucket_events()
        self.client("ses").verify_email_identity(EmailAddress=self.environment["SHOP_EMAIL_FROM"])
        self._mail_configuration_sets()
        lambdas.deploy(self.client("lambda"), self.client("iam"), functions, self._queue_arn)
        # The fingerprint comes last, so that an interrupted run is repeated.
        name = self._name("devstack-fingerprint")
        self.client("ssm").put_parameter(
            Name=name, Value=fingerprint, Type="String", Overwrite=True
        )
        return True

    def _client(self, service: str) -> Any:
        session: Any = boto3.session.Session()
        return session.client(
            service,
            endpoint_url=self.config.aws_url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator takes any
            config=ClientConfig(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60),
        )

    def _fingerprint(self, functions: "list[lambdas.Function]") -> str:
        files = (Path(__file__), Path(lambdas.__file__), self.manifest)
        sources = [file.read_text() for file in files]
        parts = [sources, self.environment, [function.fingerprint() for function in functions]]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _kept_fingerprint(self) -> str:
        ssm = self.client("ssm")
        try:
            return str(
                ssm.get_parameter(Name=self._name("devstack-fingerprint"))["Parameter"]["Value"]
            )
        except ssm.exceptions.ParameterNotFound:
            return ""

    def _name(self, part: str) -> str:
        return f"{self.config.project}-{part}"

    def _queue_arn(self, name: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._name(name)}"

    def _topic_arn(self, name: str) -> str:
        return f"arn:aws:sns:{REGION}:{ACCOUNT}:{self._name(name)}"

    def _buckets(self) -> None:
        s3 = self.client("s3")
        existing = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        for part, bucket in self.resources.buckets.items():
            name = self._name(part)
            if name not in existing:
                s3.create_bucket(
                    Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
                )
            self._protect_bucket(name)
            self._configure_bucket(name, bucket)

    def _protect_bucket(self, name: str) -> None:
        s3 = self.client("s3")
        aes = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [aes]})
        blocks = (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        )
        s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
        )
        s3.put_bucket_tagging(
            Bucket=name, Tagging={"TagSet": [{"Key": "project", "Value": self.config.project}]}
        )

    def _configure_bucket(self, name: str, bucket: resources.Bucket) -> None:
        s3 = self.client("s3")
        if bucket.versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rules = _lifecycle_rules(bucket.lifecycle)
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
        if bucket.cors:
            rule = self._cors_rule(bucket.cors)
            s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})

    def _cors_rule(self, cors: resources.Cors) -> dict[str, Any]:
        # To a browser these are two origins, and people use either name.
        origins = [self.config.shop_url, self.config.shop_url.replace("127.0.0.1", "localhost")]
        return {
            "AllowedMethods": cors.methods,
            "AllowedOrigins": origins,
            "MaxAgeSeconds": cors.max_age_seconds,
        }

    def _tables(self) -> None:
        dynamodb = self.client("dynamodb")
        existing = set(dynamodb.list_tables()["TableNames"])
        for part, table in self.resources.tables.items():
            name = self._name(part)
            if name not in existing:
                dynamodb.create_table(
                    TableName=name, BillingMode="PAY_PER_REQUEST", **_table_definition(table)
                )
                dynamodb.get_waiter("table_exists").wait(
                    TableName=name, WaiterConfig=lambdas.QUICKLY
                )
                # Only once: AWS refuses to enable what is already enabled.
                specification = {"Enabled": True, "AttributeName": table.ttl_attribute}
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
            recovery = {"PointInTimeRecoveryEnabled": True}
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification=recovery
            )

    def _queues(self) -> None:
        for part, queue in self.resources.queues.items():
            attributes = {
                "VisibilityTimeout": str(queue.visibility_timeout_seconds),
                "MessageRetentionPeriod": str(queue.message_retention_seconds),
                "ReceiveMessageWaitTimeSeconds": str(queue.receive_wait_time_seconds),
            }
            if queue.dead_letter:
                attributes["RedrivePolicy"] = self._make_dead_letter_queue(queue.dead_letter)
            self._make_queue(part, attributes)

    def _make_dead_letter_queue(self, dead_letter: resources.DeadLetter) -> str:
        """Create the queue; return the redrive policy that points to it."""
        name, retention = dead_letter.queue, str(dead_letter.message_retention_seconds)
        self._make_queue(name, {"MessageRetentionPeriod": retention})
        tries = dead_letter.max_receive_count
        return json.dumps({"deadLetterTargetArn": self._queue_arn(name), "maxReceiveCount": tries})

    def _make_queue(self, part: str, attributes: dict[str, str]) -> None:
        """Create the queue or update an existing one.

        CreateQueue refuses attributes that differ from those of the existing queue.
        """
        sqs = self.client("sqs")
        try:
            sqs.create_queue(QueueName=self._name(part), Attributes=attributes)
        except ClientError as error:
            if "QueueNameExists" not in str(error) and "QueueAlreadyExists" not in str(error):
                raise
            url = sqs.get_queue_url(QueueName=self._name(part))["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def _topics(self) -> None:
        sns = self.client("sns")
        for part in self.resources.topics:
            sns.create_topic(Name=self._name(part))
        for queue, subscription in self.resources.subscriptions.items():
            for topic in subscription.topics:
                raw = json.dumps(subscription.raw_message_delivery)
                sns.subscribe(
                    TopicArn=self._topic_arn(topic),
                    Protocol="sqs",
                    Endpoint=self._queue_arn(queue),
                    Attributes={"RawMessageDelivery": raw},
                )

    def _mail_configuration_sets(self) -> None:
        ses = self.client("sesv2")
        for part, mails in self.resources.mail_configuration_sets.items():
            name = self._name(part)
            if name not in ses.list_configuration_sets()["ConfigurationSets"]:
                ses.create_configuration_set(ConfigurationSetName=name)
                ses.create_configuration_set_event_destination(
                    ConfigurationSetName=name,
                    EventDestinationName="feedback",
                    EventDestination={
                        "Enabled": True,
                        "MatchingEventTypes": mails.feedback,
                        "SnsDestination": {"TopicArn": self._topic_arn(mails.topic)},
                    },
                )

    def _bucket_events(self) -> None:
        for part, bucket in self.resources.buckets.items():
            events = [self._created_event(*item) for item in bucket.object_created.items()]
            self.client("s3").put_bucket_notification_configuration(
                Bucket=self._name(part), NotificationConfiguration={"QueueConfigurations": events}
            )

    def _created_event(self, prefix: str, queue: str) -> dict[str, Any]:
        return {
            "QueueArn": self._queue_arn(queue),
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
        }


def _table_definition(table: resources.Table) -> dict[str, Any]:
    """Return the keys and indexes for CreateTable, which refuses an empty list of indexes."""
    indexes = [
        {
            "IndexName": name,
            "KeySchema": _key_schema(index),
            "Projection": {
                "ProjectionType": "INCLUDE",
                "NonKeyAttributes": index.included_attributes,
            },
        }
        for name, index in table.indexes.items()
    ]
    owners: list[resources.Table | resources.Index] = [table, *table.indexes.values()]
    names = dict.fromkeys(key["AttributeName"] for owner in owners for key in _key_schema(owner))
    return {
        "KeySchema": _key_schema(table),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
    } | ({"GlobalSecondaryIndexes": indexes} if indexes else {})


def _key_schema(owner: resources.Table | resources.Index) -> list[dict[str, str]]:
    keys = {"HASH": owner.hash_key, "RANGE": owner.range_key}
    return [{"AttributeName": name, "KeyType": kind} for kind, name in keys.items() if name]


def _lifecycle_rules(lifecycle: resources.Lifecycle) -> list[dict[str, Any]]:
    tidy = {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": lifecycle.incomplete_upload_days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": lifecycle.noncurrent_version_days},
    }
    ends = [
        {
            "ID": f"end {prefix}",
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "Expiration": {"Days": days},
        }
        for prefix, days in lifecycle.expiration_days.items()
    ]
    return [tidy, *ends]
