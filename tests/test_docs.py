"""The documentation names files, commands and variables that exist, and leaves no variable out."""

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}
FILE = re.compile(r"[\w*-]+\.(css|html|in|js|json|md|py|toml|txt)")
#: Named because they must not exist.
BANNED = {"utils.py", "services.py"}


def files() -> set[str]:
    """Return the names of our files."""
    own = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")]
    return {path.name for path in [*own, *ROOT.glob("*.*")]}


def missing_paths(text: str) -> Iterator[str]:
    """Yield the paths in backticks that do not exist; `<name>` stands for any."""
    names = files()
    for code in set(re.findall(r"`([^`\s]+)`", text)) - BANNED:
        path = re.sub(r"<\w+>", "*", code)
        if path.split("/")[0] in FOLDERS and "/" in path:
            if not any(ROOT.glob(path.rstrip("/"))):
                yield code
        elif FILE.fullmatch(path) and not fnmatch.filter(names, path):
            yield code


def missing_links(text: str, page: Path) -> Iterator[str]:
    """Yield the relative links that lead nowhere."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target and not (page.parent / target).exists():
            yield target


def unknown_commands(text: str) -> set[str]:
    """Return the commands of manage.py that do not exist."""
    return set(re.findall(r"manage\.py ([a-z]\w*)", text)) - get_commands().keys()


def variables(source: str) -> set[str]:
    """Return the environment variables that the settings read."""
    return set(re.findall(r"""\benv\.\w+\(\s*"([A-Z]\w+)\"""", source))


def undocumented(source: str, table: str) -> set[str]:
    """Return the variables that are in no first cell of a table."""
    cells = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))
    return variables(source) - set(re.findall(r"`(\w+)`", cells))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_what_exists(page: Path) -> None:
    text = page.read_text()
    assert [*missing_paths(text), *missing_links(text, page), *unknown_commands(text)] == []


def test_every_variable_of_the_settings_is_documented() -> None:
    source = (ROOT / "shop" / "settings.py").read_text()
    assert len(variables(source)) > 30
    assert undocumented(source, (ROOT / "docs" / "configuration.md").read_text()) == set()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see `orders/drills/`", "orders/drills/"),
        ("see `orders/paying.py`", "orders/paying.py"),
        ("see `tests/<name>/test_paying.py`", "tests/<name>/test_paying.py"),
        ("see `paying.py`", "paying.py"),
        ("see [it](docs/paying.md)", "docs/paying.md"),
        ("run `manage.py shelve --all`", "shelve"),
    ],
)
def test_it_would_notice_what_is_not_there(text: str, named: str) -> None:
    found = [
        *missing_paths(text),
        *missing_links(text, ROOT / "README.md"),
        *unknown_commands(text),
    ]
    assert found == [named]


@pytest.mark.parametrize(
    "source",
    [
        'env.read("SHOP_MOTTO", kinds.line(10, "x"), "")',
        'env.require(\n    "SHOP_MOTTO", kinds.bucket\n)',
    ],
)
def test_it_would_notice_a_variable_that_is_not_documented(source: str) -> None:
    assert undocumented(source, "| `SHOP_NAME` | the `SHOP_MOTTO` |") == {"SHOP_MOTTO"}
