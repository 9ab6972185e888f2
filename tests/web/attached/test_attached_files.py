"""A file is attached to a plan, seen by whom it is for, and stays with what was signed."""

import io
import re

import pytest
from sample_files import HEIC, TEXT, docx, pdf, photo, script_on_opening
from sqlalchemy import select

from engine.store.models import Audit, Event
from workflows.attached.files import MOST_BYTES
from workflows.attached.table import AttachedFile
from workflows.pep.changes.reopen import reopen_plan
from workflows.resources import case_resource

KINDS = {
    "school_report": "School report", "ehcp": "Education, health and care plan",
    "assessment": "Assessment", "care_plan": "Part of the care plan", "other": "Something else",
}
WRITERS = {"wilma", "tara", "vera", "viktor"}
SEERS = WRITERS | {"rob", "mona"}


class Plan:
    def __init__(self, council, case_id):
        self.council, self.case_id = council, case_id
        self.child_id = case_resource(council.by("vera"), case_id).child_id
        self.browsers = {}

    def browser(self, name):
        if name not in self.browsers:
            self.browsers[name] = self.council.sign_in(name).visitor
        return self.browsers[name]

    def form(self, name):
        return self.browser(name).open(f"/children/{self.child_id}/attached")

    def plan(self, name, number=""):
        return self.browser(name).open(f"/children/{self.child_id}/plan/{number}".rstrip("/"))

    def attach(self, name, content=None, called="Zoë Müller.pdf", title="Spring report",
               kind="school_report", section="needs", day=("2", "1", "2026"), form=None):
        form = form or self.form(name)
        sent = {"csrf_token": form.token, "kind": kind, "title": title, "section": section,
                "form-id": form.tree.xpath("//input[@name='form-id']/@value")[0],
                **{f"dated_on-{part}": each
                   for part, each in zip(("day", "month", "year"), day, strict=True)}}
        if content != b"":
            sent["file"] = (io.BytesIO(content or pdf()), called)
        answer = form.visitor.client.post(
            f"/children/{self.child_id}/attached", data=sent, follow_redirects=True,
            content_type="multipart/form-data")
        return form.visitor._page(answer)

    def address(self, page, title="Spring report"):
        return next(at for text, at in page.links.items() if text.startswith(title))

    def rows(self, of, *where):
        with self.council.by("vera").begin(writing=False) as work:
            return list(work.session.scalars(select(of).where(*where)))


@pytest.fixture
def plan(retold):
    return Plan(*retold(gathering))


@pytest.fixture
def at_signatures(retold):
    return Plan(*retold(to_signatures))


def gathering(council):
    return council.gathering()


def to_signatures(council):
    return council.to_signatures()


def status(browser, address):
    return browser.client.get(address).status_code


def test_a_teacher_attaches_a_report_and_others_download_it(plan):
    added = plan.attach("tara")

    assert "“Spring report” was attached" in added.whole
    shown = plan.plan("wilma")
    assert "School report, 2 January 2026. Belongs to “Needs and strengths”" in shown.section(
        "Attached files")
    assert "Attached by Tara Copley" in shown.section("Attached files")
    answer = plan.browser("wilma").client.get(plan.address(shown))
    assert answer.status_code == 200
    assert answer.data == pdf()
    assert answer.mimetype == "application/pdf"
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment;")
    assert "filename*=UTF-8''Zo%C3%AB%20M%C3%BCller.pdf" in named
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.both_stores
def test_who_sees_a_file_goes_by_what_it_is(plan, kind):
    added = plan.attach("wilma", kind=kind)
    address = plan.address(added)
    seers = SEERS - ({"tara"} if kind == "care_plan" else set())

    for name in plan.council.people:
        browser = plan.browser(name)
        assert (status(browser, address) == 200) == (name in seers), name
        assert ("Spring report" in plan.plan(name).whole) == (name in seers), name
        offered = plan.form(name)
        assert (offered.status == 200) == (name in WRITERS), name
        assert ("Spring report" in offered.whole) == (name in seers & WRITERS), name
    assert status(plan.council.visitor(), address) == 302


