"""`manage.py images`: pictures that failed, lack a width, or do not match the bucket.

A picture fails if it could not be fetched or processed.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.images.audit import audit
from catalog.images.pipeline import retry_images
from catalog.images.renditions import OriginalGone, originals_lacking_widths, render_again
from catalog.models import ProductImage


class Command(BaseCommand):
    """List or retry failed pictures, render missing widths, or audit all pictures."""

    help = (
        "Lists the pictures that failed, has them tried again, has renditions made at widths that "
        "were added later, or compares all with what is in the bucket."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="list the pictures that failed, and why")
        retry = actions.add_parser("retry", help="fetch and process pictures again")
        retry.add_argument(
            "ids", nargs="*", type=int, metavar="ID", help="as `images list` shows them"
        )
        retry.add_argument(
            "--all", action="store_true", help="every picture that failed or got stuck"
        )
        render = actions.add_parser(
            "render", help="have renditions made of pictures that are in the shop already"
        )
        render.add_argument(
            "--missing",
            action="store_true",
            required=True,
            help="of those that lack a width, such as one that was added since",
        )
        render.add_argument("--dry-run", action="store_true", help="only say how many there are")
        check = actions.add_parser(
            "audit", help="compare rows, uploads and renditions; exit with 1 if they differ"
        )
        check.add_argument(
            "--fix",
            action="store_true",
            help="repair what differs: render again, mark as failed, delete orphans",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list()
        elif options["action"] == "audit":
            self._audit(fix=options["fix"])
        elif options["action"] == "render":
            self._render_missing(dry_run=options["dry_run"])
        else:
            self._retry(options["ids"], every=options["all"])

    def _list(self) -> None:
        failed = (
            ProductImage.objects.filter(status=ProductImage.Status.FAILED)
            .select_related("product")
            .order_by("pk")
        )
        for image in failed.iterator():
            address = image.source_url or image.original.name
            self.stdout.write(f"{image.pk}  {image.product.slug}  {address}\n    {image.error}")
        self.stdout.write(f"{failed.count()} failed.")

    def _retry(self, ids: list[int], *, every: bool) -> None:
        if bool(ids) == every:
            raise CommandError("Name the pictures by their ids, or say --all.")
        images = ProductImage.objects.all() if every else ProductImage.objects.filter(pk__in=ids)
        self.stdout.write(f"{retry_images(images)} will be tried again within a minute.")

    def _render_missing(self, *, dry_run: bool) -> None:
        count = sum(1 for _key in originals_lacking_widths())
        self.stdout.write(f"{count} pictures lack a width.")
        if count and not dry_run:
            asked = sum(map(self._render_again, originals_lacking_widths()))
            self.stdout.write(f"{asked} are rendered again; their renditions follow.")

    def _render_again(self, key: str) -> bool:
        try:
            render_again(key)
        except OriginalGone:
            self.stderr.write(f"{key} is gone: its picture stays as it is.")
            return False
        return True

    def _audit(self, *, fix: bool) -> None:
        count = 0
        for fault in audit():
            count += 1
            self.stdout.write(fault.text)
            if fix:
                fault.repair()
        if count and not fix:
            raise CommandError(f"{count} do not match. Mend them with: images audit --fix")
        self.stdout.write(
            f"{count} mended; renditions follow within seconds." if count else "Everything matches."
        )
