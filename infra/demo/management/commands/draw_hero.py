"""`manage.py draw_hero`: for developers, after a change to infra/demo/drawing/stills.py."""

import io
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image

from infra.demo.art import draw_hero

FOLDER = settings.BASE_DIR / "shop" / "static" / "img"
WIDTHS = (800, 1280, 1920)
# Drawn larger than shown, so that the grain of the drawing does not cost bytes.
DRAWN = 2880


class Command(BaseCommand):
    """Draw the start page's wide picture anew, as `shop/static/img/hero-<width>.webp`."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the widths that templates/catalog/home.html names."""
        original = Image.open(io.BytesIO(draw_hero(DRAWN)))
        for width in WIDTHS:
            picture = original.resize((width, original.height * width // original.width), Image.Resampling.LANCZOS)
            path = FOLDER / f"hero-{width}.webp"
            picture.save(path, "WEBP", quality=76, method=6)
            self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {path.stat().st_size:,} bytes")