@pytest.mark.both_stores
def test_whoever_may_not_see_a_kind_cannot_attach_or_remove_it(plan):
    address = plan.address(plan.attach("wilma", kind="care_plan"))

    offered = plan.form("tara")
    assert KINDS["care_plan"] not in offered.text
    assert KINDS["other"] in offered.text
    refused = plan.attach("tara", kind="care_plan")
    assert refused.status == 422
    for name in ("tara", "rob", "mona", "sven", "max"):
        token = plan.browser(name).open("/procedures").token
        gone = plan.browser(name).send(f"{address}/remove", [("csrf_token", token)])
        assert gone.status == 404, name
    assert status(plan.browser("wilma"), address) == 200


@pytest.mark.both_stores
def test_each_download_is_in_the_audit(plan):
    address = plan.address(plan.attach("tara"))
    for _ in range(2):
        plan.browser("wilma").client.get(address)
    plan.browser("sven").client.get(address)

    about = f"attached_file:{address.rpartition('/')[2]}"
    noted = [(row.actor_id, row.action) for row in plan.rows(
        Audit, Audit.about == about, Audit.seen_once.is_(None))]
    people = plan.council.people
    assert noted.count((people["wilma"], "download_attached_file")) == 2
    assert noted.count((people["tara"], "attach_file")) == 1
    refused = plan.rows(Audit, Audit.action == "refused_download_attached_file")
    assert [row.actor_id for row in refused] == [people["sven"]]
    for row in plan.rows(Event, Event.kind == "file_attached"):
        assert "Spring" not in str(row.data)


@pytest.mark.parametrize(("sent", "box", "said"), [
    ({"content": pdf(script_on_opening)}, "file", "The PDF holds a script"),
    ({"content": docx(vbaProject__bin=b"a")}, "file", "The file holds macros"),
    ({"content": HEIC, "called": "a.jpg"}, "file", "This photo is saved as HEIC"),
    ({"content": b"MZ\x90\0" + b"\0" * 90, "called": "a.pdf"}, "file", "This file is none of PDF"),
    ({"content": b""}, "file", "Choose a file"),
    ({"title": ""}, "title", "Enter a title"),
    ({"title": "a" * 121}, "title", "Title: use 120 characters or fewer"),
    ({"kind": "secret"}, "kind", ""),
    ({"section": "nowhere"}, "section", ""),
    ({"day": ("31", "2", "2026")}, "dated_on-day", "Day that is on it: enter a real date"),
    ({"day": ("1", "1", "2030")}, "dated_on-day", "This day is in the future"),
])
def test_what_is_not_taken_is_told_and_what_was_typed_is_kept(plan, sent, box, said):
    page = plan.attach("tara", **{"title": "Spring report", **sent})

    assert page.status == 422
    found = next(text for at, text in page.errors.items() if at.startswith(box.partition("-")[0]))
    assert found.startswith(said)
    assert "file" in page.errors
    if "title" not in sent:
        assert page.value("Title") == "Spring report"
    assert not plan.rows(AttachedFile)


def test_more_than_ten_megabytes_is_told_in_words(plan):
    for size in (10_050_000, 40_000_000):
        page = plan.attach("tara", content=b"%PDF-" + b"a" * size)
        assert page.status == 422
        assert page.errors["file"].startswith("The file is larger than 10 MB")


@pytest.mark.both_stores
def test_a_plan_has_room_for_fifty_megabytes(plan):
    plan.attach("tara")
    with plan.council.by("vera").begin() as work:
        work.session.scalars(select(AttachedFile)).one().size = MOST_BYTES - 10

    page = plan.attach("tara", content=TEXT, title="One more")

    assert page.errors["file"].startswith("The files of one plan may have 50 MB together")


@pytest.mark.both_stores
def test_the_same_form_sent_twice_attaches_one_file(plan):
    form = plan.form("tara")
    plan.attach("tara", form=form)
    plan.attach("tara", form=form)
    assert len(plan.rows(AttachedFile)) == 1
    plan.attach("tara", form=form, title="Another")
    assert len(plan.rows(AttachedFile)) == 2


