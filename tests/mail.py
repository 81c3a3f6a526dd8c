"""Reads the emails that the emulated SES has sent."""

import json
import os
import urllib.request
from typing import Any


def mails_to(address: str) -> list[dict[str, Any]]:
    """Return the emails to an address, newest first."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        accounts = json.load(answer)["messages"].values()
    mails = [mail for account in accounts for mail in account if address in mail["To"]]
    return sorted(mails, key=lambda mail: -mail["Timestamp"])
