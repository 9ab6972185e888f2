"""Iris answers a request for access, and records are destroyed when their time has come."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sample_files import docx, pdf

from engine.store.models import Case
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file
from workflows.pep.changes.leaving import record_death
from workflows.resources import case_resource
from workflows.retention.holds import lift_hold, place_hold

SECRET = "Cousin Quillfeather"
"""Words of which nothing may be in any byte of a pack."""


@pytest.fixture
def signed(council):
    """Robin's plan was signed, then the next one was begun."""
    case_id = council.to_signatures(carer_role_leisure=f"{SECRET} must not know where they live")
    child_id = case_resource(council.by("vera"), case_id).child_id
    vera = council.by("vera")
    for name, content in (("a.docx", docx(f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>")),
                          ("b.pdf", pdf())):
        attach_file(vera, child_id, About("other", "needs", f"About {SECRET}", vera.today),
                    CheckedFile(name, "application/octet-stream", content), name)
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.do("viktor", "decide_pupil_premium")
    return case_id, child_id


def opened(council):
    page = council.sign_in("iris").follow("Records").follow("Open a request for access")
    page.fill({
        "Name of the child": "Robin Testerby", "Day of birth": ("4", "5", "2016"),
        "Who asks, and as what?": "Robin, by a solicitor",
        "Day on which it was received": ("25", "3", "2026"),
    })
    return page.press("Open this request")


def test_a_request_is_opened_answered_and_closed(signed, council):
    _, child_id = signed
    iris = council.sign_in("iris").visitor
    assert iris.open(f"/children/{child_id}/plan").status == 404

    page = opened(council)
    assert "The clock begins when the identity" in page.text
    assert page.visitor.open(f"/children/{child_id}/plan").status == 200
    page = page.follow("Request ")
    assert "Download the pack" not in page.text
    page = page.follow("It is confirmed")
    page.fill({"Day on which identity was confirmed": ("25", "3", "2026")})
    page = page.press("Save")
    assert "Monday 27 April 2026" in page.text
    words = page.visitor.open(f"/children/{child_id}/plan").text
    assert SECRET in words
    page = page.follow("Withhold something").follow("Withhold something")
    page.fill({"What is withheld?": "Words, wherever they stand",
               "Words, where you chose words": SECRET,
               "Why may it not be shown?": "It is about somebody else",
               "Reason, for the council's own record": "The cousin was not asked"})
    page = page.press("Withhold it")
    assert f"“{SECRET}”" in page.text
    page = page.visitor.open("/records").follow("Request ")
    assert "The cousin was not asked" in page.text
    address = page.address
    answer = page.visitor.client.post(f"{address}/pack", data={"csrf_token": page.token})
    assert answer.mimetype == "application/zip"
    read_pack(answer.get_data())

    page = page.follow("Close this request")
    page.fill({"How did it end?": "Given by hand today"})
    page = page.press("Save")
    assert "Given by hand today" in page.text
    assert page.visitor.open(f"/children/{child_id}/plan").status == 404


def read_pack(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        files = {name: packed.read(name) for name in names}
    assert names[0] == "subject-access.pdf"
    assert [name.rsplit(".")[-1] for name in names[1:]] == ["pdf"]
    reader = PdfReader(io.BytesIO(files["subject-access.pdf"]))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "[withheld: about somebody else]" in words
    assert "Data Protection Act 2018, Schedule 2" in words
    assert "I am getting better at reading" in words
    assert words.index("What is in it") < words.index("I am getting better at reading")
    everything = [content, *files.values(), words.encode(), str(reader.metadata).encode()]
    everything += [repr(reader.get_object(number)).encode()
                   for number in range(1, len(reader.xref_objStm) + len(reader.xref[0]) + 1)]
    for each in everything:
        assert b"quillfeather" not in each.lower()


def test_what_is_wrong_is_said_and_no_word_is_lost(council):
    council.start_case()
    page = council.sign_in("iris").visitor.open("/records/holds/new")
    page.fill({"Name of the child": "Nobody Atall", "Day of birth": ("4", "5", "2016"),
               "By whose order?": "The court"})
    page = page.press("Place this hold")

    assert page.status == 422
    assert "Enter why nothing may be destroyed" in page.errors.values()
    assert page.value("By whose order?") == "The court"
    page.fill({"Why must nothing be destroyed?": "An inquiry"})
    page = page.press("Place this hold")
    assert "No child of this name was born on this day. Check both" in page.errors.values()
    page.fill({"Name of the child": "Robin Testerby"})
    page = page.press("Place this hold")
    assert "An inquiry" in page.section("Legal holds")
    page = page.follow("Lift this hold")
    page.fill({"Why does it end?": "It has reported"})
    assert "It has reported" in page.press("Lift this hold").section("Legal holds")


def test_a_hold_that_was_lifted_meanwhile_says_so_and_keeps_the_words(council):
    child_id = case_resource(council.by("vera"), council.start_case()).child_id
    hold_id = place_hold(council.by("vera"), child_id, reason="An inquiry", authority="The court")
    page = council.sign_in("iris").visitor.open(f"/records/holds/{hold_id}/lift")
    lift_hold(council.by("vera"), hold_id, reason="It is over")

    page = page.fill({"Why does it end?": "The inquiry has ended"}).press("Lift this hold")

    assert page.status == 422
    assert "This hold has been lifted already." in page.text
    assert "The inquiry has ended" in page.text


def test_a_correction_stands_beside_the_answer_on_page_and_paper(signed, council):
    _, child_id = signed
    page = council.sign_in("vera").visitor.open(f"/children/{child_id}/plan/1")
    before = page.text
    page = page.follow("Note a correction")
    label = page.tree.xpath("//select[@id='answer']/option[@value='needs.strengths']/text()")[0]
    page.fill({"Which answer?": label.strip(), "What is said to be wrong?": "Never draws",
               "What is right?": "Draws daily", "Who asks?": "Robin",
               "Day on which it was asked for": ("25", "3", "2026")})
    page = page.press("Note this")
    assert "Said to be right: Draws daily." in page.text
    assert "Not decided yet." in page.text
    page = page.follow("Decide on this correction")
    page.fill({"What is decided?": "It is refused", "Why?": "The school says otherwise"})
    page.press("Decide")
    page = council.sign_in("wilma").visitor.open(f"/children/{child_id}/plan/1")
    page = page.follow("Add their own statement")
    page.fill({"Their own words": "I do draw"})
    page.press("Add it")

    page = page.visitor.open(f"/children/{child_id}/plan/1")
    assert "Refused on 25 March 2026 by Vera Dunnock: The school says otherwise." in page.text
    assert "Their own statement: I do draw" in page.text
    assert len(page.text) > len(before)
    form = page.visitor.open(f"/children/{child_id}/documents/plan?version=1")
    answer = page.visitor.client.post(
        f"/children/{child_id}/documents/plan?version=1",
        data={"csrf_token": form.token, "recipient": "social_worker"})
    reader = PdfReader(io.BytesIO(answer.get_data()))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Their own statement: I do draw" in words


def test_where_nobody_has_passed_their_date_there_is_no_list_and_that_is_said(council):
    """The button stood on a page that was opened before somebody else pressed it."""
    council.start_case()
    page = council.sign_in("iris")

    page = page.visitor.send("/records/disposals", [("csrf_token", page.token)])

    assert page.status == 422
    assert "No record has passed its date that is not on a list already." in page.text


def test_a_record_is_listed_approved_destroyed_and_certified(council):
    case_id = council.start_case()
    mona = council.by("mona")
    record_death(mona, case_id, on=mona.today, reason="As the hospital told us")
    council.clock.move_to(datetime(2041, 3, 26, 9, tzinfo=UTC))
    page = council.sign_in("iris").visitor.open("/records")
    assert "Records that have passed their date: 1." in page.text
    page = page.press("Draw up a list")
    assert "Died before 18" in page.text
    assert "Approve this list" not in page.text
    iris, address = page.visitor, page.address
    for name in ("vera", "max"):
        page = council.sign_in(name).visitor.open(address).press("Approve this list")
        assert "You have approved this list." in page.whole

    page = iris.open(address).press("Destroy these records")

    assert "Every record on this list has been destroyed." in page.text
    answer = iris.client.get(page.links["Certificate 1 (PDF)"])
    words = " ".join(PdfReader(io.BytesIO(answer.get_data())).pages[0].extract_text().split())
    assert "15 years from the death of a child who died before 18" in words
    assert "Max Ibbotson, Vera Dunnock" in words
    assert "Testerby" not in words.replace("Testerby Council", "")
    with council.by("vera").begin(writing=False) as work:
        assert work.session.get(Case, case_id) is None
    assert council.sign_in("vera").visitor.open(f"/cases/{case_id}").status == 404
