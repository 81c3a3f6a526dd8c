"""What a file says of products, checked, and not yet in the database."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ImportedImage:
    """A picture, known by the address to fetch it from; `fields` are columns of ProductImage."""

    url: str
    fields: dict[str, Any]


@dataclass
class ImportedVariant:
    """A variant; `fields` are columns of Variant, and what the file does not say is not among them.

    line: where the file says it
    stock: the level to set, None to leave it
    image_url: the picture that shows this variant, "" for none
    """

    line: int
    options: dict[str, str]
    fields: dict[str, Any]
    stock: int | None = None
    image_url: str = ""

    @property
    def sku(self) -> str | None:
        """Return the SKU, if the file gives one."""
        return self.fields.get("sku")


@dataclass
class ImportedProduct:
    """A product; `fields` are columns of Product, and what the file does not say is not among them.

    line: where the file begins to speak of it
    complete: whether none of its rows was skipped
    """

    line: int
    slug: str
    fields: dict[str, Any]
    variants: list[ImportedVariant] = field(default_factory=list)
    images: list[ImportedImage] = field(default_factory=list)
    complete: bool = True

    def add_image(self, image: ImportedImage) -> None:
        """Add a picture; where it is there already, what was said first stays and what was not said
        is added.
        """
        for known in self.images:
            if known.url == image.url:
                said = {name: value for name, value in known.fields.items() if value != ""}
                known.fields = image.fields | said
                return
        self.images.append(image)

    def place_images(self) -> None:
        """Give the pictures without a position the places behind the others."""
        last = max((image.fields.get("position", 0) for image in self.images), default=0)
        for image in self.images:
            if "position" not in image.fields:
                last += 1
                image.fields["position"] = last

    def drop(self, variant: ImportedVariant) -> None:
        """Leave a variant out; with the one of the first row goes the whole product."""
        self.complete = False
        if variant.line == self.line:
            self.variants.clear()
        elif variant in self.variants:
            self.variants.remove(variant)
