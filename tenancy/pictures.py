"""Logos: looked at by content, made anew, small."""

from io import BytesIO

from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 1024 * 1024
MAX_PIXELS = 25_000_000
EDGE = 512
LETTERHEAD = 84


class BadPicture(ValueError):
    """It is not a picture that we show."""


def logo(data: bytes) -> bytes:
    """Return the picture as a PNG of at most `EDGE` pixels a side; nothing else of the file survives."""
    if len(data) > MAX_BYTES:
        raise BadPicture("too big")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadPicture("too many pixels")
            return _redrawn(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadPicture("unreadable") from error


def shrunk(data: bytes) -> bytes:
    """Return a logo of ours as small as a letterhead wants it; raise `BadPicture` for what is none."""
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as picture:
            return _redrawn(picture, LETTERHEAD)
    except (OSError, SyntaxError, ValueError) as error:
        raise BadPicture("unreadable") from error


def _redrawn(picture: Image.Image, edge: int = EDGE) -> bytes:
    clean = picture.convert("RGBA")
    clean.thumbnail((edge, edge))
    out = BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()
