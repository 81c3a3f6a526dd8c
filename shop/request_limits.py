"""How much a request may send, decided by its headers before any of it is read.

What a form or a webhook takes is small. Only staff may send more, on pages of the admin, and files
only where a form has a field for them.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import SuspiciousMultipartForm
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

#: The most that a page takes from anybody. The longest form of the shop has some 10 KB.
PAGE_BYTES = 100_000

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes(most: int) -> Callable[[View], View]:
    """Let a view take bodies of up to `most` bytes from anybody."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


class RequestLimitMiddleware:
    """Refuses bodies that are too large, and files where no form takes any."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A body of unknown length: Django would take it for none, and nothing of ours sends one.
        if request.headers.get("Transfer-Encoding"):
            return HttpResponse(status=HTTPStatus.LENGTH_REQUIRED)
        # PostgreSQL refuses a NUL in any text. In bodies the fields of forms do.
        if "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Check the size before CsrfViewMiddleware reads the body for its token."""
        size = _announced_bytes(request)
        if size <= PAGE_BYTES and not _has_files(request):
            return None
        model_admin = getattr(view, "model_admin", None)
        most = getattr(view, "most_bytes", PAGE_BYTES)
        if model_admin and request.user.is_staff:
            most = max(most, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            if files := getattr(model_admin, "most_upload_bytes", 0):
                most = max(most, files)
                request.upload_handlers = [
                    MemoryFileUploadHandler(request),
                    TemporaryFileUploadHandler(request),
                ]
        if size <= most:
            return None
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _announced_bytes(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # as Django reads it


def _has_files(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


class RefuseFiles(FileUploadHandler):
    """Refuses any file; settings.FILE_UPLOAD_HANDLERS has it for all pages without such a field."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Raise SuspiciousMultipartForm, which becomes a 400 response."""
        raise SuspiciousMultipartForm("A file was sent to a page that takes none.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None
