"""The embedded stack listens only on loopback, ends without a trace, and survives a kill."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest

from infra.devstack import checks, processes
from infra.devstack.config import ROOT, Config
from infra.devstack.errors import StackError
from infra.devstack.postgres import wipe
from infra.devstack.stack import Stack, own_config

# Writes a row and an item every 20 ms, and prints a line once both are confirmed.
WRITER = """
import os, sys, time, boto3, psycopg2
connection = psycopg2.connect(os.environ["DATABASE_URL"])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE confirmed (number int)")
dynamodb = boto3.client("dynamodb")
for number in range(10_000):
    cursor.execute("INSERT INTO confirmed VALUES (%s)", [number])
    key = {"user_id": {"S": "kill"}, "product_id": {"S": str(number)}}
    key |= {"at": {"N": str(time.time())}}
    dynamodb.put_item(TableName="trivet-carts", Item=key)
    print(number, time.time(), flush=True)
    time.sleep(0.02)
"""
READER = """
import json, os, boto3, psycopg2
cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT max(number) FROM confirmed")
items = boto3.client("dynamodb").scan(TableName="trivet-carts")["Items"]
print(json.dumps([cursor.fetchone()[0], max(float(item["at"]["N"]) for item in items)]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder that is deleted afterwards, with its database if that lives elsewhere.

    See postgres.py for where the database lives.
    """
    folder = tmp_path / "stack"
    yield folder
    wipe(folder)


def quiet(message: str) -> None:
    """Take the progress lines and print nothing."""


@contextmanager
def started(data: Path) -> Iterator[Stack]:
    """A stack without AWS resources, in this process."""
    stack = Stack(own_config(data), quiet)
    try:
        stack.reserve()
        stack.start()
        yield stack
    finally:
        stack.stop()


def execute(data: Path, *command: str) -> "subprocess.Popen[str]":
    """Start `python -m infra.devstack exec` as a separate user of the machine would."""
    environment = {name: value for name, value in os.environ.items() if name != processes.MARK}
    full = [sys.executable, "-m", "infra.devstack", "exec", "--data", str(data), "--", *command]
    return subprocess.Popen(
        full, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def listeners(data: Path) -> set[str]:
    """Return the addresses on which any process of this stack listens."""
    pids = {process.pid for process in processes.marked(data)}
    pids |= {
        process.pid for process in psutil.process_iter() if str(data) in " ".join(cmdline(process))
    }
    connections = [(item.pid, item) for item in psutil.net_connections("inet")]
    return {
        item.laddr.ip
        for pid, item in connections
        if pid in pids and item.status == psutil.CONN_LISTEN
    }


def cmdline(process: psutil.Process) -> list[str]:
    """Return the command line of a process that may be ending at this moment."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def left_over(data: Path) -> list[str]:
    """Return what is still running of the stack on this folder."""
    running = [" ".join(cmdline(process)) for process in psutil.process_iter()]
    return [command for command in running if str(data) in command] + [
        str(p) for p in processes.marked(data)
    ]


def test_it_listens_on_loopback_only_and_stops_without_a_trace(data: Path) -> None:
    with started(data) as stack:
        assert listeners(data) == {"127.0.0.1"}
        assert psycopg2.connect(stack.environment()["DATABASE_URL"])
    assert left_over(data) == []


def test_the_database_asks_for_the_password(data: Path) -> None:
    with started(data) as stack, pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(stack.config.database_url("wrong"))


def test_the_command_gets_the_environment_and_gives_the_exit_code(data: Path) -> None:
    program = "import os, sys; print(os.environ['AWS_ENDPOINT_URL']); sys.exit(7)"
    process = execute(data, sys.executable, "-c", program)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 7
    assert output.startswith("http://127.0.0.1:")
    assert left_over(data) == []


def test_a_kill_of_the_whole_tree_loses_no_row_and_seconds_of_dynamodb(data: Path) -> None:
    process = execute(data, sys.executable, "-c", WRITER)
    assert process.stdout
    confirmed = [process.stdout.readline().split() for _ in range(150)]
    supervisor = psutil.Process(process.pid)
    for victim in [supervisor, *supervisor.children(recursive=True)]:
        if victim.is_running():
            victim.kill()
    confirmed += [line.split() for line in process.stdout if line.endswith("\n")]
    number, confirmed_at = confirmed[-1]

    after = execute(data, sys.executable, "-c", READER)
    output, errors = after.communicate(timeout=60)
    assert after.returncode == 0, errors
    row, item_at = json.loads(output)
    assert row >= int(number)
    assert float(confirmed_at) - item_at < 4
    assert left_over(data) == []


def test_a_killed_supervisor_takes_everything_with_it(data: Path) -> None:
    program = "import time; print('up', flush=True); time.sleep(600)"
    process = execute(data, sys.executable, "-c", program)
    assert process.stdout and process.stdout.readline() == "up\n"
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while left_over(data) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_over(data) == []


def test_sigterm_ends_the_command_and_the_stack(data: Path) -> None:
    program = "import time; print('up', flush=True); time.sleep(600)"
    process = execute(data, sys.executable, "-c", program)
    assert process.stdout and process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert left_over(data) == []


def test_a_second_stack_on_the_same_folder_is_refused_and_leaves_the_first_alone(
    data: Path,
) -> None:
    with started(data) as first:
        second = execute(data, "true")
        assert "already runs" in second.communicate(timeout=60)[1]
        assert second.returncode == 1
        first.require_alive()


def test_a_taken_port_is_one_line_that_names_the_way_out(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "infra.devstack",
            "run",
            "--port",
            str(port),
            "--data",
            str(data),
        ]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert f"port {port} (web) is taken" in done.stderr
    assert "make run PORT=" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_one_line(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FREE_BYTES", 10**18)
    with pytest.raises(StackError, match="Make room"):
        Stack(own_config(data), quiet).reserve()


def test_the_secrets_of_a_data_folder_stay_the_same(tmp_path: Path) -> None:
    config = Config(tmp_path, 1, 2, 3)
    assert config.environment() == config.environment()
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
