"""The shop under gunicorn, on a database of its own, and the CPU time of its processes."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from infra.devstack.checks import HOST, free_ports

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2


def make_database(name: str) -> str:
    """Create the database next to the stack's own if there is none; return its URL."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def production(database_url: str, data: Path) -> dict[str, str]:
    """Return the environment of production.

    It differs only where the emulated AWS and a PostgreSQL without TLS require it.
    """
    project = os.environ["SHOP_PROJECT"]
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "BENCH_STATIC_ROOT": str(data / "static"),
        "DEBUG": "false",
        "DATABASE_URL": database_url,
        "PGSSLMODE": "disable",
        "PGAPPNAME": "bench",
        "CONN_MAX_AGE": "3600",  # the backends must not change while they are measured
        "PAYMENT_PROVIDERS": "test",
        "PRODUCT_IMAGES_BUCKET": f"{project}-product-images",
        "ORDER_DOCUMENTS_BUCKET": f"{project}-order-documents",
        "ANALYTICS_RESULTS_BUCKET": f"{project}-analytics-results",
        "PRODUCT_IMAGES_URL": "https://images.shop.example",
        "LOG_LEVEL": "WARNING",
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a Django command. Raises CalledProcessError if it fails."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


@dataclass
class Cost:
    """CPU seconds since some moment: of web workers, and of the backends that serve them."""

    web: float
    database: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.web - other.web, self.database - other.database)

    def each(self, count: int) -> "Cost":
        """Return the milliseconds per request, for `count` requests."""
        return Cost(1000 * self.web / count, 1000 * self.database / count)


@dataclass
class Server:
    port: int
    master: int
    database_url: str

    def processes(self) -> tuple[list[int], list[int]]:
        """Return the process ids of the web workers and of the backends that they use."""
        workers = [child.pid for child in psutil.Process(self.master).children()]
        connection = psycopg2.connect(self.database_url)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'bench'"
            )
            backends = [pid for (pid,) in cursor]
        connection.close()
        return workers, backends


def cost(workers: list[int], backends: list[int]) -> Cost:
    """Return what these processes have cost so far."""
    return Cost(sum(map(cpu_seconds, workers)), sum(map(cpu_seconds, backends)))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process.

    Linux measures it in nanoseconds (clock_getcpuclockid); psutil is less precise.
    """
    if sys.platform == "linux":
        # The clock id of another process's CPU time, as clock_getcpuclockid computes it.
        return time.clock_gettime((~pid << 3) | 2)
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def serving(environment: dict[str, str], data: Path) -> Iterator[Server]:
    """Run the shop until the block ends; it is ready to answer when the block begins."""
    [port] = free_ports(1)
    log_path = data / f"web-{port}.log"
    command = [sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "--bind", f"{HOST}:{port}"]
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [*command, "--workers", str(WORKERS)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait(port, log_path, process)
        yield Server(port, process.pid, environment["DATABASE_URL"])
    finally:
        process.terminate()
        process.wait(20)
        log_path.unlink()


def _wait(port: int, log: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=2):
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise SystemExit(f"The shop did not start.\n{log.read_text()}")
