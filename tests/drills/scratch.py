"""Runs a drill in a stack of its own, so that the shop of `make run` is never touched, and removes
it afterwards.
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
    """Run `manage.py drill ARGUMENTS --here` on a database and an emulated AWS made for it; return
    the exit code.
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
    """Return what the scratch stack starts from: nothing that names another stack."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TRIVET_", "AWS_", "DATABASE_"))
    }


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let the stack stop itself; where it does not, its reaper does."""
    if process.poll() is None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
