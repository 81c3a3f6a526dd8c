"""Run the shop's own processes on a stack, and stop everything in order.

honcho and similar tools stop everything when one process ends, and lose their children when they
are killed themselves. This supervisor restarts a worker that has ended, waits for /readyz, and
leaves the cleanup after a kill to the reaper.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from infra.devstack import checks, processes
from infra.devstack.config import ROOT, Config, write_env_file
from infra.devstack.errors import StackError
from infra.devstack.stack import Stack, own_config

RESTART_SECONDS = (1.0, 30.0)  # the first pause before a restart, and the longest
# How long the first start may take before the terminal says where to look.
SLOW_SECONDS = 30.0
STAFF = "staff@trivet.example"
STAFF_PASSWORD = "trivet"  # noqa: S105 - the demo's, made by load_demo on a laptop only
COLOURS = {"web": 36, "worker": 35, "relay": 33, "images": 32, "demo": 34}


class Stopped(BaseException):
    """A signal asked us to stop.

    A BaseException, so that no handler of errors catches it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number  # a shell's convention for a program ended by a signal


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"trivet: {message}", flush=True)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise Stopped on the first SIGINT, SIGTERM or SIGHUP, and ignore them from then on.

    A second Ctrl-C therefore does not interrupt the shutdown.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for other in numbers:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Program:
    """One of the shop's processes; its output is prefixed with its name."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.ended_at = 0.0
        self.pause, self.longest_pause = RESTART_SECONDS

    def start(self, stack: Stack) -> None:
        """Start the process and register it to be stopped with the stack."""
        self.process = processes.start(
            self.command,
            self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        stack.adopt(processes.Target.of(self.process.pid, signal.SIGTERM, processes.PROGRAM))
        threading.Thread(target=self._print_output, args=[self.process], daemon=True).start()

    def keep_alive(self, stack: Stack) -> None:
        """Restart the process after a pause if it has ended; the pause doubles up to a limit."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.ended_at:
            self.ended_at = time.monotonic()
            say(
                f"{self.name} ended with exit code {self.process.returncode}; next start in "
                f"{self.pause:.0f} s"
            )
        elif time.monotonic() - self.ended_at > self.pause:
            self.ended_at = 0.0
            self.pause = min(2 * self.pause, self.longest_pause)
            self.start(stack)

    def has_ended(self) -> bool:
        """Return whether the process has run and ended; print a message if it failed."""
        if self.process is None or self.process.poll() is None:
            return False
        if self.process.returncode:
            say(
                f"{self.name} failed with exit code {self.process.returncode}; the lines above "
                "say why"
            )
        return True

    def _print_output(self, process: "subprocess.Popen[bytes]") -> None:
        prefix = f"{self.name:>6} | "
        if sys.stdout.isatty():
            prefix = f"\033[{COLOURS[self.name]}m{prefix}\033[0m"
        for line in process.stdout or ():
            sys.stdout.write(prefix + line.decode(errors="replace").rstrip("\n") + "\n")
            sys.stdout.flush()


def celery_arguments(level: str, schedule: str) -> list[str]:
    """Return the arguments of Python for a Celery worker with beat, whose file is `schedule`."""
    worker = f"-m celery -A shop worker --beat --concurrency 4 --loglevel {level} --schedule"
    return [*worker.split(), schedule]


def programs(config: Config, environment: dict[str, str]) -> list[Program]:
    """Return the processes that serve the shop, in the order in which they are started."""
    python = sys.executable
    schedule = str(config.data / "celerybeat-schedule")
    commands = {
        "web": [python, "manage.py", "runserver", f"{checks.HOST}:{config.web_port}"],
        "worker": [python, *celery_arguments("INFO", schedule)],
        "relay": [python, "manage.py", "relay"],
        "images": [python, "manage.py", "process_image_results"],
    }
    return [Program(name, command, environment) for name, command in commands.items()]


