"""Give pytest a stack of its own: fresh data, free ports, removed at the end.

Enable it with `-p infra.devstack.pytest_plugin`.

It starts the stack before pytest-django reads the settings. With TRIVET_STACK_READY=1 the
environment already names a stack, and that one is used. If pytest crashes or is killed, the reaper
stops the stack.

With `-n 2` (pytest-xdist) each worker has a stack of its own, and the tests of a folder stay
together: browser tests share their processes, and other tests read the queues of their stack.
"""

import argparse
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from infra.devstack import supervise
from infra.devstack.browser import find_chromium
from infra.devstack.config import DEVSTACK
from infra.devstack.errors import StackError
from infra.devstack.postgres import wipe
from infra.devstack.stack import Stack, own_config

#: Enough to read the settings in a process that connects to nothing; a worker's stack overrides it.
NO_STACK = {"DEBUG": "true", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
NO_BROWSER = "no Chromium was found (set CHROMIUM to its path, or run: make browser)"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start the stack.

    This is a hook wrapper because it must run before pytest-django's own hook.
    """
    options = early_config.known_args_namespace
    if _has_workers(options):
        os.environ.update(NO_STACK)
    elif os.environ.get("TRIVET_STACK_READY") != "1" and not (options.help or options.version):
        _start(early_config)
    return (yield)


def _has_workers(options: argparse.Namespace) -> bool:
    """Return whether this process only hands out the tests to workers and runs none itself."""
    return bool(getattr(options, "numprocesses", None)) and "PYTEST_XDIST_WORKER" not in os.environ


def _start(config: pytest.Config) -> None:
    data = Path(os.environ.get("TRIVET_TEST_DATA") or DEVSTACK / "test") / os.environ.get(
        "PYTEST_XDIST_WORKER", ""
    )
    stack = Stack(own_config(data), supervise.say)
    config.add_cleanup(stack.stop)
    try:
        stack.reserve()
        wipe(stack.config.data)
        stack.config.data.mkdir(mode=0o711)
        stack.start()
        stack.provision()
    except StackError as error:
        pytest.exit(f"trivet: {error}", returncode=1)
    os.environ.update(stack.environment(), TRIVET_STACK_READY="1")


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups in this hook too
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a folder together, and skip browser tests if there is no browser.

    Raises pytest.UsageError instead if REQUIRE_BROWSER=1.
    """
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue  # so long that each may go to another worker
        item.add_marker(pytest.mark.xdist_group(str(item.path.parent.relative_to(config.rootpath))))
    browser_tests = [item for item in items if item.get_closest_marker("e2e")]
    if not browser_tests or find_chromium():
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"{NO_BROWSER}, and REQUIRE_BROWSER=1")
    supervise.say(f"{len(browser_tests)} browser tests are skipped: {NO_BROWSER}")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
