"""What SES reports about emails that were sent: bounces and complaints.

The format is that of SES event publishing:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from dataclasses import dataclass
from typing import Any, Self

MAX_REASON_LENGTH = 300


@dataclass(frozen=True)
class Feedback:
    """A report about one email.

    id: the same on every delivery of the report
    message_id: as SES returned it when the email was sent
    order_id: the hash key in the notification log, from the email's tag; "" if it had none
    recipient: the address that bounced or complained
    reason: a sentence for staff
    """

    id: str
    at: str
    message_id: str
    order_id: str
    recipient: str
    reason: str

    @classmethod
    def of(cls, message: dict[str, Any]) -> Self:
        """Return the report in a message of SES. Raises KeyError for any other event of SES."""
        mail = message["mail"]
        is_bounce = message["eventType"] == "Bounce"
        report = message["bounce" if is_bounce else "complaint"]
        who = report["bouncedRecipients" if is_bounce else "complainedRecipients"][0]
        return cls(
            id=report["feedbackId"],
            at=report["timestamp"],
            message_id=mail["messageId"],
            order_id=mail.get("tags", {}).get("order", [""])[0],
            recipient=who["emailAddress"],
            reason=_bounce_reason(report, who) if is_bounce else COMPLAINT,
        )


COMPLAINT = "The recipient marked it as spam."


def _bounce_reason(report: dict[str, Any], who: dict[str, Any]) -> str:
    # SES tries again by itself after a transient failure, and reports a bounce when it gives up.
    kind = "for good" if report["bounceType"] == "Permanent" else "for now"
    answer = who.get("diagnosticCode") or who.get("status") or "no reason given"
    return f"The mail server refused it {kind}: {answer}"[:MAX_REASON_LENGTH]
