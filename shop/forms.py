"""Form fields for text that people write: cleaned first (shop/text.py), then checked and counted.

Forms of models get them from the columns (shop/fields.py). Other forms name the column in which a
value ends up, see column_field(), so that no limit is written twice. The form walk
(tests/form_walk/) refuses a text field of any other class.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from shop.email_address import MAX_LENGTH, InvalidEmail, clean_email
from shop.text import clean_code, clean_line, clean_number, clean_text


class CleanedField(forms.CharField):
    """A text field whose value passes through `cleaner`; the base of all below."""

    default_error_messages = {
        "max_length": "Enter at most %(limit_value)d characters (this has %(show_value)d).",
    }

    @staticmethod
    def cleaner(text: str) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """Return the clean text, or what the field takes for empty."""
        return super().to_python(self.cleaner(value) if isinstance(value, str) else value)


class LineField(CleanedField):
    """A single line of text."""

    cleaner = staticmethod(clean_line)


class TextField(CleanedField):
    """Text of several lines."""

    widget = forms.Textarea
    cleaner = staticmethod(clean_text)


class NumberField(CleanedField):
    """A line of digits and signs, such as a phone number."""

    cleaner = staticmethod(clean_number)


class CodeField(CleanedField):
    """A code that people copy, such as a voucher's."""

    cleaner = staticmethod(clean_code)


class SlugField(CleanedField, forms.SlugField):
    """The part of an address that names something."""

    cleaner = staticmethod(clean_line)


class URLField(CleanedField, forms.URLField):
    """The address of a web page."""

    cleaner = staticmethod(clean_line)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https"} | kwargs)


class EmailField(CleanedField, forms.EmailField):
    """An email address that mail can be sent to, in the form in which the shop keeps it."""

    cleaner = staticmethod(clean_line)
    # clean_email() knows more than Django's pattern, which takes IP addresses and `localhost`.
    default_validators: list[Any] = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_LENGTH} | kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the address; raises ValidationError with what is wrong with it."""
        text = super().to_python(value)
        try:
            return clean_email(text) if text else text
        except InvalidEmail as error:
            raise ValidationError(str(error), code="invalid") from error


def column_field(model: type[models.Model], name: str, **kwargs: Any) -> Any:
    """Return the form field of a column, for a form that isn't the model's own.

    `kwargs` are those of the form field; the limits are the column's.
    """
    column: Any = model._meta.get_field(name)
    field = column.formfield(**kwargs)
    field.column = column
    return field
