"""Webhooks as Stripe sends them, and as it never would."""

import copy
import hashlib
import hmac
import json
import random
import time
from dataclasses import dataclass
from typing import Any

TOLERANCE = 300
# The age in seconds from which a signature is refused.


@dataclass(frozen=True)
class Delivery:
    """A request to our webhook address.

    It consists of a body and a Stripe-Signature; `is_genuine` is True if Stripe has just sent it.
    """

    body: bytes
    signature: str
    is_genuine: bool
    what: str


def sign(body: bytes, secret: str, at: float | None = None) -> str:
    """Return the Stripe-Signature of a body, computed without the library that verifies it."""
    moment = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def deliver(event: dict[str, Any], secret: str) -> Delivery:
    """Send an event as Stripe does, signed now, however old the event is."""
    body = json.dumps(event).encode()
    return Delivery(body, sign(body, secret), True, event["type"])


def deliver_late(event: dict[str, Any], secrets: list[str], chance: random.Random) -> Delivery:
    """Replay a request that was signed more than five minutes ago, as an eavesdropper would."""
    body = json.dumps(event).encode()
    age = TOLERANCE + chance.randrange(5, 10**6)
    return Delivery(body, sign(body, chance.choice(secrets), at=time.time() - age), False, "stale")


def forge(event: dict[str, Any], secrets: list[str], chance: random.Random) -> Delivery:
    """Send an event, or a false version of it, in one of the ways that must be refused."""
    lie = copy.deepcopy(event)
    lie["data"]["object"] |= {"status": "succeeded", "amount_received": 1}
    body, lie_body = json.dumps(event).encode(), json.dumps(lie).encode()
    secret = chance.choice(secrets)
    good = sign(body, secret)
    moment, digest = good.split(",")
    now = int(time.time())
    ways = {
        "older than it says": (body, f"t={now},{sign(body, secret, at=now - 1000).split(',')[1]}"),
        "wrong secret": (lie_body, sign(lie_body, "whsec_guessed")),
        "empty secret": (lie_body, sign(lie_body, "")),
        "body changed": (lie_body, good),
        "body lengthened": (body + b" ", good),
        "no signature": (lie_body, ""),
        "no digest": (lie_body, moment),
        "no time": (body, digest),
        "older scheme": (body, good.replace("v1=", "v0=")),
        "digest shortened": (body, good[:-1]),
        "not ASCII": (lie_body, f"{moment},v1=ä{digest[4:]}"),
        "not UTF-8": (b"\xff" + body, good),
        "nonsense": (lie_body, "t=,v1,=,,"),
    }
    what = chance.choice(list(ways))
    return Delivery(*ways[what], False, what)
