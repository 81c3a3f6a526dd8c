"""Measure on the stack that the environment names.

The arguments are the number of uploads and a size such as 1600x1200.
"""

import io
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

import psutil  # noqa: E402 - models can be imported from here on
from django.core.management import call_command  # noqa: E402
from PIL import Image  # noqa: E402
from urllib3 import encode_multipart_formdata  # noqa: E402

from catalog.images.uploads import begin_uploads  # noqa: E402
from catalog.models import Product, ProductImage  # noqa: E402
from shop.storages import product_images  # noqa: E402

KINDS = 4
BROWSERS = 4
PATIENCE = 600


@dataclass
class Watch:
    """What the results worker and the emulator with its Lambdas have cost since this was made."""

    processes: list[psutil.Process]
    most_memory: int = 0
    cpu: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        """Add up the current memory, and remember the CPU time of processes that may end."""
        memory = 0
        for each in [
            each for top in self.processes for each in (top, *top.children(recursive=True))
        ]:
            try:
                memory += each.memory_info().rss
                times = each.cpu_times()
            except psutil.NoSuchProcess:
                continue
            self.cpu[each.pid] = times.user + times.system
        self.most_memory = max(self.most_memory, memory)


def photograph(width: int, height: int, seed: int) -> bytes:
    """Return a JPEG with the grain and the soft shapes of a photograph.

    These are what takes an encoder's time.
    """
    shapes = Image.effect_mandelbrot((width, height), (-2 + seed / 9, -1.5, 1, 1.5), 60).convert(
        "RGB"
    )
    clouds = [
        Image.effect_noise((width // 8, height // 8), 90).resize((width, height)) for _ in range(3)
    ]
    grain = Image.merge("RGB", [Image.effect_noise((width, height), 12)] * 3)
    picture = Image.blend(Image.blend(shapes, Image.merge("RGB", clouds), 0.5), grain, 0.2)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def post(image: ProductImage, content: bytes) -> None:
    """Upload a picture as a browser does."""
    form = product_images().sign_post(str(image.original), "image/jpeg")
    body, content_type = encode_multipart_formdata(
        {**form["fields"], "file": ("photo.jpg", content)}
    )
    request = urllib.request.Request(form["url"], body, {"Content-Type": content_type})  # noqa: S310 - our own address
    with urllib.request.urlopen(request) as response:  # noqa: S310
        response.read()


@contextmanager
def results_worker() -> Iterator[psutil.Process]:
    """Run the worker that reads the results of the Lambda."""
    with subprocess.Popen([sys.executable, "manage.py", "process_image_results"]) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def emulator() -> psutil.Process:
    """Return the emulator of this stack, a child of the process that started us."""
    siblings = psutil.Process(os.getppid()).children(recursive=True)
    return next(
        each for each in siblings if any("emulator_main" in part for part in each.cmdline())
    )


def prepare(uploads: int) -> list[ProductImage]:
    """Create the tables, and products that have one row for a picture each."""
    call_command("migrate", verbosity=0)
    Product.objects.all().delete()
    products = [
        Product(name=f"Product {number}", slug=f"product-{number}") for number in range(uploads)
    ]
    return [
        begin_uploads(product, ["image/jpeg"])[0]
        for product in Product.objects.bulk_create(products)
    ]


def wait(images: list[ProductImage], watch: Watch, started: float) -> None:
    """Return once all images are ready. Exits after PATIENCE seconds."""
    rows = ProductImage.objects.filter(pk__in=[image.pk for image in images])
    while left := rows.exclude(status=ProductImage.Status.READY).count():
        watch.look()
        if time.monotonic() - started > PATIENCE:
            sys.exit(f"{left} pictures are not ready after {PATIENCE} s")
        time.sleep(0.5)


def main() -> None:
    """Upload, wait, and print the results."""
    uploads, (width, height) = int(sys.argv[1]), map(int, sys.argv[2].split("x"))
    pictures = [photograph(width, height, seed) for seed in range(KINDS)]
    images = prepare(uploads)
    with results_worker() as worker, ThreadPoolExecutor(BROWSERS) as browsers:
        time.sleep(5)
        watch = Watch([emulator(), worker])
        watch.look()
        before = sum(watch.cpu.values())
        started = time.monotonic()
        sent = list(browsers.map(post, images, cycle(pictures)))
        uploaded = time.monotonic() - started
        wait(images, watch, started)
        seconds = time.monotonic() - started
        watch.look()
    cpu = sum(watch.cpu.values()) - before
    size = sum(map(len, pictures)) / KINDS / 1000
    made = sum(map(len, ProductImage.objects.values_list("widths", flat=True)))
    print(f"{len(sent)} uploads of {width}x{height} ({size:.0f} KB) were sent in {uploaded:.1f} s")
    print(f"all ready after {seconds:.1f} s, with {made} renditions")
    print(f"CPU {cpu:.0f} s, {cpu / uploads:.2f} s a picture: {cpu / 2:.0f} s on two free cores")
    print(
        f"at most {watch.most_memory / 1e6:.0f} MB in the emulator, its Lambdas and the results "
        "worker"
    )
    print("load average", *(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
