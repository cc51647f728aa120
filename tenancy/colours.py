"""Colours that can be read. Pure."""

READABLE = 4.5


def contrast_with_white(colour: str) -> float:
    """The contrast of white text on the colour (``#rrggbb``), from 1 to 21, as WCAG counts it."""
    return 1.05 / (_luminance(_channels(colour)) + 0.05)


def readable_under_white(colour: str) -> str:
    """The colour, darkened until white text on it reads well."""
    channels = _channels(colour)
    while 1.05 / (_luminance(channels) + 0.05) < READABLE:
        channels = [int(value * 0.95) for value in channels]
    return "#" + "".join(f"{value:02x}" for value in channels)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(channels: list[int]) -> float:
    linear = [_linear(value / 255) for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
