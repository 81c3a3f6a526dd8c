"""A member of staff who is logged in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.factories import make_staff


@pytest.fixture
def staff(client: Client) -> Client:
    """Return a browser of staff."""
    client.force_login(make_staff())
    return client


def picture(name: str = "pot.jpg", size: tuple[int, int] = (300, 200)) -> SimpleUploadedFile:
    """Return an upload that is a picture."""
    data = io.BytesIO()
    Image.new("RGB", size, "#1f6f5c").save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")
