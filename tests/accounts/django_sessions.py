"""Django's own tests of session backends, from the source distribution of the installed version.

They are never copied into this repository.
"""

import ast
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import django

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".devstack" / "sources"
MEMBER = f"django-{django.__version__}/tests/sessions_tests/tests.py"


def session_tests_mixin() -> type:
    """Return Django's SessionTestsMixin.

    Its module needs an app of its own, but the class does not.
    """
    tree = ast.parse(_source())
    wanted = [
        node
        for node in tree.body
        if isinstance(node, ast.Import)
        or (isinstance(node, ast.ImportFrom) and not node.level)
        or (isinstance(node, ast.ClassDef) and node.name == "SessionTestsMixin")
    ]
    module = ModuleType("django_sessions_tests")
    exec(compile(ast.Module(wanted, []), MEMBER, "exec"), module.__dict__)  # noqa: S102 - Django's own code
    return module.SessionTestsMixin


def _source() -> str:
    archive = FOLDER / f"django-{django.__version__}.tar.gz"
    if not archive.exists():
        _download()
    with tarfile.open(archive) as content:
        member = content.extractfile(MEMBER)
        assert member is not None
        return member.read().decode()


def _download() -> None:
    """Download the archive that requirements/production.txt names, and check its hash."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    locked = (ROOT / "requirements" / "production.txt").read_text()
    block = re.search(r"^django==(?:.*\\\n)*.*\n", locked, re.MULTILINE)
    assert block is not None
    wanted = FOLDER / "django.txt"
    wanted.write_text(block.group())
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary=django",
    ]
    command += [
        "--no-build-isolation",
        "--require-hashes",
        "--requirement",
        str(wanted),
        "--dest",
        str(FOLDER),
    ]
    subprocess.run(command, check=True)
