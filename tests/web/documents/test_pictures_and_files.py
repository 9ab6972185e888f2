"""The child's pictures are drawn where the reader may have them; attached files are named."""

import io
from datetime import date

import pytest
from PIL import Image
from sample_files import photo
from sqlalchemy import select

from engine.store.models import Task
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file
from workflows.documents.purposes import PURPOSES
from workflows.documents.recipients import RECIPIENTS
from workflows.pictures.kept import keep_picture
from workflows.pictures.redrawing import redrawn

WITH_PICTURES = {"plan", "child-friendly", "meeting-pack", "handover"}
NO_PICTURES_FOR = {"parent"}
WITH_FILES = {"plan", "handover"}
PROFESSIONALS = {"social_worker", "designated_teacher", "virtual_school", "reviewing_officer"}


def large():
    out = io.BytesIO()
    Image.new("RGB", (1_800, 600), "blue").save(out, "JPEG")
    return out.getvalue()


def draw(plan, *pictures):
    with plan.council.by("tara").begin() as work:
        task = work.session.scalars(select(Task).where(
            Task.case_id == plan.case_id, Task.element == "record_child_views")).one()
        for each in pictures:
            keep_picture(work, task, redrawn(each), None)


def attach(plan, kind, title):
    attach_file(plan.council.by("vera"), plan.child_id, About(kind, "needs", title,
                date(2026, 1, 2)), CheckedFile("a.txt", "text/plain", b"a"), title)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.both_stores
def test_pictures_are_in_the_copies_of_those_who_may_have_them(sqlite_plan, purpose):
    draw(sqlite_plan, photo("PNG"), large())
    for recipient in RECIPIENTS:
        pdf = sqlite_plan.document("wilma", purpose, recipient)

        drawn = purpose in WITH_PICTURES and recipient not in NO_PICTURES_FOR
        assert len(pdf.images) == (2 if drawn else 0), recipient
        assert pdf.count("/Figure") == len(pdf.alternatives) == len(pdf.images)
        assert ("/Subtype': '/Image'" in pdf.everything) == drawn


def test_a_picture_says_what_it_is_and_is_no_larger_than_a_page_needs(plan):
    draw(plan, photo("PNG"), large())

    pdf = plan.document("tara", "child-friendly", "child")

    assert [each.partition(",")[0] for each in pdf.alternatives] == [
        "Drawing or photo 1 of 2", "Drawing or photo 2 of 2"]
    assert [image.size for image in pdf.images] == [(80, 60), (1_000, 333)]
    assert [image.getpixel((5, 5))[2] > 200 for image in pdf.images] == [False, True]
    assert b"Robin at" not in pdf.content
    assert "pdfuaid:part>1<" in pdf.reader.xmp_metadata.stream.get_data().decode()


def test_a_drawing_alone_is_what_the_child_said(sqlite_plan):
    views = ("school", "learning", "progress", "support", "changes")
    sqlite_plan.write({f"views.child.{each}": "" for each in views})
    draw(sqlite_plan, photo())
    pdf = sqlite_plan.document("tara", "child-friendly", "child")
    assert "What you said" in pdf.text
    assert len(pdf.images) == 1


def test_ten_large_pictures_still_make_a_document(sqlite_plan):
    out = io.BytesIO()
    Image.effect_noise((1_600, 1_200), 60).convert("RGB").save(out, "JPEG", quality=95)
    draw(sqlite_plan, *[out.getvalue()] * 10)
    pdf = sqlite_plan.document("tara", "plan", "designated_teacher")
    assert pdf.count("/Figure") == 10


@pytest.mark.parametrize("giver", ["wilma", "tara"])
@pytest.mark.both_stores
def test_attached_files_are_named_for_those_who_can_open_them(sqlite_plan, giver):
    attach(sqlite_plan, "school_report", "Spring report")
    attach(sqlite_plan, "care_plan", "Why the placement ended")
    for purpose in ("plan", "handover", "child-friendly"):
        for recipient in RECIPIENTS if purpose == "plan" else ("designated_teacher", "carer"):
            text = sqlite_plan.document(giver, purpose, recipient).everything

            named = purpose in WITH_FILES and recipient in PROFESSIONALS
            assert ("Spring report" in text) == named, (purpose, recipient)
            assert ("Why the placement ended" in text) == (
                named and giver == "wilma" and recipient != "designated_teacher")