def run(data: Path, port: int) -> int:
    """Run the shop until a signal arrives. Return the exit code."""
    config = Config(data.resolve(), port, port + 1, port + 2)
    stack = Stack(config, say)
    try:
        with stoppable():
            _serve(stack)
    except Stopped as stopped:
        say("stopping ...")
        # Ctrl-C is the normal way to stop it, so it is not an error.
        return 0 if stopped.exit_code == 128 + signal.SIGINT else stopped.exit_code
    finally:
        with ignored_signals():
            if stack.lock:
                stack.stop()
                say("stopped")
    return 0


@contextmanager
def ignored_signals() -> Iterator[None]:
    """Ignore SIGINT, SIGTERM and SIGHUP, so that nothing interrupts the shutdown."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _serve(stack: Stack) -> None:
    config = stack.config
    started = time.monotonic()
    stack.reserve()
    for number, purpose in (
        (config.web_port, "web"),
        (config.postgres_port, "PostgreSQL"),
        (config.aws_port, "AWS"),
    ):
        checks.require_port(number, purpose)
    stack.start()
    write_env_file(config.environment())
    environment = {**os.environ, **stack.environment(), "PYTHONUNBUFFERED": "1"}
    stack.provision_beside(lambda: migrate(environment))
    web, *workers = programs(config, environment)
    web.start(stack)  # alone at first, because it is what people wait for
    slow = threading.Timer(
        SLOW_SECONDS, say, ["the shop does not answer yet; the lines of web say why"]
    )
    slow.daemon = True
    slow.start()
    watch(stack, [web], until=lambda: is_ready(config))
    slow.cancel()
    say(f"the shop answers ({time.monotonic() - started:.1f} s)")
    demo = Program("demo", [sys.executable, "manage.py", "load_demo", "--if-empty"], environment)
    for program in (*workers, demo):
        program.start(stack)
    watch(stack, [web, *workers], until=demo.has_ended)
    print_addresses(config, time.monotonic() - started)
    watch(stack, [web, *workers], until=lambda: False)


def migrate(environment: dict[str, str]) -> None:
    # In a process of its own: the supervisor itself never loads Django.
    """Bring the database schema up to date. Raises StackError if that fails."""
    started = time.monotonic()
    command = [sys.executable, "-m", "infra.devstack.migrate"]
    if subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode:
        raise StackError("the database could not be migrated; the lines above say why")
    say(f"the database is migrated ({time.monotonic() - started:.1f} s)")


def watch(stack: Stack, serving: list[Program], until: Callable[[], bool]) -> None:
    """Keep everything running until `until` returns True."""
    while not until():
        stack.require_alive()
        for program in serving:
            program.keep_alive(stack)
        time.sleep(0.2)


def is_ready(config: Config) -> bool:
    """Return whether the shop's /readyz answers with 200."""
    try:
        with urllib.request.urlopen(f"{config.shop_url}/readyz", timeout=5) as answer:  # noqa: S310 - http, our own
            return bool(answer.status == 200)
    except OSError:
        return False


def print_addresses(config: Config, seconds: float) -> None:
    """Print what was started and where to find it."""
    lines = [
        f"Trivet is ready ({seconds:.1f} s)",
        f"  shop    {config.shop_url}/",
        f"  admin   {config.shop_url}/admin/   {STAFF} / {STAFF_PASSWORD}",
        f"  mail    {config.shop_url}/dev/mail/",
        "  Ctrl-C stops everything.",
    ]
    print("\n" + "\n".join(lines) + "\n", flush=True)


def run_command(data: Path, command: list[str]) -> int:
    """Run one command with a stack of its own and return its exit code."""
    stack = Stack(
        own_config(data), lambda message: print(f"trivet: {message}", file=sys.stderr, flush=True)
    )
    try:
        with stoppable():
            stack.reserve()
            stack.start()
            stack.provision()
            environment = {**os.environ, **stack.environment(), "TRIVET_STACK_READY": "1"}
            process = subprocess.Popen(command, env=environment)
            stack.adopt(processes.Target.of(process.pid, signal.SIGTERM, processes.PROGRAM))
            return process.wait()
    except Stopped as stopped:
        return stopped.exit_code
    finally:
        with ignored_signals():
            stack.stop()
