"""`manage.py images`: the pictures that could not be fetched or processed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.images import retry_images
from catalog.models import ProductImage


class Command(BaseCommand):
    """List failed pictures, or have them tried again."""

    help = "Lists the pictures that failed, or has them tried again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `list` and `retry`."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="list the pictures that failed, and why")
        retry = actions.add_parser("retry", help="fetch and process pictures again")
        retry.add_argument("ids", nargs="*", type=int, metavar="ID", help="as `images list` shows them")
        retry.add_argument("--all", action="store_true", help="every picture that failed or got stuck")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the action."""
        if options["action"] == "list":
            self._list()
        else:
            self._retry(options["ids"], every=options["all"])

    def _list(self) -> None:
        failed = ProductImage.objects.filter(status=ProductImage.Status.FAILED).select_related("product").order_by("pk")
        for image in failed.iterator():
            address = image.source_url or image.original.name
            self.stdout.write(f"{image.pk}  {image.product.slug}  {address}\n    {image.error}")
        self.stdout.write(f"{failed.count()} failed.")

    def _retry(self, ids: list[int], *, every: bool) -> None:
        if bool(ids) == every:
            raise CommandError("Name the pictures by their ids, or say --all.")
        images = ProductImage.objects.all() if every else ProductImage.objects.filter(pk__in=ids)
        self.stdout.write(f"{retry_images(images)} will be tried again within a minute.")
