"""The products of a file, checked but not yet in the database."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ImportedImage:
    """A picture, identified by its source URL; `fields` are columns of ProductImage."""

    url: str
    fields: dict[str, Any]


@dataclass
class ImportedVariant:
    """A variant; `fields` are the columns of Variant that the file sets.

    line: where it is in the file
    stock: the level to set, None to leave it unchanged
    image_url: the picture that shows this variant, "" for none
    """

    line: int
    options: dict[str, str]
    fields: dict[str, Any]
    stock: int | None = None
    image_url: str = ""

    @property
    def sku(self) -> str | None:
        """Return the SKU, or None if the file has none."""
        return self.fields.get("sku")


@dataclass
class ImportedProduct:
    """A product; `fields` are the columns of Product that the file sets.

    line: where it begins in the file
    complete: whether none of its rows was skipped
    """

    line: int
    slug: str
    fields: dict[str, Any]
    variants: list[ImportedVariant] = field(default_factory=list)
    images: list[ImportedImage] = field(default_factory=list)
    complete: bool = True

    def add_image(self, image: ImportedImage) -> None:
        """Add a picture, or complete the one with the same URL.

        Values that are already set are kept; those that are not are added.
        """
        for known in self.images:
            if known.url == image.url:
                said = {name: value for name, value in known.fields.items() if value != ""}
                known.fields = image.fields | said
                return
        self.images.append(image)

    def place_images(self) -> None:
        """Give pictures without a position the positions after the others."""
        last = max((image.fields.get("position", 0) for image in self.images), default=0)
        for image in self.images:
            if "position" not in image.fields:
                last += 1
                image.fields["position"] = last

    def drop(self, variant: ImportedVariant) -> None:
        """Leave a variant out; dropping the one in the first row drops the whole product."""
        self.complete = False
        if variant.line == self.line:
            self.variants.clear()
        elif variant in self.variants:
            self.variants.remove(variant)
