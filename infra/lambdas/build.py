"""Build the zip of a Lambda: `python -m infra.lambdas.build [--for-aws] [NAME...]`.

The same inputs give the same bytes, so a deployment that compares hashes changes nothing without
need. The zip holds the modules of infra/lambdas/<name>/, its pinned dependencies and, for the
emails, templates/emails/. boto3 is left out, because both the Lambda runtime and the emulator
provide it.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
CACHE = REPOSITORY / ".devstack" / "lambdas"

NAMES = ("notifications", "product_images")
# What a zip holds in addition to its own folder: {name: {folder in the zip: folder in the
# repository}}
EXTRA_FOLDERS = {"notifications": {"emails": REPOSITORY / "templates" / "emails"}}

# python3.12 is the Lambda runtime. It is built on glibc 2.34, so wheels of every manylinux tag up
# to that version run on it.
AWS_PYTHON = "3.12"
AWS_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64")

# pip writes these files differently each time; nothing in a Lambda reads them.
UNSTABLE_NAMES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
# The earliest time that a zip can store. It replaces the time of every file.
TIMESTAMP = (1980, 1, 1, 0, 0, 0)


class BuildError(Exception):
    """A zip could not be built; the message says why and is meant for a terminal."""


def build(name: str, out: Path | None = None, *, for_aws: bool = False) -> Path:
    """Return the zip of the Lambda `name`, "notifications" or "product_images".

    It is built only if an input has changed. The zip lies below .devstack/lambdas/ and is copied to
    `out` if that is given. By default its wheels fit the running interpreter, on which the emulator
    runs Lambdas too; `for_aws` selects those of Lambda's python3.12 on x86_64. Raises BuildError if
    `name` is not a Lambda or pip fails.
    """
    if name not in NAMES:
        raise BuildError(f"There is no Lambda {name!r}. Known: {', '.join(NAMES)}.")
    target = "aws" if for_aws else sysconfig.get_platform() + "-" + sys.implementation.cache_tag
    sources = dict(_sources(name))
    archive = CACHE / f"{name}-{_digest(name, target, sources)}.zip"
    if not archive.exists():
        dependencies = _dependencies(name, target, for_aws=for_aws)
        _write_zip(archive, sources | dict(_walk(dependencies)))
    return archive if out is None else Path(shutil.copyfile(archive, out))


def _sources(name: str) -> Iterator[tuple[str, Path]]:
    """Yield (path in the zip, file) for everything that this repository contributes."""
    for path in sorted((HERE / name).glob("*.py")):
        yield path.name, path
    for folder, root in EXTRA_FOLDERS.get(name, {}).items():
        for arcname, path in _walk(root):
            yield f"{folder}/{arcname}", path


def _walk(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if (
            path.is_file()
            and path.name not in UNSTABLE_NAMES
            and not {"__pycache__", "bin"} & set(relative.parts)
        ):
            yield relative.as_posix(), path


def _digest(name: str, target: str, sources: dict[str, Path]) -> str:
    """Hash everything that determines the bytes of the zip, including this module."""
    digest = hashlib.sha256(target.encode())
    inputs = sources | {"requirements": HERE / name / "requirements.txt", "builder": Path(__file__)}
    for arcname, path in sorted(inputs.items()):
        content = path.read_bytes()
        digest.update(f"\0{arcname}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _dependencies(name: str, target: str, *, for_aws: bool) -> Path:
    """Return the folder with the installed requirements.

    It is reused when only our own modules change.
    """
    requirements = HERE / name / "requirements.txt"
    digest = hashlib.sha256(target.encode() + requirements.read_bytes()).hexdigest()[:16]
    folder = CACHE / f"wheels-{digest}"
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        fresh = Path(scratch) / "wheels"
        _install(requirements, fresh, for_aws=for_aws)
        _publish(fresh, folder)
    return folder


def _install(requirements: Path, folder: Path, *, for_aws: bool) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
    ]
    command += [
        "--require-hashes",
        "--only-binary=:all:",
        "--target",
        str(folder),
        "--requirement",
        str(requirements),
    ]
    if for_aws:
        command += ["--implementation=cp", f"--python-version={AWS_PYTHON}"]
        command += [f"--platform={platform}" for platform in AWS_PLATFORMS]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BuildError(f"pip could not install {requirements}:\n{result.stderr.strip()}")


def _publish(fresh: Path, folder: Path) -> None:
    """Move the finished folder into place.

    Two builds may run at the same time; the result of the first one is kept.
    """
    try:
        fresh.replace(folder)
    except OSError:
        if not folder.exists():
            raise


def _write_zip(archive: Path, files: dict[str, Path]) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        fresh = Path(scratch) / archive.name
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
            for arcname, path in sorted(files.items()):
                bundle.writestr(_entry(arcname), path.read_bytes())
        fresh.replace(archive)


def _entry(arcname: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(arcname, TIMESTAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, so that the mode below applies wherever the zip was built
    entry.external_attr = 0o100644 << 16
    return entry


def main() -> None:
    """Build the named Lambdas, or all of them, and print the path of each zip."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.lambdas.build", description="Build the zips of the Lambdas."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"one or more of: {', '.join(NAMES)} (default: all)",
    )
    parser.add_argument(
        "--for-aws", action="store_true", help=f"wheels for Lambda's python{AWS_PYTHON} on x86_64"
    )
    arguments = parser.parse_args()
    for name in arguments.names or NAMES:
        try:
            print(build(name, for_aws=arguments.for_aws))
        except BuildError as error:
            parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
