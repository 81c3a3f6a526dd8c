"""Child processes that cannot outlive the stack.

Every child runs in a session of its own, so that Ctrl-C reaches only the supervisor, which can then
stop the children in order. Two mechanisms cover the cases in which it cannot: the reaper, a small
process that notices when the supervisor is gone, and a mark in the environment of every process
below a stack, by which the next start finds what even the reaper left behind.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import psutil

MARK = "TRIVET_STACK"
# How long a process may take to end after its signal before its process group is killed.
PATIENCE_SECONDS = 15.0
SERVICE, EMULATOR, PROGRAM = range(3)  # the ranks of Target


@dataclass(frozen=True)
class Target:
    """A process to stop: its id, its creation time, the signal that stops it, and its rank.

    The creation time is needed because process ids are reused. Processes of a higher rank are
    stopped before those of a lower one, on which they depend.
    """

    pid: int
    created: float
    signal: int
    rank: int

    @classmethod
    def of(cls, pid: int, stop_signal: int, rank: int) -> "Target":
        """Describe a running process."""
        return cls(pid, psutil.Process(pid).create_time(), stop_signal, rank)

    def process(self) -> "psutil.Process | None":
        """Return the process, or None if it has ended or its id now belongs to another process."""
        try:
            process = psutil.Process(self.pid)
            alive = (
                # With a tolerance of one second: the creation time depends on the clock, which may
                # be adjusted.
                abs(process.create_time() - self.created) < 1
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return None
        return process if alive else None


def stop_all(targets: Iterable[Target]) -> None:
    """Stop these processes rank by rank; processes of the same rank are stopped together."""
    ranked = sorted(targets, key=lambda target: -target.rank)
    for _, group in groupby(ranked, key=lambda target: target.rank):
        stop(list(group))


def stop(targets: list[Target]) -> None:
    """Ask all of them to end, then kill the process groups of those that do not."""
    for target in targets:
        if process := target.process():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(target.signal)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(target.process() for target in targets) and time.monotonic() < deadline:
        time.sleep(0.02)
    for target in targets:
        if target.process():
            with suppress(ProcessLookupError, PermissionError):
                # The whole group: start() makes each child the leader of its own session.
                os.killpg(target.pid, signal.SIGKILL)


def marked(data: Path) -> "list[psutil.Process]":
    """Return the processes below this data folder's stack, except this one and its ancestors."""
    me = psutil.Process()
    own = {me.pid, *(parent.pid for parent in me.parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess, OSError):
            if process.pid not in own and process.environ().get(MARK) == str(data):
                found.append(process)
    return found


def sweep(data: Path, patience: float = 3.0) -> None:
    """End whatever is still running below the stack of this data folder.

    Processes that do not end within `patience` seconds are killed.
    """
    left = marked(data)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=patience)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def start(
    command: list[str], environment: dict[str, str], **options: Any
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own, without a terminal."""
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, **options
    )


class Reaper:
    """The process that stops the stack when its owner was killed; see reaper.py.

    It also holds the lock of the data folder, so that a new start waits until it is done.
    """

    def __init__(self, data: Path, lock: IO[str]) -> None:
        # Without the mark, or sweep() would end the reaper as well.
        environment = {name: value for name, value in os.environ.items() if name != MARK}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.devstack.reaper", str(data)],
            cwd=Path(__file__).resolve().parent.parent.parent,
            env=environment,
            stdin=subprocess.PIPE,
            pass_fds=[lock.fileno()],  # a flock lasts until all copies of the file are closed
            start_new_session=True,
        )

    def add(self, target: Target) -> None:
        """Register a child that must be stopped."""
        self._say(asdict(target))

    def dismiss(self) -> None:
        """End the reaper, because everything has been stopped in order."""
        with suppress(BrokenPipeError):
            self._say({"done": True})
        self.process.communicate(timeout=10)

    def _say(self, message: dict[str, Any]) -> None:
        if self.process.stdin is None:
            raise RuntimeError("the reaper was started without a pipe")
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
