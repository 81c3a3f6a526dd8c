"""Where an upload goes in the bucket.

Imported by the models and their migrations, so it imports nothing of ours.
"""

import uuid
from pathlib import PurePosixPath
from typing import Any

#: The suffixes that the image Lambda takes; it judges a file by what is in it, so an odd name does
# no harm.
SUFFIXES = {".jpg": ".jpg", ".jpeg": ".jpg", ".png": ".png", ".webp": ".webp", ".avif": ".avif"}

#: What a browser calls a file that we take, and the suffix of its key.
SUFFIX_OF_TYPE = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
}


def original_path(_instance: Any, filename: str) -> str:
    """Return the key of an upload: a new id each time, so that a replaced picture is never stale in
    a cache.
    """
    suffix = PurePosixPath(filename).suffix.lower()
    return f"uploads/{uuid.uuid4().hex}{SUFFIXES.get(suffix, '.jpg')}"
