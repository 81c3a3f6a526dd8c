"""Every domain error has a code of its own, on which programs may rely."""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from shop.errors import DomainError

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "carts", "catalog", "orders")
#: Exceptions without a code: they are caught where they are raised, or only commands and staff see
#: them.
INTERNAL = {
    "catalog.images.download.FetchError",
    "catalog.images.pipeline.UnknownUpload",
    "catalog.images.renditions.OriginalGone",
    "catalog.importers.report.ImportRefused",
    "catalog.importers.report.BadRow",
    "orders.payments.providers.stripe.AmountRefused",
    "accounts.sessions.SessionTooLarge",
}


def exceptions() -> dict[str, type[BaseException]]:
    """Return every exception class that our apps define, by its dotted name."""
    found = {}
    for path in [path for app in APPS for path in (ROOT / app).rglob("*.py")]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            kind = (
                getattr(importlib.import_module(name), node.name)
                if isinstance(node, ast.ClassDef)
                else None
            )
            if isinstance(kind, type) and issubclass(kind, BaseException):
                found[f"{name}.{kind.__name__}"] = kind
    return found


def concrete(kind: type[DomainError]) -> list[type[DomainError]]:
    below = [each for child in kind.__subclasses__() for each in concrete(child)]
    return below if "code" not in vars(kind) else [kind, *below]


def test_every_exception_of_the_apps_is_an_error_of_the_domain_or_known_to_be_internal() -> None:
    others = {name for name, kind in exceptions().items() if not issubclass(kind, DomainError)}
    assert others == INTERNAL


def test_each_has_a_code_that_no_other_has() -> None:
    exceptions()  # imports all modules that define one
    kinds = concrete(DomainError)
    assert len(kinds) >= 15
    codes = Counter(kind.code for kind in kinds)
    assert [code for code, count in codes.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
