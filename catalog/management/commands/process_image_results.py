"""`manage.py process_image_results`: the worker that reads the image Lambda's results."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.images.results import ResultQueue
from shop.worker import Step, Worker


class Command(BaseCommand):
    """Read results until SIGTERM. Any number of these workers may run."""

    help = (
        "Marks uploaded pictures as ready or refused, as the image Lambda says, until it is told "
        "to stop."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker("process_image_results")
        queue = ResultQueue()

        def work_through_queue() -> None:
            queue.require_database()
            with worker.waiting():
                messages = queue.receive()
            queue.work_through(messages)

        # No pause is needed between calls: receiving waits while the queue is empty.
        worker.run(Step("process_image_results", work_through_queue))
