"""A form field that asks for a country."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from shop.countries import COUNTRIES, in_sentence

Choices = tuple[tuple[str, str], ...]


class CountrySelect(forms.Select):
    """A <select> whose options are made once: Django renders a template for each of 250."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {})))
        options = _options_html(tuple(self.choices))
        option = f'<option value="{escape(value or "")}"'
        chosen = options.replace(option, f"{option} selected", 1)
        return format_html("<select{}>{}</select>", attributes, SafeString(chosen))


@lru_cache(maxsize=8)
def _options_html(choices: Choices) -> str:
    return "".join(
        f'<option value="{escape(code)}">{escape(name)}</option>' for code, name in choices
    )


class CountryField(forms.ChoiceField):
    """Asks for a country: all of them, or those of the codes in `offer()`."""

    widget = CountrySelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(COUNTRIES)

    def offer(self, codes: Iterable[str]) -> None:
        """Offer some countries, in alphabetical order."""
        offered = set(codes)
        named = [(code, name) for code, name in COUNTRIES.items() if code in offered]
        self.choices = [("", "Choose a country"), *named]

    def validate(self, value: Any) -> None:
        """Refuse a country that is not offered in words of its own."""
        if value in COUNTRIES and not self.valid_value(value):
            raise ValidationError(f"Sorry, we don't deliver to {in_sentence(value)} yet.")
        super().validate(value)
