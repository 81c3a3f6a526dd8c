"""Runs a drill on a stack of its own and removes it afterwards.

The shop of `make run` is therefore never touched.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from infra.devstack.config import DEVSTACK
from infra.devstack.postgres import wipe

PATIENCE_SECONDS = 60


def run_in_scratch_stack(arguments: list[str]) -> int:
    """Run `manage.py drill ARGUMENTS --here` on a scratch stack; return the exit code.

    The stack is a database and an emulated AWS made for this drill.
    """
    data = DEVSTACK / f"drill-{os.getpid()}"
    command = [sys.executable, "-m", "infra.devstack", "exec", "--data", str(data), "--"]
    command += [sys.executable, "manage.py", "drill", *arguments, "--here"]
    process = subprocess.Popen(command, cwd=Path(settings.BASE_DIR), env=_environment())
    try:
        return process.wait()
    finally:
        _end(process)
        wipe(data)
        data.with_name(f"{data.name}.lock").unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """Return the environment of the scratch stack, without anything that names another stack."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TRIVET_", "AWS_", "DATABASE_"))
    }


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let the stack stop itself; if it does not, its reaper will."""
    if process.poll() is None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
