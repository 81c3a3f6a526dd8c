"""Create the virtual environments unless they already hold the pinned requirements.

Runs on the system's Python, so it uses only the standard library. If something is wrong it exits
with one line that says what to do.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FREE_BYTES = 1_500_000_000
ENVIRONMENTS = {
    "the shop": (ROOT / ".venv", ROOT / "requirements" / "development.txt"),
    "the AWS emulator": (ROOT / ".devstack" / "emulator", ROOT / "requirements" / "emulator.txt"),
}


def stamp(requirements: Path) -> str:
    """Return the content of the stamp file of an environment that is up to date."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{version} {hashlib.sha256(requirements.read_bytes()).hexdigest()}\n"


def is_ready(folder: Path, requirements: Path) -> bool:
    """Return whether the environment exists and holds exactly these requirements."""
    mark = folder / "trivet-stamp"
    return (
        (folder / "bin" / "python").exists()
        and mark.exists()
        and mark.read_text() == stamp(requirements)
    )


def refuse(message: str) -> None:
    """Exit with one line and exit code 1."""
    sys.exit(f"trivet: {message}")


def check_machine() -> None:
    """Exit if the environments cannot be created on this machine."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        refuse(
            f"{version} cannot make virtual environments. On Debian: apt-get install python3-venv"
        )
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES:
        refuse(
            f"only {free // 1_000_000} MB are free below {ROOT}; 1500 MB are needed. Make room "
            "and start again."
        )


def make_environment(folder: Path) -> None:
    """Create the virtual environment, from scratch if another version of Python made it."""
    mark = folder / "trivet-stamp"
    same_python = mark.exists() and mark.read_text().split()[0] == stamp(mark).split()[0]
    if not (same_python and (folder / "bin" / "python").exists()):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    # An interrupted installation must not leave a valid stamp.
    mark.unlink(missing_ok=True)


def start_pip(folder: Path, requirements: Path, log: Path) -> "subprocess.Popen[bytes]":
    """Start installing, with every hash checked.

    The compiled file is complete, so nothing is resolved.
    """
    command = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    command += ["--no-input", "--no-deps", "--require-hashes", "-r", str(requirements)]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def install(todo: "dict[str, tuple[Path, Path]]") -> None:
    """Install into all environments in parallel, and stamp each one that succeeded."""
    started = time.monotonic()
    print(
        f"trivet: installing the packages of {' and '.join(todo)} (once, takes a minute or two) "
        "...",
        flush=True,
    )
    running = []
    for name, (folder, requirements) in todo.items():
        make_environment(folder)
        log = (
            folder.parent / f"{folder.name.strip('.')}-pip.log"
            if folder.parent != ROOT
            else folder / "pip.log"
        )
        running.append((name, folder, requirements, log, start_pip(folder, requirements, log)))
    for name, folder, requirements, log, process in running:
        if process.wait() != 0:
            for *_, other in running:
                other.terminate()
            refuse(f"pip could not install {name}: {last_error(log)} (all of it: {log})")
        (folder / "trivet-stamp").write_text(stamp(requirements))
    print(f"trivet: installed in {time.monotonic() - started:.0f} s", flush=True)


def last_error(log: Path) -> str:
    """Return the most informative line of pip's output."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1]


def main() -> None:
    """Create what is missing; a second run finds the stamps and does nothing."""
    todo = {name: pair for name, pair in ENVIRONMENTS.items() if not is_ready(*pair)}
    if todo:
        check_machine()
        (ROOT / ".devstack").mkdir(mode=0o755, exist_ok=True)
        install(todo)


if __name__ == "__main__":
    main()
