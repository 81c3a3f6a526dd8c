"""The shop's processes for a drill.

They use the database of this process and are restarted if they die.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings

from infra.devstack.processes import MARK

ROOT = Path(settings.BASE_DIR)
HOST = "127.0.0.1"
READY_SECONDS = 60


class DrillFailed(Exception):
    """A drill could not be carried out, or found something that must not happen."""


class Program:
    """One process and everything it starts.

    They run in a session of their own, so that all of it can be killed together.
    """

    def __init__(
        self, name: str, arguments: list[str], log: Path, environment: dict[str, str]
    ) -> None:
        self.name = name
        self.command = [sys.executable, *arguments]
        self.log = log
        self.environment = environment
        self.is_over = False
        self.process = self._start()

    def restart_if_dead(self) -> None:
        """Restart the process if it has died.

        What it left running is killed first, as if its whole machine had died.
        """
        if self.process.poll() is not None and not self.is_over:
            self._kill_all()
            self.process = self._start()

    def kill(self) -> None:
        """Kill the process with -9, but not the processes it started."""
        self.process.kill()

    def stop(self) -> None:
        """End the process for good, and kill whatever is left of it."""
        self.is_over = True
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self._kill_all()
        self.process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill_all(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Programs:
    """The processes of one drill.

    `address` is that of the web server; `folder` holds their files and is deleted with them.
    """

    def __init__(self, folder: Path, **drill: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://{HOST}:{self.port}"
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "DATABASE_URL": f"{server}/{settings.DATABASES['default']['NAME']}",
            "SHOP_URL": self.address,
            "LOG_LEVEL": "WARNING",
            **drill,
        }
        self.running: list[Program] = []
        self.closing = threading.Event()

    def start_web(self, workers: int, threads: int) -> None:
        """Start gunicorn and wait until the shop is ready. Raises DrillFailed."""
        options = [
            "--workers",
            str(workers),
            "--threads",
            str(threads),
            "--timeout",
            "120",
            "--no-control-socket",
        ]
        self.start(
            "web",
            "-m",
            "gunicorn",
            "shop.wsgi",
            "--preload",
            "--bind",
            f"{HOST}:{self.port}",
            *options,
        )
        self._wait_until_ready()

    def start(self, name: str, *arguments: str) -> Program:
        program = Program(name, list(arguments), self.folder / f"{name}.log", self.environment)
        self.running.append(program)
        return program

    def log_of(self, name: str) -> str:
        """Return the output of a program."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def keep_alive(self) -> None:
        """Restart programs that have died, until the drill closes."""
        while not self.closing.wait(0.2):
            for program in self.running:
                program.restart_if_dead()

    def close(self) -> None:
        self.closing.set()
        for program in self.running:
            program.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz", timeout=2):  # noqa: S310 - our own
                return
            if self.running[-1].process.poll() is not None:
                break
            time.sleep(0.1)
        raise DrillFailed(f"The shop did not start.\n{self.log_of('web')}")


@contextmanager
def programs(**drill: str) -> Iterator[Programs]:
    """Yield a drill's processes, none of them started yet; stop them at the end of the block.

    `drill` is added to their environment.
    """
    # Inside the stack's own data folder if there is one, which is deleted with the stack even if
    # this process is killed.
    folder = Path(tempfile.mkdtemp(prefix="trivet-drill-", dir=os.environ.get(MARK)))
    started = Programs(folder, **drill)
    try:
        yield started
    finally:
        started.close()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
