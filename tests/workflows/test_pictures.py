"""What is left of a picture, and what is not taken for one."""

import io
import struct
import zlib

import pytest
from PIL import Image
from sample_files import HEIC

from workflows.pictures.redrawing import LARGEST, LONGEST_SIDE, PictureRefused, redrawn

SECRETS = (b"Exif", b"GPS", b"Robin", b"ICC_PROFILE", b"http://ns.adobe.com", b"<script")


def photo(kind="JPEG", size=(300, 200), **said):
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, 10, 10))
    out = io.BytesIO()
    image.save(out, kind, **said)
    return out.getvalue()


def with_exif(kind):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Robin at the foster home", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (53.0, 50.0, 0.0), 3: "W", 4: (0.0, 26.0, 0.0)})
    more = {"comment": b"Robin"} if kind == "JPEG" else {}
    return photo(kind, exif=exif, icc_profile=b"Robin" * 30, xmp=b"http://ns.adobe.com Robin",
                 **more)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_time_device_and_words_are_gone(kind):
    before = with_exif(kind)
    assert b"Robin" in before

    after = redrawn(before + b"<script>Robin</script>" * (kind == "JPEG"))

    assert after.startswith(b"\xff\xd8\xff")
    assert not [secret for secret in SECRETS if secret in after]
    again = Image.open(io.BytesIO(after))
    assert not again.getexif()
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_that_was_held_sideways_is_upright():
    assert Image.open(io.BytesIO(redrawn(with_exif("JPEG")))).size == (200, 300)


def test_a_drawing_without_a_background_is_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(redrawn(out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_made_as_large_as_a_page_shows():
    kept = Image.open(io.BytesIO(redrawn(photo(size=(6000, 4000)))))
    assert kept.size == (LONGEST_SIDE, 1333)


def bomb():
    """A PNG of a few bytes that says it is a thousand million dots."""
    def chunk(name, data):
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", 40_000, 25_000, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("content", "why"), [
    (b"", "none"),
    (b"\xff" * (LARGEST + 1), "too_large"),
    (bomb(), "too_many_dots"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "not_a_picture"),
    (b"GIF89a" + b"\0" * 50, "not_a_picture"),
    (b"%PDF-1.7", "not_a_picture"),
    (HEIC, "heic"),
    (HEIC.replace(b"ftypheic", b"ftypmif1"), "heic"),
    (HEIC.replace(b"ftypheic", b"ftypisom"), "not_a_picture"),
    (b"PK\3\4", "not_a_picture"),
    (photo()[:400], "not_a_picture"),
    (photo("PNG")[:60], "not_a_picture"),
    (photo("WEBP")[:40], "not_a_picture"),
    (b"\xff\xd8\xff" + b"\0" * 100, "not_a_picture"),
])
def test_what_is_no_picture_is_refused_in_words(content, why):
    with pytest.raises(PictureRefused) as refused:
        redrawn(content)
    assert refused.value.why == why
    assert refused.value.errors["picture"]
