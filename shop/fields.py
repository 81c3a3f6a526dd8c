"""Columns for text that people write. Each brings its form field, so that no form can forget it.

The database sees Django's own columns. Values are cleaned where they are validated, by forms and by
full_clean(); a query or a save doesn't change them.
"""

from typing import Any

from django.db import models

from shop import forms


class CleanedColumn(models.Field):
    """The base of the columns below: `form_class` cleans what forms submit."""

    form_class: type[forms.CleanedField]

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the clean value; raises ValidationError if it doesn't fit."""
        cleaned = self.formfield().to_python(value) if isinstance(value, str) else value
        return super().clean(cleaned, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field that cleans its value."""
        return super().formfield(**{"form_class": self.form_class} | kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return Django's own column for migrations, which know nothing of forms."""
        name, _path, args, kwargs = super().deconstruct()
        column = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        return name, f"django.db.models.{column.__name__}", args, kwargs


class LineField(CleanedColumn, models.CharField):
    """A single line of text."""

    form_class = forms.LineField


class NoteField(CleanedColumn, models.CharField):
    """Text of several lines with a limit that the database keeps too."""

    form_class = forms.TextField


class TextField(CleanedColumn, models.TextField):
    """Text of several lines."""

    form_class = forms.TextField


class NumberField(CleanedColumn, models.CharField):
    """A line of digits and signs, such as a phone number."""

    form_class = forms.NumberField


class CodeField(CleanedColumn, models.CharField):
    """A code that people copy, such as a voucher's."""

    form_class = forms.CodeField


class SlugField(CleanedColumn, models.SlugField):
    """The part of an address that names something."""

    form_class = forms.SlugField


class URLField(CleanedColumn, models.URLField):
    """The address of a web page."""

    form_class = forms.URLField


class EmailField(CleanedColumn, models.EmailField):
    """An email address that mail can be sent to."""

    form_class = forms.EmailField
