"""Health checks for load balancers.

`/livez` tells whether the process answers, `/readyz` whether it can do its work.
"""

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from django.conf import settings
from django.core.cache import caches
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

from shop.client_address import client_address
from shop.dynamo.table import describe_table
from shop.events import outbox

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Anybody may ask, and each answer costs a call to each store.
REPORT_SECONDS = 1
_report_lock = threading.Lock()
TIMEOUTS = Config(connect_timeout=0.5, read_timeout=1, retries={"max_attempts": 1})


class HealthMiddleware:
    """Answers health checks before any other middleware runs.

    A load balancer asks by IP address, over plain HTTP, and has no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the two health checks and pass on every other request."""
        view = VIEWS.get(request.path)
        return view(request) if view else self.get_response(request)


@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer without checking any other system."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if PostgreSQL, DynamoDB and S3 answer, else 503.

    In the shop's own network the body has each result. `events` is the state of the outbox there; a
    backlog does not make the shop unready, because orders do not wait for mails.
    """
    report = _recent_report()
    shown = report if _is_inside(request) else {"ready": report["ready"]}
    return JsonResponse(shown, status=200 if report["ready"] else 503)


def _is_inside(request: HttpRequest) -> bool:
    """Return whether a request comes from this machine or a private network, as load balancers'."""
    address = client_address(request)
    return bool(address) and ipaddress.ip_address(address).is_private


def _recent_report() -> dict[str, Any]:
    """Return what the stores answered at most REPORT_SECONDS ago; one thread asks for all."""
    with _report_lock:
        report: dict[str, Any] | None = caches["local"].get("readyz")
        if report is None:
            parts = {name: _probe(check) for name, check in CHECKS.items()}
            ready = all(answer == "ok" for answer in parts.values())
            report = {"ready": ready, **parts, "events": _events()}
            caches["local"].set("readyz", report, REPORT_SECONDS)
    return report


def _probe(check: Callable[[], object]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever the fault is, it is the answer
        return type(error).__name__
    return "ok"


def _events() -> dict[str, float] | None:
    try:
        return asdict(outbox.status())
    except Error:
        return None  # The fault is reported under "postgresql".


def _check_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_dynamodb() -> None:
    describe_table("sessions")


def _check_s3() -> None:
    _s3().head_bucket(Bucket=settings.PRODUCT_IMAGES_BUCKET)


@cache
def _s3() -> "S3Client":
    return boto3.client("s3", region_name=settings.AWS_REGION, config=TIMEOUTS)


CHECKS: dict[str, Callable[[], object]] = {
    "postgresql": _check_postgresql,
    "dynamodb": _check_dynamodb,
    "s3": _check_s3,
}
VIEWS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {"/livez": livez, "/readyz": readyz}
