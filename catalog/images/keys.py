"""The keys of uploads in the bucket.

The models and their migrations import this module, so it must not import any of our own.
"""

import uuid
from pathlib import PurePosixPath
from typing import Any

#: The suffixes that the image Lambda accepts. It determines a file's type from the content, so a
#: wrong suffix does no harm.
SUFFIXES = {".jpg": ".jpg", ".jpeg": ".jpg", ".png": ".png", ".webp": ".webp", ".avif": ".avif"}

#: The content types of the files that we accept, and the suffixes of their keys.
SUFFIX_OF_TYPE = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
}


def original_path(_instance: Any, filename: str) -> str:
    """Return the key for an upload.

    It has a new id each time, so that no cache shows an old picture after it was replaced.
    """
    suffix = PurePosixPath(filename).suffix.lower()
    return f"uploads/{uuid.uuid4().hex}{SUFFIXES.get(suffix, '.jpg')}"
