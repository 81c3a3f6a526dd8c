"""The shop's colours, and how light and shade change them: lights turn warm, shadows turn cool."""

RGB = tuple[int, int, int]

COLOURS: dict[str, RGB] = {
    "chalk": (246, 242, 234),
    "cream": (243, 232, 210),
    "oat": (228, 213, 187),
    "sand": (214, 190, 154),
    "stone": (186, 178, 167),
    "charcoal": (66, 66, 71),
    "ink": (46, 58, 84),
    "navy": (41, 62, 104),
    "sky": (143, 178, 201),
    "mist": (190, 208, 214),
    "teal": (52, 112, 116),
    "forest": (48, 84, 68),
    "moss": (112, 130, 82),
    "sage": (160, 178, 148),
    "olive": (128, 122, 70),
    "mustard": (217, 164, 65),
    "butter": (241, 211, 132),
    "apricot": (236, 171, 122),
    "terracotta": (200, 107, 74),
    "rust": (170, 78, 52),
    "brick": (156, 66, 58),
    "coral": (222, 117, 100),
    "blush": (232, 190, 176),
    "rose": (208, 146, 142),
    "plum": (106, 62, 84),
    "lilac": (184, 172, 204),
    "oak": (211, 168, 116),
    "ash": (226, 196, 154),
    "walnut": (128, 84, 56),
    "cork": (204, 160, 110),
    "brass": (203, 163, 86),
    "copper": (198, 124, 86),
    "steel": (178, 184, 190),
    "iron": (62, 61, 64),
    "glass": (206, 222, 220),
    "amber": (176, 98, 40),
    "leaf": (88, 128, 78),
    "fern": (62, 104, 74),
    "paper": (250, 245, 235),
    "wax": (240, 206, 132),
    "soil": (76, 58, 48),
    "leather": (168, 104, 62),
    "flame": (255, 216, 140),
}

WARM_LIGHT = (255, 249, 236)
GLOW = (255, 224, 160)


def rgb(colour: "str | RGB") -> RGB:
    """The colour of that palette name; a colour is returned as it is. Raises KeyError for an unknown name."""
    return COLOURS[colour] if isinstance(colour, str) else colour


def mix(one: RGB, other: RGB, amount: float) -> RGB:
    """`one` with `amount` (0 to 1) of `other` in it."""
    return (
        round(one[0] + (other[0] - one[0]) * amount),
        round(one[1] + (other[1] - one[1]) * amount),
        round(one[2] + (other[2] - one[2]) * amount),
    )


def tint(colour: RGB, amount: float) -> RGB:
    """The colour in more light."""
    return mix(colour, WARM_LIGHT, amount)


def shade(colour: RGB, amount: float) -> RGB:
    """The colour in the shade: darker, and a little cooler."""
    return mix(colour, (round(colour[0] * 0.36), round(colour[1] * 0.31), round(colour[2] * 0.40)), amount)


def brightness(colour: RGB) -> float:
    """Perceived brightness from 0 to 1."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255
