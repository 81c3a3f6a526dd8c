"""The whole stack, started and stopped as one unit."""

import fcntl
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import psutil

from infra.devstack import checks, processes
from infra.devstack.config import DEVSTACK, Config
from infra.devstack.emulator import Emulator
from infra.devstack.errors import StackError
from infra.devstack.postgres import Postgres, wipe
from infra.devstack.provision import Provisioner

# How long a new start waits for the reaper of an earlier run before it gives up.
HANDOVER_SECONDS = 30


def own_config(data: Path) -> Config:
    """Return the config of a stack for a command or the tests, on free ports.

    Its data may be lost in a crash of the machine.
    """
    web, postgres, aws = checks.free_ports(3)
    return Config(data.resolve(), web, postgres, aws, durable=False)


class Stack:
    """PostgreSQL and the emulated AWS, running from start() until stop()."""

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self.config = config
        self.say = say
        self.lock: IO[str] | None = None
        self.reaper: processes.Reaper | None = None
        self.targets: list[processes.Target] = []
        self.services: list[Postgres | Emulator] = []

    def environment(self) -> dict[str, str]:
        """Return the variables by which a program finds this stack.

        They include the mark by which the program is ended together with the stack.
        """
        return self.config.environment() | {processes.MARK: str(self.config.data)}

    def reserve(self) -> None:
        """Lock the data folder for this process and end what an earlier owner left running.

        Raises StackError if another stack uses the folder or the disk is nearly full.
        """
        data = self.config.data
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o711)  # when we are root, PostgreSQL's account must reach its folder below
        checks.require_disk(data)
        self.lock = _lock_file(data.with_name(f"{data.name}.lock"), self.say)
        processes.sweep(data)

    def start(self) -> None:
        """Start both services in parallel and wait for them. Call reserve() first."""
        if self.lock is None:
            raise RuntimeError("reserve() comes before start()")
        started = time.monotonic()
        # Before the first child, so that no child is ever without a reaper.
        self.reaper = processes.Reaper(self.config.data, self.lock)
        self.services = [Postgres(self.config), Emulator(self.config)]
        for service in self.services:
            process = service.start()
            self.adopt(processes.Target.of(process.pid, service.stop_signal, service.rank))
        for service in self.services:
            service.wait()
        self.say(f"PostgreSQL and AWS are up ({time.monotonic() - started:.1f} s)")

    def provision(self) -> None:
        """Create the buckets, tables, queues, topics and Lambdas, unless they are up to date."""
        started = time.monotonic()
        if Provisioner(self.config).run():
            self.say(f"AWS is provisioned ({time.monotonic() - started:.1f} s)")

    def provision_beside(self, work: Callable[[], None]) -> None:
        """Provision AWS while `work` runs."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            provisioned = pool.submit(self.provision)
            work()
            provisioned.result()

    def adopt(self, target: processes.Target) -> None:
        """Register a process to be stopped with the stack."""
        self.targets.append(target)
        if self.reaper:
            self.reaper.add(target)

    def require_alive(self) -> None:
        """Raise StackError if PostgreSQL or the emulated AWS has ended."""
        for service in self.services:
            if service.process is not None and service.process.poll() is not None:
                raise StackError(f"{type(service).__name__} has ended; see {service.log}")

    def stop(self) -> None:
        """Stop everything, the highest rank first, and leave nothing running.

        Does nothing if the data folder was never locked, because then it is not ours.
        """
        if self.lock is None:
            return
        processes.stop_all(self.targets)
        self.targets = []
        processes.sweep(self.config.data)
        for service in self.services:
            if service.process is not None:
                service.process.wait()
        if self.reaper:
            self.reaper.dismiss()
            self.reaper = None
        self.lock.close()
        self.lock = None


def _lock_file(path: Path, say: Callable[[str], None]) -> IO[str]:
    """Return the open, locked lock file.

    Waits for the reaper of an earlier run. Raises StackError if the owner is still alive or the
    reaper is not done after HANDOVER_SECONDS.
    """
    file = path.open("a+")
    deadline = time.monotonic() + HANDOVER_SECONDS
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = _owner(file)
            # A lock without a living owner is held by the reaper, which will let go of it soon.
            if owner and psutil.pid_exists(owner):
                raise StackError(
                    f"a stack already runs on {path.with_suffix('')} (process {owner}). Stop it "
                    f"with: kill {owner}"
                ) from error
            if time.monotonic() > deadline:
                raise StackError(
                    f"an earlier run is still ending ({path}). Try again in a moment."
                ) from error
            if not told:
                say("waiting for the end of an earlier run ...")
                told = True
            time.sleep(0.1)
        else:
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            return file


def _owner(file: IO[str]) -> int:
    file.seek(0)
    text = file.read()
    return int(text) if text.isdigit() else 0


def wipe_everything(say: Callable[[str], None]) -> None:
    """Delete every data folder below .devstack (`make clean`).

    All folders are locked before the first one is deleted. Raises StackError, without deleting
    anything, if one of them is in use.
    """
    folders = [path.parent for path in DEVSTACK.glob("*/secrets.json")]
    locks = [_lock_file(folder.with_name(f"{folder.name}.lock"), say) for folder in folders]
    for folder in folders:
        wipe(folder)
    for lock in locks:
        lock.close()
