"""A client for DynamoDB in place of botocore's: it signs requests, pools connections and retries.

PynamoDB builds the requests and parses the answers. A botocore client in between would cost three
times as much as this one (docs/decisions/0009-dynamodb-client.md). Errors are botocore's, which
PynamoDB turns into its own.
"""

import hashlib
import hmac
import json
import logging
import random
import ssl
import time
import uuid
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import urllib3
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
)
from botocore.httpsession import get_cert_path
from botocore.session import Session

logger = logging.getLogger(__name__)

#: The longest pause before a retry. A page has no more time, so a table that stays busy is an
#: error.
BACK_OFF_SECONDS = 0.1
#: Errors that are worth a retry, in addition to any status of 500 or above; the list is botocore's.
TRANSIENT_ERRORS = {
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}


class Client:
    """The part of a botocore client that PynamoDB uses.

    Threads may share it, processes must not.
    """

    def __init__(
        self, url: str, region: str, *, timeout: urllib3.Timeout, retries: int, connections: int
    ) -> None:
        """Prepare the client without connecting; an empty `url` means the region's own endpoint."""
        self.region = region
        self.retries = retries
        self._session = Session()
        self.url = url or _url_of_region(region)
        self._host = urlsplit(self.url).netloc
        certificates = self._session.get_config_variable("ca_bundle") or get_cert_path(True)
        manager = urllib3.PoolManager(
            maxsize=connections,
            timeout=timeout,
            # _make_api_call() retries instead: it knows the error codes and signs each attempt
            # anew.
            retries=False,
            ssl_context=ssl.create_default_context(cafile=certificates),
        )
        self._pool = manager.connection_from_url(self.url)

    def _make_api_call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return DynamoDB's answer.

        Raises ClientError if DynamoDB refuses the request, and BotoCoreError if it gives no answer.
        """
        # If the answer to an attempt is lost, the retry must not count a second time.
        if operation == "TransactWriteItems":
            arguments = {"ClientRequestToken": str(uuid.uuid4()), **arguments}
        body = json.dumps(arguments).encode()
        for _ in range(self.retries):
            try:
                return self._ask(operation, body)
            except (BotoCoreError, ClientError) as error:
                if not _is_transient(error):
                    raise
                logger.debug("%s is tried again: %s", operation, error)
            # Full jitter: clients that were refused together must not come back together.
            time.sleep(random.uniform(0, BACK_OFF_SECONDS))  # noqa: S311 - jitter, not a secret
        return self._ask(operation, body)

    def _ask(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = signed_headers(
            operation,
            body,
            host=self._host,
            region=self.region,
            credentials=self._credentials(),
            now=datetime.now(UTC),
        )
        try:
            answer = self._pool.urlopen("POST", "/", body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise HTTPClientError(error=error) from error
        return _read_answer(operation, answer)

    def _credentials(self) -> ReadOnlyCredentials:
        """Return the credentials to sign with.

        A role's credentials change during the day; botocore fetches and caches them.
        """
        credentials = self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        return credentials.get_frozen_credentials()


def _url_of_region(region: str) -> str:
    """Return DynamoDB's endpoint in a region.

    The regions in China have a domain of their own (AWS: "Service endpoints").
    """
    return f"https://dynamodb.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def signed_headers(
    operation: str,
    body: bytes,
    *,
    host: str,
    region: str,
    credentials: ReadOnlyCredentials,
    now: datetime,
) -> dict[str, str]:
    """Return the headers of a request, including its signature.

    See AWS: "Signature Version 4 for API requests".
    """
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    # All headers are signed, and the signature needs them sorted by name.
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-date": moment}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"
    names = ";".join(headers)
    lines = "".join([f"{name}:{value}\n" for name, value in headers.items()])
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(
        _signing_key(credentials.secret_key, moment[:8], region), text.encode(), "sha256"
    ).hex()
    identity = f"Credential={credentials.access_key}/{scope}"
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 {identity}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


# The key changes only at midnight UTC and with the credentials.
@lru_cache(maxsize=8)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    """Return the signing key of one day."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _read_answer(operation: str, answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """Return the content of an answer.

    Raises ClientError for a refusal, and BotoCoreError for an answer that is garbled.
    """
    # DynamoDB sends a checksum of each body; botocore checks it as well.
    actual = str(zlib.crc32(answer.data))
    expected = answer.headers.get("x-amz-crc32", actual)
    if expected != actual:
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=actual
        )
    try:
        content = json.loads(answer.data)
    except ValueError:
        content = None
    if answer.status != 200:
        raise _refusal(operation, answer, content if isinstance(content, dict) else {})
    if not isinstance(content, dict):
        raise HTTPClientError(error=f"the answer to {operation} is not a JSON object")
    return content


def _refusal(
    operation: str, answer: urllib3.BaseHTTPResponse, content: dict[str, Any]
) -> ClientError:
    code = str(content.get("__type", "")).rpartition("#")[2] or str(answer.status)
    response: Any = {
        "Error": {
            "Code": code,
            "Message": content.get("message") or content.get("Message") or answer.reason or "",
        },
        "ResponseMetadata": {
            "HTTPStatusCode": answer.status,
            "HTTPHeaders": {name.lower(): value for name, value in answer.headers.items()},
        },
        "CancellationReasons": content.get("CancellationReasons", []),
    }
    return ClientError(response, operation)


def _is_transient(error: BotoCoreError | ClientError) -> bool:
    """Return whether an error may be gone on the next attempt."""
    if isinstance(error, ClientError):
        response = error.response
        return (
            response["ResponseMetadata"]["HTTPStatusCode"] >= 500
            or response["Error"]["Code"] in TRANSIENT_ERRORS
        )
    return isinstance(error, HTTPClientError | ChecksumError)
