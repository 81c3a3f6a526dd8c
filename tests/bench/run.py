"""Measure on the stack that the environment names, and print the tables."""

import os
from contextlib import ExitStack

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from tests.bench import measuring, report  # noqa: E402 - models can be imported from here on
from tests.bench.arguments import parser  # noqa: E402
from tests.bench.server import make_database, manage, production, serving  # noqa: E402


def main() -> None:
    """Prepare a database and a server for each catalogue size, then measure page after page."""
    arguments = parser().parse_args()
    pages = report.chosen(arguments.pages)
    sizes = [int(text) for text in arguments.products.split(",")]
    with ExitStack() as stack:
        servers = []
        for size in sizes:
            environment = production(make_database(f"bench_{size}"), arguments.data)
            manage(
                environment,
                "shell",
                "-v0",
                "-c",
                f"from tests.bench.catalogue import prepare; prepare({size})",
            )
            servers.append(stack.enter_context(serving(environment, arguments.data)))
        results = [
            measuring.measure(page, servers, rounds=arguments.rounds, requests=arguments.requests)
            for page in pages
        ]
    report.show(results, sizes)


if __name__ == "__main__":
    main()
