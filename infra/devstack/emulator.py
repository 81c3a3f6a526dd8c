"""The emulated AWS: ministack in a virtual environment of its own, listening on loopback.

It is started with a clean environment.
"""

import http.client
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from infra.devstack import processes
from infra.devstack.checks import HOST
from infra.devstack.config import DEVSTACK, Config
from infra.devstack.errors import StackError

LAUNCHER = Path(__file__).with_name("emulator_main.py")
START_SECONDS = 60


class Emulator:
    """One emulated AWS on one data folder."""

    stop_signal = signal.SIGTERM  # saves its state, then ends
    rank = processes.EMULATOR

    def __init__(self, config: Config) -> None:
        self.config = config
        self.log = config.data / "aws.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it without waiting for it. Raises StackError if it is not installed."""
        folder = self.config.data / "aws"
        temporary = folder / "tmp"  # unpacked Lambdas, recreated at each start
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        python = DEVSTACK / "emulator" / "bin" / "python"
        if not python.exists():
            raise StackError("the AWS emulator is not installed. Run: make install")
        # -I: nothing from this repository or from the user's own packages may leak into the
        # emulator and its Lambdas.
        with self.log.open("wb") as log:
            self.process = processes.start(
                [str(python), "-I", str(LAUNCHER)],
                self._environment(folder),
                stdout=log,
                stderr=log,
                cwd=temporary,
            )
        return self.process

    def _environment(self, folder: Path) -> dict[str, str]:
        """Return the complete environment of the emulator.

        Its Lambdas inherit it, so nothing of the developer's own environment may be in it.
        """
        return {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TMPDIR": str(folder / "tmp"),
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.config.aws_port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # Lambdas are plain child processes
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_REGION": "eu-central-1",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(folder / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(folder / "s3"),
            "LOG_LEVEL": "WARNING",
            processes.MARK: str(self.config.data),
        }

    def wait(self) -> None:
        """Return once it answers.

        Raises StackError if it ends or does not answer within START_SECONDS.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                lines = self.log.read_text(errors="replace").splitlines() or ["it said nothing"]
                raise StackError(
                    f"the AWS emulator did not start: {lines[-1]} (all of it: {self.log})"
                )
            if time.monotonic() > deadline:
                raise StackError(
                    f"the AWS emulator did not answer in {START_SECONDS} s; see {self.log}"
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.config.aws_port, timeout=5)
        try:
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
