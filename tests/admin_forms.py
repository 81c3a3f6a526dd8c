"""Fills in the forms of the admin as a browser does."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import MultiWidget
from django.test import Client
from PIL import Image


def filled(client: Client, url: str) -> dict[str, Any]:
    """Return what a browser would send if somebody opened the page and pressed Save."""
    context = client.get(url).context
    data: dict[str, Any] = {}
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(field.field.widget, MultiWidget):
                for number, part in enumerate(field.field.widget.decompress(value)):
                    data[f"{field.html_name}_{number}"] = "" if part is None else part
            elif value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = field.field.prepare_value(value)
    return data


def picture(name: str = "pot.jpg", size: tuple[int, int] = (300, 200)) -> SimpleUploadedFile:
    """Return an uploaded file that contains a picture."""
    data = io.BytesIO()
    Image.new("RGB", size, "#1f6f5c").save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")