def test_a_photo_is_drawn_anew(plan):
    address = plan.address(plan.attach("tara", content=photo(), called="Zoë.png"))
    seen = plan.browser("tara").client.get(address)
    assert b"Robin" not in seen.data
    assert seen.mimetype == "image/jpeg"
    assert "Zo%C3%AB.jpg" in seen.headers["Content-Disposition"]


@pytest.mark.both_stores
def test_before_the_signatures_a_file_is_removed_for_good(plan):
    added = plan.attach("tara")
    page = added.press("Remove Spring report")
    assert "The file was removed" in page.whole
    assert status(plan.browser("tara"), plan.address(added)) == 404
    assert not plan.rows(AttachedFile)


def test_once_somebody_has_signed_nothing_is_added_or_removed(at_signatures):
    plan = at_signatures
    form = plan.attach("tara")
    plan.council.do("tara", "sign_off_teacher")

    assert "The plan is being signed" in plan.form("tara").text
    assert "Attach this file" not in plan.form("tara").buttons
    assert form.press("Remove Spring report").status == 422
    assert plan.attach("tara", title="Too late", form=form).status == 422
    assert [row.title for row in plan.rows(AttachedFile)] == ["Spring report"]
    assert status(plan.browser("wilma"), plan.address(form)) == 200


def test_a_plan_that_was_returned_can_get_other_files(at_signatures):
    plan = at_signatures
    plan.attach("tara")
    plan.council.both_sign()
    plan.council.do("viktor", "assure_quality", quality_rating="red", return_reasons="No measures")

    page = plan.form("tara").press("Remove Spring report")

    assert "The file was removed" in page.whole


@pytest.mark.both_stores
def test_a_signed_version_keeps_what_it_held(at_signatures):
    plan = at_signatures
    council = plan.council
    kept = plan.address(plan.attach("tara"))
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    signed = plan.plan("tara")
    assert "signed and passed on" in signed.section("Versions")

    plan.attach("tara", title="Later report")
    both = plan.form("tara")
    assert {"Spring report", "Later report"} <= {
        text.partition(" (")[0] for text in both.links}
    both.press("Remove Spring report")

    assert "Spring report" not in plan.plan("tara").section("Attached files")
    assert "Later report" in plan.plan("tara").section("Attached files")
    first = plan.plan("tara", 1)
    assert "Spring report" in first.section("Attached files")
    assert "Later report" not in first.section("Attached files")
    assert status(plan.browser("tara"), kept) == 200
    token = plan.browser("tara").open("/procedures").token
    again = plan.browser("tara").send(f"{kept}/remove", [("csrf_token", token)])
    assert again.status == 422


def test_a_plan_that_is_reopened_goes_on_with_its_files(at_signatures):
    plan = at_signatures
    council = plan.council
    kept = plan.address(plan.attach("tara"))
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")

    reopen_plan(council.by("vera"), plan.case_id, reason="The wrong school year")

    plan.form("tara").press("Remove Spring report")
    assert "Spring report" not in plan.plan("tara").section("Attached files")
    assert "Spring report" in plan.plan("tara", 1).section("Attached files")
    assert status(plan.browser("tara"), kept) == 200


@pytest.mark.both_stores
def test_a_link_without_an_account_reaches_no_file(plan):
    address = plan.address(plan.attach("tara"))
    task = plan.council.task("tara", "record_child_views")
    asked = plan.browser("tara").open(f"/tasks/{task}/links").fill({"Their name": "Robin"})
    told = asked.press("Make a link").section("The new link and its code")
    secret = re.search(r"/contribute/(\S+)", told).group(1)
    guest = plan.council.visitor()
    inside = guest.open(f"/contribute/{secret}").fill(
        {"Your code": re.search(r"\b\d{3} \d{3}\b", told).group()}).press("Go on")
    assert inside.status == 200

    file = address.rpartition("/")[2]
    assert "Spring report" not in inside.whole
    assert status(guest, address) == 302
    assert status(guest, f"/children/{plan.child_id}/attached") == 302
    assert status(guest, f"/contribute/{secret}/pictures/{file}") == 404
    assert status(plan.browser("tara"), f"/attachments/{file}") == 404
