"""Files as people send them, harmless and not, made here from as little as each needs."""

import io
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def pdf(change=lambda writer: None, **encrypted):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": "Spring report"})
    change(writer)
    if encrypted:
        writer.encrypt(**encrypted)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def dictionary(**entries):
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def action(kind, **more):
    """A PDF with an action that nothing leads to but a link on its page."""
    def change(writer):
        does = dictionary(S=NameObject(f"/{kind}"), **more)
        link = dictionary(Type=NameObject("/Annot"), Subtype=NameObject("/Link"),
                          Rect=ArrayObject([NumberObject(0)] * 4), A=writer._add_object(does))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    return pdf(change)


def script_on_opening(writer):
    writer._root_object[NameObject("/OpenAction")] = dictionary(
        S=NameObject("/JavaScript"), JS=TextStringObject("app.alert()"))


def unreferenced_script(writer):
    writer._add_object(dictionary(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert()")))


def packed_script(*, in_table=True):
    """A script in an object stream: nothing of it is seen in the bytes. Where the table says that
    there is none, a reader finds it that makes a table of its own."""
    objects = [b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
               b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
               b"<</S/JavaScript/JS(app.alert(1))>>"]
    starts = [sum(len(each) + 1 for each in objects[:at]) for at in range(len(objects))]
    head = " ".join(f"{at + 1} {start}" for at, start in enumerate(starts)).encode() + b" "
    packed = zlib.compress(head + b" ".join(objects))
    out = b"%PDF-1.5\n"
    first, at = len(head), len(out)
    out += (f"5 0 obj<</Type/ObjStm/N 4/First {first}/Filter/FlateDecode/Length {len(packed)}>>"
            "stream\n").encode() + packed + b"\nendstream endobj\n"
    table = b"".join([bytes(4), *(bytes([2, 0, 5, each]) for each in range(3)),
                      bytes([2, 0, 5, 3]) if in_table else bytes(4),
                      bytes([1, *at.to_bytes(2, "big"), 0]),
                      bytes([1, *len(out).to_bytes(2, "big"), 0])])
    begins = len(out)
    out += (f"6 0 obj<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length {len(table)}>>stream\n"
            ).encode() + table + b"\nendstream endobj\n"
    return out + f"startxref\n{begins}\n%%EOF".encode()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body="<w:p><w:r><w:t>A report</w:t></w:r></w:p>", types="", relations="", **parts):
    """`parts` by their names under word/, with two underscores for a dot."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped({
        "[Content_Types].xml":
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}</Types>',
        "_rels/.rels": "<Relationships/>",
        "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        **{f"word/{name.replace('__', '.')}": content for name, content in parts.items()},
    })


def relation(kind, target, mode="External"):
    return (f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}" '
            f'TargetMode="{mode}"/>')


def odt(body="<text:p>A report</text:p>", manifest="", scripts="", **parts):
    names = " ".join(f'xmlns:{short}="{ODF}:{name}:1.0"' for short, name in (
        ("office", "office"), ("text", "text"), ("draw", "drawing"), ("script", "script")))
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<office:document-content {names} '
                       'xmlns:xlink="http://www.w3.org/1999/xlink">'
                       f"{scripts}<office:body>{body}</office:body></office:document-content>",
        "META-INF/manifest.xml":
            f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0">{manifest}'
            "</manifest:manifest>",
        **parts,
    })


def photo(kind="JPEG"):
    exif = Image.Exif()
    exif[0x010E] = "Robin at the foster home"
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "green").save(out, kind, exif=exif)
    return out.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
TEXT = "Zoë Müller report".encode()
