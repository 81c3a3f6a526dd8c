"""The notification log: a DynamoDB table that records what was sent to whom.

It also prevents anything from being sent twice.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, cast

from botocore.exceptions import ClientError
from feedback import Feedback

KEPT_FOR = 30 * 24 * 3600  # seconds: 30 days
# In seconds. Longer than the Lambda may run, so a worker that holds an older claim without having
# sent anything is dead.
CLAIM_LASTS = 60
MAX_ERROR_LENGTH = 500


class AlreadySent(Exception):
    """The notification has been sent before; there is nothing to do."""


class ClaimedElsewhere(Exception):
    """Another worker is sending this notification: try again later.

    Or it died while sending it, less than CLAIM_LASTS seconds ago.
    """


@dataclass(frozen=True)
class Notification:
    """One message to one recipient over one channel, because of one event.

    order_id: what it is about, and the hash key: an order's number, or `product-<id>`
    timestamp: `<event's time>#<event id>#<channel>#<kind>`, the range key, which sorts by time and
        is the same on every delivery of the event
    kind: the name of the templates, such as `order_confirmation`
    channel: `email` or `sns`
    recipient: an email address, or the ARN of a topic
    """

    order_id: str
    timestamp: str
    event_type: str
    kind: str
    channel: str
    recipient: str
    user_id: str | None

    @classmethod
    def of(
        cls,
        event: dict[str, Any],
        kind: str,
        channel: str,
        recipient: str,
        *,
        subject: str,
        user_id: str | None = None,
    ) -> Self:
        """Return the notification of `kind` that `event` asks for.

        `subject` is the order or product that it is about.
        """
        timestamp = f"{event['created_at']}#{event['id']}#{channel}#{kind}"
        return cls(subject, timestamp, event["type"], kind, channel, recipient, user_id)

    @property
    def key(self) -> dict[str, Any]:
        """The primary key in the format of DynamoDB."""
        return {"order_id": {"S": self.order_id}, "timestamp": {"S": self.timestamp}}


class NotificationLog:
    """The table, accessed through a boto3 DynamoDB client.

    Calls that DynamoDB refuses for any other reason raise ClientError.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, notification: Notification) -> None:
        """Claim the right to send this notification.

        Raises AlreadySent or ClaimedElsewhere if it cannot be claimed.
        """
        now = int(time.time())
        try:
            self._set(
                notification,
                _claimed_item(notification, now),
                extra="ADD attempts :one",
                condition=(
                    "attribute_not_exists(order_id) OR (sent = :sent AND claimed_at < :stale)"
                ),
                values={":one": {"N": "1"}, ":stale": {"N": str(now - CLAIM_LASTS)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            if cast("dict[str, Any]", error.response)["Item"]["sent"]["BOOL"]:
                raise AlreadySent from error
            raise ClaimedElsewhere(notification.timestamp) from error

    def mark_sent(self, notification: Notification, message_id: str) -> None:
        """Record that SES or SNS accepted the message, and under which id."""
        sent_at = datetime.now(UTC).isoformat(timespec="seconds")
        item = {"sent": {"BOOL": True}, "sent_at": {"S": sent_at}, "message_id": {"S": message_id}}
        self._set(notification, item, extra="REMOVE #error", names={"#error": "error"})

    def mark_failed(
        self, notification: Notification, error: Exception, *, is_final: bool = False
    ) -> None:
        """Record why it could not be sent, and release the claim.

        The next delivery then need not wait for the claim to expire. After a final failure there
        is none.
        """
        reason = f"{type(error).__name__}: {error}"[:MAX_ERROR_LENGTH]
        item = {"error": {"S": reason}, "claimed_at": {"N": "0"}, "final": {"BOOL": is_final}}
        self._set(notification, item)

    def mark_bounced(self, feedback: Feedback) -> str | None:
        """Record why an email did not arrive, and return its kind.

        Return None if the log has no such email, or no longer.
        """
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="order_id = :order",
            ExpressionAttributeValues={":order": {"S": feedback.order_id}},
        )
        for item in answer["Items"]:
            if item.get("message_id", {}).get("S") == feedback.message_id:
                self._client.update_item(
                    TableName=self._table,
                    Key={name: item[name] for name in ("order_id", "timestamp")},
                    UpdateExpression="SET bounce = :reason",
                    ConditionExpression="attribute_exists(order_id)",
                    ExpressionAttributeValues={":reason": {"S": feedback.reason}},
                )
                return str(item["notification_type"]["S"])
        return None

    def _set(
        self,
        notification: Notification,
        item: dict[str, Any],
        *,
        extra: str = "",
        condition: str = "attribute_exists(order_id)",
        names: dict[str, str] | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        # Every name goes through a placeholder, because `ttl`, `error` and others are reserved
        # words in DynamoDB.
        assignments = ", ".join(f"#{name} = :{name}" for name in item)
        self._client.update_item(
            TableName=self._table,
            Key=notification.key,
            UpdateExpression=f"SET {assignments} {extra}",
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in item} | (names or {}),
            ExpressionAttributeValues={f":{name}": value for name, value in item.items()}
            | (values or {}),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )


def _claimed_item(notification: Notification, now: int) -> dict[str, Any]:
    item = {
        "event_type": {"S": notification.event_type},
        "notification_type": {"S": notification.kind},
        "channel": {"S": notification.channel},
        "recipient": {"S": notification.recipient},
        "sent": {"BOOL": False},
        "claimed_at": {"N": str(now)},
        "ttl": {"N": str(now + KEPT_FOR)},
    }
    if notification.user_id:
        item["user_id"] = {"S": notification.user_id}
    return item
