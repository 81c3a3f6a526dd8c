"""Find a Chromium for the browser tests, or install one: `python -m infra.devstack.browser`.

How it is installed depends on what the machine allows.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The headless shell comes first: without the windows of a desktop browser it takes a fifth of the
# CPU.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
INSTALL_SECONDS = 300


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None if there is none.

    It is $CHROMIUM, a Chromium of the system, or Playwright's own.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    return _playwright_chromium()


def _playwright_chromium() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Try Playwright's download, then the distribution's packages.

    Prints one line if neither works.
    """
    print("trivet: looking for a Chromium for the browser tests ...", flush=True)
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "update", "-qq"])
        for package in ("chromium-headless-shell", "chromium"):
            attempts.append(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
    for command in attempts:
        if _succeeds(command) and find_chromium():
            return
    print(
        "trivet: no Chromium could be had; the browser tests are skipped unless REQUIRE_BROWSER=1",
        flush=True,
    )


def _succeeds(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__" and find_chromium() is None:
    install()
