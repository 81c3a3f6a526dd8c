"""Forms for the catalogue's admin pages."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.models import BaseInlineFormSet
from treebeard.forms import MoveNodeForm

from catalog.descriptions import clean_html
from catalog.images.pipeline import check_upload
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from shop.forms import LineField, column_field

PICTURE_TYPES = "image/jpeg,image/png,image/webp,image/avif"
OPTION_FIELDS = ("option_1", "option_2", "option_3")
# Staff may change every field of a variant but its stock, which orders may be changing at the same
# moment: see catalog/stock.py.
VARIANT_COLUMNS = [
    field.name for field in Variant._meta.concrete_fields if field.name not in {"id", "stock"}
]


class PicturesInput(forms.ClearableFileInput):
    """A file input that accepts several files."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures at once; each one is checked, and an error names its file."""

    widget = PicturesInput(attrs={"accept": PICTURE_TYPES})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(PicturesField, self).clean(file, initial) for file in given if file]
        errors = [f"{file.name}: {message}" for file in files for message in _faults(file)]
        if errors:
            raise ValidationError(errors)
        return files


def _faults(file: UploadedFile) -> list[str]:
    try:
        check_upload(file)
    except ValidationError as error:
        return error.messages
    return []


class CategoryChoiceField(forms.ModelChoiceField):
    """The category tree as a list in which each category is indented below its parent."""

    def label_from_instance(self, obj: Any) -> str:
        return "\u2003" * (obj.depth - 1) + obj.name


class ProductForm(forms.ModelForm):
    """A product, and pictures to add to it."""

    category = CategoryChoiceField(queryset=Category.objects.order_by("path"), required=False)
    new_images = PicturesField(
        label="Add pictures",
        required=False,
        help_text="JPEG, PNG, WebP or AVIF, at most 20 MB each; several at once if you like.",
    )

    class Meta:
        model = Product
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "description": forms.Textarea(attrs={"rows": 10}),
            "seo_description": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_description(self) -> str:
        """Remove everything that is not safe on our pages."""
        return clean_html(self.cleaned_data["description"])


class VariantForm(forms.ModelForm):
    """A variant, with one text field per option."""

    option_1 = LineField(required=False, max_length=255, label="Option 1")
    option_2 = LineField(required=False, max_length=255, label="Option 2")
    option_3 = LineField(required=False, max_length=255, label="Option 3")

    class Meta:
        model = Variant
        exclude = ("options",)  # noqa: DJ006 - the admin's fieldsets name the others

    def __init__(
        self,
        *args: Any,
        option_names: Sequence[str] | None = None,
        is_new_product: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        names = self.instance.product.option_names if option_names is None else option_names
        self.option_names = list(names)
        self._name_options(is_new_product)

    def _name_options(self, is_new_product: bool) -> None:
        """Label one field per option name, and hide the others.

        A product that is being created may have any options, so nothing is hidden.
        """
        for index, field_name in enumerate(OPTION_FIELDS):
            field = self.fields[field_name]
            if index < len(self.option_names):
                field.label = self.option_names[index]
                self.initial[field_name] = self.instance.options.get(self.option_names[index], "")
            elif not is_new_product:
                field.widget = forms.HiddenInput()

    def has_changed(self) -> bool:
        """Report a variant as changed also if its product's options were renamed."""
        renamed = bool(self.instance.pk) and not set(self.instance.options) <= set(
            self.option_names
        )
        return super().has_changed() or renamed

    def clean(self) -> dict[str, Any]:
        """Collect the options into the variant; refuse a value that has no name."""
        cleaned = super().clean() or self.cleaned_data
        values = [cleaned.get(field, "") for field in OPTION_FIELDS]
        for number in range(len(self.option_names), len(OPTION_FIELDS)):
            if values[number]:
                message = f"Name option {number + 1} of the product first, or leave this empty."
                self.add_error(OPTION_FIELDS[number], message)
        named = zip(self.option_names, values, strict=False)
        self.instance.options = {name: value for name, value in named if value}
        return cleaned


class VariantFormSet(BaseInlineFormSet):
    """The variants of a product."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Pass each form the option names that the product has or is about to have."""
        product = self.instance
        known = {"option_names": product.option_names, "is_new_product": product.pk is None}
        return super().get_form_kwargs(index) | known

    def clean(self) -> None:
        """Refuse two variants with the same options.

        The database would refuse them too, but without saying which ones.
        """
        super().clean()
        seen = set()
        for form in self.forms:
            if self._should_delete_form(form) or not (form.instance.pk or form.has_changed()):  # type: ignore[attr-defined]
                continue
            choice = frozenset(form.instance.options.items())
            if choice in seen:
                form.add_error(None, "Another variant has the same options; each needs its own.")
            seen.add(choice)

    def save(self, commit: bool = True) -> Any:
        """Save the variants.

        Variants that swap their options are first given temporary ones, because no two may have the
        same options at any moment.
        """
        moved = [
            form.instance.pk
            for form in self.initial_forms
            if set(OPTION_FIELDS) & set(form.changed_data)
        ]
        for pk in moved if commit and len(moved) > 1 else []:
            Variant.objects.filter(pk=pk).update(options={"": pk})
        return super().save(commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Save a variant without changing its stock."""
        variant = form.save(commit=False)
        if commit:
            variant.save(update_fields=VARIANT_COLUMNS)
        return variant


class VariantImageField(forms.ModelChoiceField):
    """A picture of the variant's own product."""

    def label_from_instance(self, obj: ProductImage) -> str:
        """Return the position and the alternative text."""
        return f"{obj.position}: {obj.alt or 'no text'}"


class CategoryForm(MoveNodeForm):
    """A category, and a picture for it."""

    new_picture = forms.FileField(
        label="Picture",
        required=False,
        help_text="JPEG, PNG, WebP or AVIF; it replaces the one that is there.",
        widget=forms.FileInput(attrs={"accept": PICTURE_TYPES}),
    )
    remove_picture = forms.BooleanField(label="Show no picture", required=False)

    def clean_new_picture(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["new_picture"]
        if file:
            check_upload(file)
        return file


class StockForm(forms.Form):
    """A counted stock level, or the number of units that came in or went out."""

    kind = forms.ChoiceField(
        label="What happened",
        choices=[
            ("change", "Some came in, or went (minus)"),
            ("count", "I counted them: so many are there"),
        ],
        widget=forms.RadioSelect,
        initial="change",
    )
    quantity = forms.IntegerField(label="How many", min_value=-1_000_000, max_value=1_000_000)
    note = column_field(
        StockMovement, "note", label="Why", required=True, help_text="The ledger keeps it."
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a negative count."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "count" and cleaned.get("quantity", 0) < 0:
            self.add_error("quantity", "There cannot be less than none.")
        return cleaned
