"""Make what Terraform makes on AWS, in the emulated AWS: buckets, tables, queues, topics, the
sender, the Lambdas.

Everything may be done again at any time. A finished round leaves its fingerprint in the emulator,
and the next round with the same fingerprint is one read.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from infra.devstack import lambdas
from infra.devstack.config import Config

REGION = "eu-central-1"
ACCOUNT = "000000000000"
VERSIONED_BUCKETS = ("product-images", "order-documents")
BUCKETS = (*VERSIONED_BUCKETS, "analytics-results")
# Table: hash key, range key, TTL attribute.
TABLES = {
    "sessions": ("session_id", "", "expires_at"),
    "carts": ("user_id", "product_id", "expires_at"),
    "notifications": ("order_id", "timestamp", "ttl"),
}
# Queue: seconds that a message stays hidden while somebody works on it. For a Lambda's queue AWS
# asks for six times the function's timeout,
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
QUEUES = {"image-uploads": 360, "image-results": 60, "notifications": 360}
TOPICS = ("order-events", "image-events", "staff-alerts")
SUBSCRIPTIONS = {"order-events": "notifications", "image-events": "image-results"}
MAX_RECEIVES = 5


class Provisioner:
    """Provisions one stack, named after its project."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.environment = config.environment()
        self.client = cache(self._client)

    def run(self) -> bool:
        """Make all that is missing; return whether there was anything to do."""
        functions = lambdas.functions(self.environment, self._topic_arn)
        fingerprint = self._fingerprint(functions)
        if self._kept_fingerprint() == fingerprint:
            return False
        self._buckets()
        self._tables()
        self._queues()
        self._topics()
        self._bucket_events()
        self.client("ses").verify_email_identity(EmailAddress=self.environment["SHOP_EMAIL_FROM"])
        if functions:
            lambdas.deploy(self.client("lambda"), self.client("iam"), functions, self._queue_arn)
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
        sources = [Path(__file__).read_bytes(), Path(lambdas.__file__).read_bytes()]
        described = json.dumps(
            [self.environment, [function.fingerprint() for function in functions]]
        )
        return hashlib.sha256(b"".join(sources) + described.encode()).hexdigest()

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
        for part in BUCKETS:
            name = self._name(part)
            if name not in existing:
                s3.create_bucket(
                    Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
                )
            self._configure_bucket(name, versioned=part in VERSIONED_BUCKETS)
        s3.put_bucket_cors(
            Bucket=self._name("product-images"),
            CORSConfiguration={"CORSRules": [self._cors_rule()]},
        )

    def _configure_bucket(self, name: str, *, versioned: bool) -> None:
        s3 = self.client("s3")
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
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
        s3.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": [_lifecycle_rule()]}
        )

    def _cors_rule(self) -> dict[str, Any]:
        origins = [self.config.shop_url, self.config.shop_url.replace("127.0.0.1", "localhost")]
        # POST: staff's browsers upload pictures themselves.
        return {
            "AllowedMethods": ["GET", "HEAD", "POST"],
            "AllowedOrigins": origins,
            "MaxAgeSeconds": 3600,
        }

    def _tables(self) -> None:
        dynamodb = self.client("dynamodb")
        existing = set(dynamodb.list_tables()["TableNames"])
        for part, (hash_key, range_key, ttl) in TABLES.items():
            name = self._name(part)
            if name not in existing:
                definition = _keys(hash_key, range_key) | (
                    _session_index() if part == "sessions" else {}
                )
                dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **definition)
                dynamodb.get_waiter("table_exists").wait(
                    TableName=name, WaiterConfig=lambdas.QUICKLY
                )
                # Not twice: AWS refuses to enable what is enabled.
                specification = {"Enabled": True, "AttributeName": ttl}
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
            recovery = {"PointInTimeRecoveryEnabled": True}
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification=recovery
            )

    def _queues(self) -> None:
        sqs = self.client("sqs")
        for part, hidden in QUEUES.items():
            sqs.create_queue(
                QueueName=self._name(f"{part}-dlq"),
                Attributes={"MessageRetentionPeriod": "1209600"},
            )
            redrive = {
                "deadLetterTargetArn": self._queue_arn(f"{part}-dlq"),
                "maxReceiveCount": MAX_RECEIVES,
            }
            attributes = {
                "VisibilityTimeout": str(hidden),
                "ReceiveMessageWaitTimeSeconds": "20",
                "RedrivePolicy": json.dumps(redrive),
            }
            self._make_queue(part, attributes)
        self._make_queue("celery", {"VisibilityTimeout": "300"})

    def _make_queue(self, part: str, attributes: dict[str, str]) -> None:
        """Make the queue, or bring an older one up to date: CreateQueue refuses other attributes
        than it has.
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
        for part in TOPICS:
            sns.create_topic(Name=self._name(part))
        for topic, queue in SUBSCRIPTIONS.items():
            sns.subscribe(
                TopicArn=self._topic_arn(topic),
                Protocol="sqs",
                Endpoint=self._queue_arn(queue),
                Attributes={"RawMessageDelivery": "true"},
            )

    def _bucket_events(self) -> None:
        uploads = {
            "QueueArn": self._queue_arn("image-uploads"),
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "uploads/"}]}},
        }
        self.client("s3").put_bucket_notification_configuration(
            Bucket=self._name("product-images"),
            NotificationConfiguration={"QueueConfigurations": [uploads]},
        )


def _keys(hash_key: str, range_key: str) -> dict[str, Any]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    if range_key:
        keys.append({"AttributeName": range_key, "KeyType": "RANGE"})
    definitions = [{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in keys]
    return {"KeySchema": keys, "AttributeDefinitions": definitions}


def _session_index() -> dict[str, Any]:
    """Return the index from a user to the sessions, as accounts.tables.UserSessions has it, and the
    keys for both.
    """
    listed = ["email", "login_timestamp", "last_activity", "expires_at", "metadata"]
    index = {
        "IndexName": "user_id-index",
        "KeySchema": [{"AttributeName": "user_id", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": listed},
    }
    names = ("session_id", "user_id")
    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in names]
    return {"GlobalSecondaryIndexes": [index], "AttributeDefinitions": definitions}


def _lifecycle_rule() -> dict[str, Any]:
    """Return the rule that every bucket has: nothing half uploaded or overwritten is paid for
    without end.
    """
    return {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    }
