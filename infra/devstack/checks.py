"""What must be true of the machine before anything starts."""

import errno
import shutil
import socket
from pathlib import Path

import psutil

from infra.devstack.errors import StackError

HOST = "127.0.0.1"
FREE_BYTES = 500_000_000


def require_disk(folder: Path) -> None:
    """Raise StackError if the disk is nearly full: a database needs room."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise StackError(
            f"only {free // 1_000_000} MB are free below {folder}; {FREE_BYTES // 1_000_000} MB "
            "are needed. "
            "Make room and start again."
        )


def require_port(port: int, purpose: str) -> None:
    """Raise StackError if the port is taken.

    The message names the process that uses it where the system tells.
    """
    with socket.socket() as probe:
        # The closing connections of an earlier run must not make the port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StackError(
                    f"port {port} is not open to this user. Choose another: make run PORT=8100"
                ) from error
            raise StackError(
                f"port {port} ({purpose}) is taken{_owner(port)}. Stop that, or: make run "
                f"PORT={port + 100}"
            ) from error


def _owner(port: int) -> str:
    """Return ' by NAME (process N)', or '' where other users' sockets are hidden."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        if (
            connection.status == psutil.CONN_LISTEN
            and connection.laddr.port == port
            and connection.pid
        ):
            return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def free_ports(count: int) -> list[int]:
    """Return different ports on which nothing is listening at the moment."""
    probes = [socket.socket() for _ in range(count)]
    try:
        # All probes stay open until the last port is known, or a port might be returned twice.
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
