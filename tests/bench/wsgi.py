"""The WSGI application of the benchmark: the shop, and the bare views with standard middleware.

A request with the header `X-Bench-Count` is answered with the calls that it made. Other requests
are not affected.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from tests.bench.counting import counted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

shop = get_wsgi_application()

from tests.bench.bare import MIDDLEWARE  # noqa: E402 - models can be imported from here on

with override_settings(MIDDLEWARE=MIDDLEWARE):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = bare if environ["PATH_INFO"].startswith("/bare/") else shop
    if "HTTP_X_BENCH_COUNT" not in environ:
        return handler(environ, start_response)
    with counted() as calls:

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told = [
                ("X-Bench-Sql", str(len(calls.shop_sql))),
                ("X-Bench-Dynamodb", " ".join(calls.dynamodb)),
            ]
            return start_response(status, [*headers, *told], *rest)

        return handler(environ, start)
