"""What Stripe knows about an account: intents, refunds, and the events that changes cause."""

import copy
import re
import time
from itertools import count
from typing import Any

API_VERSION = "2026-10-28.endive"
SMALLEST = 50
THREE_DIGITS = ("bhd", "jod", "kwd", "omr", "tnd")
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")

WORKS, DECLINED, SECOND_STEP, SLOW = (
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_authenticate",
    "pm_bank_slow",
)


class Refusal(Exception):
    """An error response.

    Stripe remembers it under the idempotency key unless the request was malformed.
    """

    def __init__(
        self, message: str, *, code: str = "", param: str = "", status: int = 400, kept: bool = True
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        error = {"type": "invalid_request_error", "code": code, "message": message, "param": param}
        self.body = {"error": {name: value for name, value in error.items() if value}}


class Account:
    """Changes its state as Stripe documents it. Not thread-safe: the server takes a lock."""

    def __init__(self) -> None:
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self._numbers = count(1)

    def create_intent(self, params: dict[str, str]) -> dict[str, Any]:
        """POST /v1/payment_intents."""
        amount, currency = _integer(params, "amount"), _required(params, "currency")
        if (
            currency != currency.lower()
            or params.get("automatic_payment_methods[enabled]") != "true"
        ):
            raise Refusal("Received unknown parameter", code="parameter_unknown", kept=False)
        if amount < SMALLEST:
            raise Refusal(
                "Amount must be at least 50 cents",
                code="amount_too_small",
                param="amount",
                kept=False,
            )
        _check_digits(amount, currency)
        intent_id = self._id("pi")
        intent = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{intent_id}_secret_{self._id('s')}",
            "confirmation_method": "automatic",
            "created": int(time.time()),
            "currency": currency,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": _metadata(params),
            "next_action": None,
            "payment_method": None,
            "status": "requires_payment_method",
        }
        self.intents[intent_id] = intent
        self._emit("payment_intent.created", intent)
        return intent

    def retrieve_intent(self, intent_id: str) -> dict[str, Any]:
        """GET /v1/payment_intents/:id."""
        if intent_id not in self.intents:
            message = f"No such payment_intent: '{intent_id}'"
            raise Refusal(message, code="resource_missing", param="intent", status=404)
        return self.intents[intent_id]

    def search_intents(self, query: str) -> dict[str, Any]:
        """GET /v1/payment_intents/search, for a query of one metadata field."""
        match = re.fullmatch(r"metadata\['(\w+)'\]:'([^']*)'", query)
        if not match:
            raise Refusal("We were unable to parse your search query.", kept=False)
        name, value = match.groups()
        found = [
            intent for intent in self.intents.values() if intent["metadata"].get(name) == value
        ]
        return {
            "object": "search_result",
            "url": "/v1/payment_intents/search",
            "has_more": False,
            "data": found,
        }

    def cancel_intent(self, intent_id: str) -> dict[str, Any]:
        """POST /v1/payment_intents/:id/cancel."""
        intent = self.retrieve_intent(intent_id)
        if intent["status"] not in OPEN:
            message = (
                "You cannot cancel this PaymentIntent because it has a status of "
                f"{intent['status']}."
            )
            raise Refusal(message, code="payment_intent_unexpected_state")
        return self._move(intent, "canceled", canceled_at=int(time.time()), next_action=None)

    def create_refund(self, params: dict[str, str]) -> dict[str, Any]:
        """POST /v1/refunds."""
        intent = self.retrieve_intent(_required(params, "payment_intent"))
        amount = _integer(params, "amount")
        if intent["status"] != "succeeded":
            raise Refusal("This PaymentIntent does not have a successful charge to refund.")
        left = intent["amount_received"] - self._refunded(intent)
        if not left:
            message = f"Charge {intent['latest_charge']} has already been refunded."
            raise Refusal(message, code="charge_already_refunded")
        if amount > left:
            raise Refusal(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            )
        _check_digits(amount, intent["currency"])
        refund = {
            "id": self._id("re"),
            "object": "refund",
            "amount": amount,
            "charge": intent["latest_charge"],
            "created": int(time.time()),
            "currency": intent["currency"],
            "metadata": _metadata(params),
            "payment_intent": intent["id"],
            "reason": None,
            "status": "pending" if intent["payment_method"] == SLOW else "succeeded",
        }
        self.refunds[refund["id"]] = refund
        self._emit("refund.created", refund)
        self._emit("charge.refunded", self._charge(intent))
        return refund

    def list_refunds(self, params: dict[str, str]) -> dict[str, Any]:
        """GET /v1/refunds of one intent, newest first, in pages."""
        return self._list("/v1/refunds", self.refunds, params)

    def list_disputes(self, params: dict[str, str]) -> dict[str, Any]:
        """GET /v1/disputes of one intent, newest first, in pages."""
        return self._list("/v1/disputes", self.disputes, params)

    def _list(
        self, url: str, known: dict[str, dict[str, Any]], params: dict[str, str]
    ) -> dict[str, Any]:
        intent = self.retrieve_intent(_required(params, "payment_intent"))
        rows = [row for row in reversed(known.values()) if row["payment_intent"] == intent["id"]]
        after = params.get("starting_after")
        start = [row["id"] for row in rows].index(after) + 1 if after else 0
        end = start + int(params.get("limit", "10"))
        return {"object": "list", "url": url, "has_more": end < len(rows), "data": rows[start:end]}

    # What happens outside our API calls: the shopper in the browser, and the banks.

    def confirm(self, intent_id: str, card: str = WORKS) -> None:
        """Let the shopper pay, as the Payment Element does."""
        intent = self.retrieve_intent(intent_id)
        if intent["status"] not in OPEN:
            raise Refusal(
                "This PaymentIntent's payment could not be confirmed.",
                code="payment_intent_unexpected_state",
            )
        if card == DECLINED:
            self._decline(intent, "Your card was declined.")
        elif card == SECOND_STEP:
            action = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
            self._move(
                intent,
                "requires_action",
                payment_method=card,
                next_action=action,
                last_payment_error=None,
            )
        elif card == SLOW:
            self._move(
                intent, "processing", payment_method=card, next_action=None, last_payment_error=None
            )
        else:
            self._succeed(intent, payment_method=card)

    def settle(self, intent_id: str, *, paid: bool = True) -> None:
        """Let the shopper's bank answer."""
        intent = self.retrieve_intent(intent_id)
        if intent["status"] not in ("processing", "requires_action"):
            raise Refusal("There is nothing to answer.", code="payment_intent_unexpected_state")
        if paid:
            self._succeed(intent)
        else:
            self._decline(intent, "The bank did not confirm the payment.")

    def settle_refund(self, refund_id: str, *, failure: str = "") -> None:
        """Let the bank accept the refund or send it back."""
        refund = self.refunds[refund_id]
        refund |= (
            {"status": "failed", "failure_reason": failure} if failure else {"status": "succeeded"}
        )
        self._emit("refund.failed" if failure else "refund.updated", refund)

    def dispute(self, intent_id: str) -> str:
        """Let the shopper dispute the payment at the bank; return the dispute's id."""
        intent = self.retrieve_intent(intent_id)
        dispute = {
            "id": self._id("du"),
            "object": "dispute",
            "amount": intent["amount"],
            "currency": intent["currency"],
            "charge": intent["latest_charge"],
            "payment_intent": intent_id,
            "metadata": {},
            "reason": "product_not_received",
            "status": "needs_response",
            "evidence_details": {"due_by": 1794052800},
        }
        self.disputes[dispute["id"]] = dispute
        self._emit("charge.dispute.created", dispute)
        return dispute["id"]

    def decide_dispute(self, dispute_id: str, status: str) -> None:
        """Let the bank decide: "won" or "lost", as the shop sees it."""
        self.disputes[dispute_id]["status"] = status
        self._emit("charge.dispute.closed", self.disputes[dispute_id])

    def received(self) -> int:
        """Return the money received and kept, in the smallest unit of the currency."""
        return sum(
            intent["amount_received"] - self._refunded(intent) for intent in self.intents.values()
        )

    def _succeed(self, intent: dict[str, Any], **fields: Any) -> None:
        charge = {"latest_charge": self._id("ch"), "amount_received": intent["amount"]}
        self._move(
            intent, "succeeded", next_action=None, last_payment_error=None, **charge, **fields
        )

    def _decline(self, intent: dict[str, Any], message: str) -> None:
        error = {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": "generic_decline",
            "message": message,
        }
        fields = {"last_payment_error": error, "payment_method": None, "next_action": None}
        intent |= fields | {"status": "requires_payment_method", "latest_charge": self._id("ch")}
        self._emit("payment_intent.payment_failed", intent)

    def _move(self, intent: dict[str, Any], status: str, **fields: Any) -> dict[str, Any]:
        intent |= {"status": status} | fields
        self._emit(f"payment_intent.{status}", intent)
        return intent

    def _refunded(self, intent: dict[str, Any]) -> int:
        refunds = (
            refund for refund in self.refunds.values() if refund["payment_intent"] == intent["id"]
        )
        return sum(refund["amount"] for refund in refunds if refund["status"] != "failed")

    def _charge(self, intent: dict[str, Any]) -> dict[str, Any]:
        amounts = {"amount": intent["amount"], "amount_refunded": self._refunded(intent)}
        links = {
            "id": intent["latest_charge"],
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
        }
        return {"object": "charge", "currency": intent["currency"]} | amounts | links

    def _emit(self, kind: str, subject: dict[str, Any]) -> None:
        event = {
            "id": self._id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": copy.deepcopy(subject)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events.append(event)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_3Tr{next(self._numbers):021d}"


def _required(params: dict[str, str], name: str) -> str:
    if not params.get(name):
        raise Refusal(
            f"Missing required param: {name}.", code="parameter_missing", param=name, kept=False
        )
    return params[name]


def _integer(params: dict[str, str], name: str) -> int:
    value = _required(params, name)
    if not value.isdecimal():
        raise Refusal(
            f"Invalid integer: {value}", code="parameter_invalid_integer", param=name, kept=False
        )
    return int(value)


def _check_digits(amount: int, currency: str) -> None:
    step = 10 if currency in THREE_DIGITS else 100 if currency in ("isk", "ugx") else 1
    if amount % step:
        raise Refusal(
            f"Invalid amount for {currency}",
            code="parameter_invalid_integer",
            param="amount",
            kept=False,
        )


def _metadata(params: dict[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in params.items() if name.startswith("metadata[")}
