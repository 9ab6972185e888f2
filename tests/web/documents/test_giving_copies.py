"""Someone around the child gets a document for somebody: numbered, named, kept in the audit."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from engine.store.models import Audit
from web import typesetting
from web.documents import rendering
from workflows.documents.copies import Copy, give_copy
from workflows.documents.purposes import PURPOSES
from workflows.documents.recipients import RECIPIENTS


def audited(council, *actions):
    with council.by("vera").begin(writing=False) as work:
        return [(row.action, row.actor_id, row.about, row.data) for row in work.session.scalars(
            select(Audit).where(Audit.action.in_(actions)).order_by(Audit.seq))]


def copies(council):
    with council.by("vera").begin(writing=False) as work:
        return list(work.session.scalars(select(Copy).order_by(Copy.number)))


def test_the_plan_is_got_from_its_page(plan):
    page = plan.council.sign_in("wilma").visitor.open(f"/children/{plan.child_id}/plan")
    assert "Meeting pack (PDF)" in page.section("Documents")

    form = page.follow("Personal Education Plan (PDF)")
    assert form.heading == "Personal Education Plan"
    assert form.labels[:3] == ["Who is it for?", "Social worker", "Designated teacher"]
    told = form.press("Get the PDF")
    assert told.errors == {"recipient": "Choose whom the document is for"}

    answer = plan.ask("wilma", "plan", "carer")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="plan-[A-Z0-9]{4}-[A-Z0-9]{4}-copy-1\.pdf"',
                        answer.headers["Content-Disposition"])


def test_every_page_says_which_copy_it_is_and_the_audit_has_it(plan):
    plan.document("wilma", "plan", "carer")
    second = plan.document("tara", "meeting-pack", "parent")

    assert all("Copy 2, for the parent, 25 March 2026" in page for page in second.pages)
    assert [(row.number, row.purpose, row.recipient, row.version, row.by)
            for row in copies(plan.council)] == [
        (1, "plan", "carer", 1, plan.council.people["wilma"]),
        (2, "meeting-pack", "parent", 1, plan.council.people["tara"]),
    ]
    assert audited(plan.council, "give_copy") == [
        ("give_copy", row.by, f"copy:{row.id}",
         {"purpose": row.purpose, "recipient": row.recipient, "number": row.number, "version": 1})
        for row in copies(plan.council)
    ]


def test_copies_that_are_asked_for_at_once_have_a_number_each(plan):
    def give(_):
        return give_copy(plan.council.by("wilma"), plan.child_id, PURPOSES["what-works"],
                         RECIPIENTS["carer"], lambda _class: True, "").number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(give, range(8)))

    assert sorted(numbers) == list(range(1, 9))


def test_an_old_version_is_given_out_as_it_was_signed(plan):
    council = plan.council
    council.do("tara", "sign_off_teacher")
    council.do("wilma", "sign_off_social_worker")
    council.do("viktor", "assure_quality", quality_rating="green")
    page = council.sign_in("wilma").visitor.open(f"/children/{plan.child_id}/plan/1")
    assert "Meeting pack (PDF)" not in page.links
    form = page.follow("Personal Education Plan (PDF)")
    assert "version 1" in form.text

    pdf = plan.document("wilma", "plan", "reviewing_officer", version="1")

    assert "Version 1. Signed and passed on, 25 March 2026" in pdf.text
    for wrong in ("99", "x", "1e3", "-1", "9" * 30):
        assert plan.ask("wilma", "plan", "carer", version=wrong).status_code == 404
    assert plan.ask("wilma", "meeting-pack", "carer", version="1").status_code == 404


def test_a_document_that_cannot_be_made_is_a_sentence_and_in_the_audit(
    plan, monkeypatch, tmp_path, caplog
):
    monkeypatch.setattr(typesetting, "TYPESETTER", tmp_path / "nowhere.py")
    form = plan.council.sign_in("wilma").visitor.open(f"/children/{plan.child_id}/documents/plan")
    form.fill({"Who is it for?": "Carer"})

    told = form.press("Get the PDF")

    assert told.status == 422
    assert "The document could not be made, and no copy has left Pepway." in told.text
    [copy] = copies(plan.council)
    assert [row[2] for row in audited(plan.council, "give_copy", "copy_not_made")] == [
        f"copy:{copy.id}", f"copy:{copy.id}"]
    assert str(copy.id) in caplog.text
    assert "Robin" not in caplog.text
    assert "Thornby" not in caplog.text


def test_a_document_that_takes_too_long_is_broken_off(sqlite_plan, caplog):
    copy = give_copy(sqlite_plan.council.by("wilma"), sqlite_plan.child_id, PURPOSES["plan"],
                     RECIPIENTS["carer"], lambda _class: True, "")

    with pytest.raises(typesetting.NotMade):
        rendering.pdf_of(copy, "Council", seconds=0.01)

    assert f"copy {copy.id} was not typeset within 0.01 seconds" in caplog.text
    assert "Robin" not in caplog.text
