"""What the cart's forms may send."""

from django import forms

from carts.cart import MAX_QUANTITY


class AddForm(forms.Form):
    """Adds a variant; `operation` is made by the page, so that a double click counts once."""

    variant = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, initial=1)
    operation = forms.RegexField(r"^[0-9a-f-]{8,64}$")
    gift_wrap = forms.BooleanField(required=False)


class LineForm(forms.Form):
    """Names a line of the cart."""

    line = forms.RegexField(r"^(later#)?[0-9]{1,19}#[0-9]{1,19}$")


class QuantityForm(LineForm):
    """Sets a line; 0 removes it."""

    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY)


class GiftWrapForm(LineForm):
    """Asks for a line to be gift-wrapped, or not."""

    gift_wrap = forms.BooleanField(required=False)
