"""Pictures for tests."""

import io

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


def result(key: str, **fields: object) -> dict[str, object]:
    """Return the message that the image Lambda sends about an upload with finished renditions."""
    return {
        "version": 1,
        "key": key,
        "status": "done",
        "width": 400,
        "height": 300,
        "widths": [160, 320],
        "colour": "#008080",
        "preview": "data:image/webp;base64,AAAA",
    } | fields


def refusal(key: str, reason: str = "The file is empty.") -> dict[str, object]:
    return {"version": 1, "key": key, "status": "refused", "reason": reason}
