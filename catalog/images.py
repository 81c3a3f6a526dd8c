"""Pictures: where an upload goes, and what happens when the Lambda has made its renditions."""

import uuid
from pathlib import PurePosixPath
from typing import Any


def original_path(_instance: Any, filename: str) -> str:
    """Return the key of an upload: a new id each time, so that a replaced picture is never stale in a cache."""
    return f"uploads/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()}"
