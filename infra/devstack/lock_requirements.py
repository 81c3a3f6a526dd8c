"""Compile requirements/*.in with uv: pinned, with hashes, for every platform.

The compiled files contain no download addresses.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--quiet",
)


def main() -> None:
    """Compile every file with the installed uv, or with one in a temporary environment."""
    with tempfile.TemporaryDirectory() as scratch:
        uv = shutil.which("uv") or _throwaway_uv(Path(scratch))
        folders = [ROOT / "requirements", *sorted((ROOT / "infra" / "lambdas").glob("*/"))]
        for source in [path for folder in folders for path in sorted(folder.glob("*.in"))]:
            target = source.with_suffix(".txt")
            print(f"trivet: compiling {target.relative_to(ROOT)}", flush=True)
            names = [path.relative_to(ROOT) for path in (source, target)]
            command = [uv, "pip", "compile", *FLAGS, str(names[0]), "--output-file", str(names[1])]
            subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, check=True)


def _throwaway_uv(folder: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
        check=True,
    )
    return str(folder / "bin" / "uv")


if __name__ == "__main__":
    main()
