"""Our DynamoDB client: what it signs, and what it makes of bad answers."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ChecksumError, ClientError, HTTPClientError, NoCredentialsError
from django.conf import settings
from pynamodb.exceptions import GetError
from urllib3 import Timeout

from accounts.tables import SessionItem
from carts.cart import Cart
from carts.tables import CartLine
from infra.devstack.fault_proxy import FaultProxy
from orders.tables import Notification
from shop.dynamo import table
from shop.dynamo.client import Client, signed_headers
from shop.dynamo.table import (
    StoreUnavailable,
    error_code,
    is_failed_condition,
    transact,
)

#: Two attempts of 0.3 s to connect and 0.5 s to read, a pause of 0.1 s between them, and some
#: reserve for a busy machine.
LONGEST = 1.7 + 1.3
LATER = 4_000_000_000

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Records each request and follows the script; after its end every request succeeds."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "HostileServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        self.server.ports.append(self.client_address[1])
        with suppress(ConnectionError):
            (self.server.script.pop(0) if self.server.script else says())(self)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class HostileServer(ThreadingHTTPServer):
    """A DynamoDB on loopback that follows a script."""

    daemon_threads = True

    def __init__(self, *script: Act) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = list(script)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.ports: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *args: object) -> None:
        """Log nothing: a client that hangs up is part of the script."""


@contextmanager
def hostile(*script: Act) -> Iterator[HostileServer]:
    server = HostileServer(*script)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def says(status: int = 200, body: bytes = b"{}", crc: int | None = None, missing: int = 0) -> Act:
    def act(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) + missing))
        handler.send_header("x-amz-crc32", str(zlib.crc32(body) if crc is None else crc))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = missing > 0

    return act


def refuses(code: str, status: int = 400) -> Act:
    return says(
        status,
        json.dumps(
            {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}
        ).encode(),
    )


def after(seconds: float, act: Act) -> Act:
    return lambda handler: (time.sleep(seconds), act(handler))


def hangs_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def says_and_hangs_up(handler: Handler) -> None:
    says()(handler)
    hangs_up(handler)


def silent(handler: Handler) -> None:
    time.sleep(LONGEST)
    handler.close_connection = True


def patient(url: str, read: float = 5) -> Client:
    """Return a client with long timeouts, for tests that are not about time."""
    return Client(
        url, settings.AWS_REGION, timeout=Timeout(connect=5, read=read), retries=1, connections=5
    )


def ask(client: Client) -> dict:
    return client._make_api_call("GetItem", {"TableName": "x"})


@contextmanager
def carts_at(url: str) -> Iterator[None]:
    CartLine.Meta.host, CartLine._connection = url, None
    try:
        yield
    finally:
        CartLine.Meta.host, CartLine._connection = settings.AWS_ENDPOINT_URL, None


def new_line(**values) -> CartLine:
    given = {"quantity": 1, "price": Decimal("19.99"), "expires_at": LATER}
    return CartLine(f"user-{uuid.uuid4().hex}", "1#11", **given | values)


@pytest.mark.parametrize(
    "bad",
    [
        hangs_up,
        says(missing=10),
        says(body=b'{"Item": {}}', crc=1),
        says(body=b"<html>Welcome to our Wi-Fi</html>"),
        says(body=b"[]"),
        says(500, b"<html>"),
        refuses("InternalServerError", 500),
        refuses("ServiceUnavailable", 503),
        refuses("ThrottlingException"),
        refuses("ProvisionedThroughputExceededException"),
        refuses("TransactionInProgressException"),
    ],
)
def test_it_tries_again_what_may_pass(bad):
    with hostile(bad, says(body=b'{"Item": {}}')) as server:
        assert ask(patient(server.url)) == {"Item": {}}
        assert len(server.requests) == 2


def test_it_tries_again_what_took_too_long():
    with hostile(silent, says(body=b'{"Item": {}}')) as server:
        assert ask(patient(server.url, read=1)) == {"Item": {}}
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (hangs_up, HTTPClientError),
        (says(missing=10), HTTPClientError),
        (says(crc=1), ChecksumError),
        (says(body=b"<html>"), HTTPClientError),
        (says(500, b"<html>"), ClientError),
        (refuses("ThrottlingException"), ClientError),
    ],
)
def test_it_gives_up_after_two_tries(bad, error):
    with hostile(*[bad] * 5) as server:
        with pytest.raises(error):
            ask(patient(server.url))
        assert len(server.requests) == 2


@pytest.mark.parametrize("bad", [silent, after(0.7, says())])
def test_a_page_does_not_wait_for_a_slow_answer(bad):
    with hostile(*[bad] * 5) as server:
        start = time.monotonic()
        with pytest.raises(HTTPClientError):
            ask(table._make_client(server.url))
        assert 1 <= time.monotonic() - start < LONGEST
        assert len(server.requests) <= 2


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (refuses("ValidationException"), "ValidationException"),
        (refuses("ConditionalCheckFailedException"), "ConditionalCheckFailedException"),
        (
            refuses("InvalidSignatureException"),
            "InvalidSignatureException",
        ),  # also the error for a wrong clock
        (says(403, b"<html>Forbidden</html>"), "403"),
        (says(404, b""), "404"),
        (says(301, b""), "301"),
    ],
)
def test_it_does_not_try_again_what_will_not_pass(bad, code):
    with hostile(bad) as server:
        with pytest.raises(ClientError) as caught:
            ask(patient(server.url))
        assert caught.value.response["Error"]["Code"] == code
        assert len(server.requests) == 1


def test_it_does_not_wait_for_a_server_that_takes_no_connection():
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for caller in (
            first,
            second,
        ):  # they fill the queue, so that the next connections get no answer
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        start = time.monotonic()
        with pytest.raises(HTTPClientError):
            ask(table._make_client(f"http://127.0.0.1:{full.getsockname()[1]}"))
        assert 0.6 <= time.monotonic() - start < LONGEST


def test_a_refused_connection_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(HTTPClientError):
        ask(patient(url))


def test_it_keeps_its_connection_and_opens_another_when_that_was_closed():
    with hostile(says(), says(), says_and_hangs_up) as server:
        client = patient(server.url)
        for _ in range(3):
            ask(client)
        time.sleep(0.05)
        ask(client)
        first, second, third, fourth = server.ports
        assert first == second == third != fourth


def test_the_shop_hears_of_it_as_ever():
    with hostile(*[hangs_up] * 4, refuses("ValidationException")) as server, carts_at(server.url):
        with pytest.raises(GetError) as caught:
            CartLine.get("user-1", "1#11")
        assert (error_code(caught.value), is_failed_condition(caught.value)) == ("", False)
        with pytest.raises(StoreUnavailable):
            Cart("user-1").lines()
        with pytest.raises(GetError) as caught:
            CartLine.get("user-1", "1#11")
        assert error_code(caught.value) == "ValidationException"


class LosingFirst(FaultProxy):
    """Loses the first answer."""

    def swallows(self) -> bool:
        self.swallowed += 1
        return self.swallowed == 1


def test_a_transaction_whose_answer_got_lost_counts_once():
    line = new_line()
    line.save()
    with LosingFirst(settings.AWS_ENDPOINT_URL) as proxy, carts_at(proxy.url):
        transact(CartLine, lambda transaction: transaction.update(line, [CartLine.quantity.add(1)]))
        assert proxy.swallowed == 2
    line.refresh(consistent_read=True)
    assert line.quantity == 2


def test_a_plain_addition_whose_answer_got_lost_counts_twice():
    """The result that the test above would have without its token."""
    line = new_line()
    line.save()
    with LosingFirst(settings.AWS_ENDPOINT_URL) as proxy, carts_at(proxy.url):
        line.update([CartLine.quantity.add(1)])
    line.refresh(consistent_read=True)
    assert line.quantity == 3


def test_a_transaction_keeps_its_token_and_gets_one_when_it_has_none():
    with hostile(hangs_up) as server:
        client = patient(server.url)
        client._make_api_call("TransactWriteItems", {"TransactItems": []})
        client._make_api_call(
            "TransactWriteItems", {"TransactItems": [], "ClientRequestToken": "ours"}
        )
        tokens = [json.loads(body)["ClientRequestToken"] for _, body in server.requests]
    assert tokens[0] == tokens[1] != tokens[2] == "ours"
    assert uuid.UUID(tokens[0])


@pytest.mark.parametrize("token", [None, "session/token+with=signs"])
@pytest.mark.parametrize("secret", ["secret", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"])
@pytest.mark.parametrize(
    "body", [b"{}", '{"Item": {"name": {"S": "für Ada \u2603"}}}'.encode(), b"x" * 400_000]
)
@pytest.mark.parametrize("host", ["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:4566"])
def test_it_signs_as_botocore_does(host, body, secret, token):
    now = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    credentials = Credentials("AKIDEXAMPLE", secret, token)
    given = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.PutItem",
    }
    theirs = AWSRequest(method="POST", url=f"https://{host}/", data=body, headers=given)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        SigV4Auth(credentials, "dynamodb", "eu-central-1").add_auth(theirs)
    frozen = credentials.get_frozen_credentials()
    ours = signed_headers(
        "PutItem", body, host=host, region="eu-central-1", credentials=frozen, now=now
    )
    assert ours == {"host": host} | {name.lower(): value for name, value in theirs.headers.items()}


def test_what_arrives_is_what_was_signed():
    with hostile() as server:
        patient(server.url)._make_api_call("PutItem", {"Item": {"name": {"S": "für Ada \u2603"}}})
        [(headers, body)] = server.requests
    now = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    signed = {name: headers[name] for name in ("content-type", "host", "x-amz-target")}
    request = AWSRequest(method="POST", url=server.url, data=body, headers=signed)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        SigV4Auth(Credentials("test", "test"), "dynamodb", settings.AWS_REGION).add_auth(request)
    assert headers["authorization"] == request.headers["Authorization"]
    assert abs((datetime.now(UTC) - now).total_seconds()) < 5


@pytest.fixture
def no_credentials(monkeypatch, tmp_path):
    """Remove every source of credentials; return the file in which a test may name one."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("BOTO_CONFIG", str(tmp_path / "none"))
    return tmp_path / "config"


