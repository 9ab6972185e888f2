"""What a file is, is told from what is in it; what could do harm is not taken, and told why."""

import io
import random
import zipfile
from contextlib import suppress

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ByteStringObject, NameObject, TextStringObject
from sample_files import (
    HEIC,
    TEXT,
    action,
    dictionary,
    docx,
    odt,
    packed_script,
    pdf,
    photo,
    relation,
    script_on_opening,
    unreferenced_script,
    zipped,
)

from workflows.attached.checking import LARGEST, REFUSALS, FileRefused, checked
from workflows.attached.checks import NotTaken
from workflows.attached.checks.__main__ import what_it_is

SCRIPT = {"JS": TextStringObject("app.launchURL()")}


@pytest.mark.parametrize(("content", "kept", "ends"), [
    (pdf(), "application/pdf", ".pdf"),
    (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    (docx(relations=relation("hyperlink", "https://school.example")),
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    (odt(), "application/vnd.oasis.opendocument.text", ".odt"),
    (odt('<draw:image xlink:href="Pictures/a.png"/>', **{"Pictures/a.png": b""}),
     "application/vnd.oasis.opendocument.text", ".odt"),
    (TEXT, "text/plain", ".txt"),
    ("Zoë".encode("cp1252"), "text/plain", ".txt"),
    (photo("JPEG"), "image/jpeg", ".jpg"),
    (photo("PNG"), "image/jpeg", ".jpg"),
], ids=lambda each: each if isinstance(each, str) else "file")
def test_what_is_taken_is_named_by_what_it_is(content, kept, ends):
    file = checked(content, "Zoë Müller report.exe")

    assert (file.media_type, file.name) == (kept, f"Zoë Müller report{ends}")


def test_a_document_is_kept_as_it_is_and_text_in_utf_8():
    for content in (pdf(), docx(), odt(), TEXT):
        assert checked(content, "a").content == content
    assert checked("Zoë".encode("cp1252"), "a").content.decode() == "Zoë"


def test_a_photo_loses_what_it_says_of_place_and_person():
    assert b"Robin" in photo()

    kept = checked(photo(), "a.jpg").content

    assert b"Robin" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize(("called", "kept"), [
    ("../../etc/passwd", "passwd.txt"),
    ("C:\\Users\\zoe\\Bericht für Zoë.txt", "Bericht für Zoë.txt"),
    ("", "attachment.txt"),
    (".htaccess", "htaccess.txt"),
    ("a\r\nX-Evil: 1.txt", "a X-Evil 1.txt"),
    ("report\u202etxt.exe", "report txt.txt"),
    ("ħ" * 300 + ".pdf", "ħ" * 96 + ".txt"),
    ("Plan v1.2", "Plan v1.txt"),
    ('a"; filename="b.html', "a filename= b.txt"),
])
def test_a_name_keeps_its_accents_and_is_never_a_path(called, kept):
    assert checked(TEXT, called).name == kept


@pytest.mark.parametrize(("content", "why"), [
    (pdf(user_password="secret"), "locked"),
    (pdf(user_password="", owner_password="secret"), "locked"),
    (pdf(script_on_opening), "script"),
    (pdf(unreferenced_script), "script"),
    (packed_script(), "script"),
    (packed_script(in_table=False), "script"),
    (packed_script(in_table=False).replace(b"/ObjStm", b"/Obj#53tm"), "script"),
    (action("JavaScript", **SCRIPT), "script"),
    (action("JavaScript", **SCRIPT).replace(b"/JavaScript", b"/Java#53cript"), "script"),
    (action("Launch", F=TextStringObject("cmd.exe")), "starts_something"),
    (action("GoToR", F=TextStringObject("//host/x")), "starts_something"),
    (action("SubmitForm", F=TextStringObject("http://x")), "starts_something"),
    (pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "holds_files"),
    (pdf(lambda writer: writer._root_object.update({NameObject("/AcroForm"): dictionary(
        XFA=ByteStringObject(b"<xdp/>"))})), "script"),
    (pdf() + b"\n9 0 obj<</S/JavaScript>>endobj", "script"),
    (pdf()[:200], "unreadable"),
    (b"%PDF-1.7\nnothing", "unreadable"),
    (docx(vbaProject__bin=b"\xd0\xcf\x11\xe0"), "macros"),
    (docx(types='<Override PartName="/word/a.xml" '
                'ContentType="application/vnd.ms-office.vbaProject"/>'), "macros"),
    (docx(relations=relation("vbaProject", "a.xml", "Internal")), "macros"),
    (docx(relations=relation("attachedTemplate", "https://evil.example/a.dotm")), "fetches"),
    (docx(relations=relation("oleObject", "file:///x")), "holds_files"),
    (docx(relations=relation("aFChunk", "a.html", "Internal")), "holds_files"),
    (docx(relations=relation("image", "http://evil.example/a.png")), "fetches"),
    (docx(embeddings__exe=b"MZ"), "holds_files"),
    (docx('<w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\cmd.exe'
          "</w:instrText></w:r>"), "starts_something"),
    (docx('<w:fldSimple w:instr="DDE cmd"/>'), "starts_something"),
    (docx(a__xml='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), "fetches"),
    (docx(a__xml="<a"), "unreadable"),
    (docx()[:300], "unreadable"),
    (odt(**{"Basic/Standard.xml": b"<a/>"}), "macros"),
    (odt(scripts="<office:scripts><office:script/></office:scripts>"), "macros"),
    (odt("<script:event-listener/>"), "macros"),
    (odt("<draw:object/>"), "holds_files"),
    (odt('<draw:image xlink:href="https://evil.example/a.png"/>'), "fetches"),
    (odt(manifest="<manifest:encryption-data/>"), "locked"),
    (odt(**{"a.exe": b"MZ"}), "holds_files"),
    (zipped({"a.exe": b"MZ"}), "not_of_these"),
    (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "not_of_these"),
    (b"MZ\x90\0" + b"\0" * 100, "not_of_these"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "not_of_these"),
    (b"<!DOCTYPE html><script>1</script>", "not_of_these"),
    (b"  <svg onload='1'/>", "not_of_these"),
    (b"{\\rtf1 a}", "not_of_these"),
    (b"GIF89a\x01\0", "not_of_these"),
], ids=lambda each: each if isinstance(each, str) else "file")
def test_what_could_do_harm_is_not_taken(content, why):
    with pytest.raises(NotTaken) as refused:
        what_it_is(content)

    assert refused.value.why == why
    assert REFUSALS[why]


@pytest.mark.parametrize(("content", "said"), [
    (b"", "Choose a file"),
    (b"%PDF-" + b"a" * LARGEST, "The file is larger than 10 MB"),
    (HEIC, "This photo is saved as HEIC"),
    (photo()[:200], "The file cannot be read"),
    (packed_script(), "The PDF holds a script"),
    (docx(vbaProject__bin=b"a"), "The file holds macros"),
], ids=lambda each: each if isinstance(each, str) else "file")
def test_what_is_not_taken_is_told_in_words(content, said):
    with pytest.raises(FileRefused) as refused:
        checked(content, "report.pdf")

    assert refused.value.errors["file"].startswith(said)


def test_a_file_that_unpacks_without_end_is_broken_off():
    with pytest.raises(FileRefused) as refused:
        checked(docx(big__xml=b" " * 150_000_000), "a.docx")
    assert refused.value.errors == {"file": REFUSALS["too_complex"]}


def test_a_check_that_takes_too_long_is_broken_off():
    with pytest.raises(FileRefused) as refused:
        checked(pdf(), "a.pdf", seconds=0.01)
    assert refused.value.errors == {"file": REFUSALS["too_complex"]}


@pytest.mark.parametrize("content", [pdf(), packed_script(), docx(), odt()],
                         ids=["pdf", "packed", "docx", "odt"])
def test_a_damaged_file_is_read_or_refused_and_never_stumbled_over(content):
    chance = random.Random(7)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 3, 10))):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        with suppress(NotTaken):
            what_it_is(bytes(damaged))


def test_the_samples_are_what_they_say():
    """A sample that no reader opens would be refused for that alone."""
    for content in (pdf(), packed_script(), action("Launch"), pdf(unreferenced_script)):
        assert len(PdfReader(io.BytesIO(content)).pages) == 1
    assert b"JavaScript" not in packed_script()
    for content in (docx(vbaProject__bin=b"a"), odt("<draw:object/>")):
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
