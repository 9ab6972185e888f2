"""A photo or drawing as it is kept: drawn anew, so that nothing but what is seen on it is left.

A photo says where and when it was taken, by which device, sometimes with a small copy of what was
cut away. None of that goes into a child's record.
"""

import io
import struct
from threading import Lock

from PIL import Image, ImageOps

from engine.errors import AnswersInvalid

LARGEST = 10_000_000
"""Bytes of a file."""
MOST_DOTS = 50_000_000
"""Told from the first bytes, before anything is unpacked."""
LONGEST_SIDE = 2_000
MEDIA_TYPE = "image/jpeg"
READABLE = ("JPEG", "PNG", "WEBP")
HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
"""How photos of iPhones name themselves, unless the page that they are sent from takes only
others."""
REFUSALS = {
    "none": "Choose a picture first",
    "too_large": "The picture is larger than 10 MB. Choose a smaller one, or take a screenshot of "
                 "it and choose that",
    "not_a_picture": "This file cannot be read as a picture. Choose a photo or drawing saved as "
                     "JPEG, PNG or WebP",
    "heic": "This photo is saved as HEIC, as iPhones do, and cannot be read here. On the iPhone, "
            "choose it from Photos instead of Files, or take a screenshot of it and choose that. "
            "From now on: Settings, Camera, Formats, “Most Compatible”",
    "too_many_dots": "The picture has more than 50 million dots. Take a screenshot of it and "
                     "choose that",
    "too_many": "There are ten pictures already. Remove one first",
}
_one_at_a_time = Lock()
"""A picture is unpacked in memory, so never several at once."""
Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before anything is unpacked


class PictureRefused(AnswersInvalid):
    """A picture that is not taken, and why."""

    def __init__(self, why: str) -> None:
        super().__init__({"picture": REFUSALS[why]})
        self.why = why


def redrawn(content: bytes) -> bytes:
    """The picture as a JPEG of its dots alone, upright. Raises `PictureRefused`."""
    if not content:
        raise PictureRefused("none")
    if len(content) > LARGEST:
        raise PictureRefused("too_large")
    if is_heic(content):
        raise PictureRefused("heic")
    try:
        with _one_at_a_time, Image.open(io.BytesIO(content), formats=READABLE) as image:
            if image.width * image.height > MOST_DOTS:
                raise PictureRefused("too_many_dots")
            return _drawn(image)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as problem:
        raise PictureRefused("not_a_picture") from problem


def smaller(picture: bytes, longest: int) -> bytes:
    """A picture that `redrawn` gave, as large as a document shows it."""
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
        if max(image.size) <= longest:
            return picture
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85)
        return out.getvalue()


def is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in HEIC


def _drawn(image: Image.Image) -> bytes:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is never unpacked in full
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = upright.convert("RGBA")
    fresh = Image.new("RGB", seen.size, "white")
    fresh.paste(seen, mask=seen)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=85)
    return out.getvalue()