def test_no_credentials_are_an_error_and_found_ones_end_it(no_credentials, monkeypatch):
    with hostile() as server:
        client = patient(server.url)
        with pytest.raises(NoCredentialsError):
            ask(client)
        assert server.requests == []
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        ask(client)
        assert "Credential=key/" in server.requests[0][0]["authorization"]


ROLE = """
import json, time
ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
made = {name: f"{name}-{time.time_ns()}" for name in names}
print(json.dumps({"Version": 1, "Expiration": ends} | made))
"""


def test_it_signs_with_the_role_credentials_of_the_moment(no_credentials, tmp_path):
    script = tmp_path / "role.py"
    script.write_text(ROLE)
    no_credentials.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    with hostile() as server:
        client = patient(server.url)
        for _ in range(2):  # credentials that expire within minutes are renewed
            ask(client)
        tokens = {headers["x-amz-security-token"] for headers, _ in server.requests}
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("region", "end"), [("eu-central-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")]
)
def test_it_knows_the_address_of_a_region(region, end):
    assert (
        Client("", region, timeout=1, retries=1, connections=1).url
        == f"https://dynamodb.{region}.{end}"
    )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_it_refuses_a_certificate_that_nobody_vouches_for(monkeypatch, tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", "req", "-x509", *kind, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with hostile() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        url = server.url.replace("http:", "https:")
        with pytest.raises(HTTPClientError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(patient(url))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        assert ask(patient(url)) == {}


def test_all_tables_and_threads_share_one_client():
    table._clients.clear()
    with ThreadPoolExecutor(16) as pool:
        clients = set(pool.map(lambda _: table.client_of(settings.AWS_ENDPOINT_URL), range(64)))
    clients |= {
        table._get_connection().connection.client for table in (CartLine, SessionItem, Notification)
    }
    assert len(clients) == 1


def test_a_forked_process_has_connections_of_its_own():
    with hostile() as server, carts_at(server.url):
        CartLine.describe_table()
        with table._clients_lock:  # as if another thread were creating a client
            child = os.fork()
            if child == 0:
                signal.alarm(5)
                with suppress(BaseException):
                    CartLine.describe_table()
                    os._exit(0)
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        CartLine.describe_table()
        parent, forked, parent_again = server.ports
        assert parent == parent_again != forked
