"""Two people for every release: one proposes it, another lets it go live."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from diagrams import two_signatures
from plain_domain import ANN, BEN, CHILD, DAN
from publishing import propose, publish
from sqlalchemy import select

from engine import review
from engine.cases import open_case
from engine.domain import SYSTEM, Asks, ProtectedRule
from engine.drafts import (
    DraftChanged,
    begin_draft_from,
    discard_draft,
    open_draft,
    save_draft_file,
)
from engine.errors import AnswersInvalid, DiagramRefused, NotFound, Refused
from engine.releases import get_release, live_release, load_folder, release_files, releases_of
from engine.review import (
    ReviewOver,
    approve_release,
    begin_what_is_due,
    propose_release,
    releases_to_review,
    return_release,
)
from engine.store.models import Audit, Event


@pytest.fixture
def letter(council):
    council.load("letter")
    return council


def changed(name="Draft"):
    files = two_signatures()
    old = files["letter.bpmn"]
    return {**files, "letter.bpmn": old.replace(b'name="Write"', f'name="{name}"'.encode())}


def drafted(by, name="Draft", seen=0):
    return save_draft_file(by, "letter", "letter.bpmn", changed(name)["letter.bpmn"], seen)


def test_what_one_person_proposes_waits_and_a_colleague_lets_it_go_live(letter):
    saved = drafted(letter.by(ANN))

    waiting = propose_release(letter.by(ANN), "letter", " A clearer name ", saved.version)

    assert (waiting.number, waiting.state, waiting.origin) == (2, "in_review", "studio")
    assert (waiting.notes, waiting.authors) == ("A clearer name", {ANN.id})
    assert live_release(letter.by(ANN), "letter").number == 1
    assert open_draft(letter.by(ANN), "letter").version == 0
    assert [each.id for each in releases_to_review(letter.by(DAN))] == [waiting.id]

    live = approve_release(letter.by(DAN), waiting.id, "Reads well")

    assert (live.state, live.reviewed_by, live.review) == ("live", DAN.id, "Reads well")
    assert release_files(letter.by(ANN), live.id) == changed()
    case = letter.case(open_case(letter.by(ANN), "letter", CHILD))
    assert case.task("write").name == "Draft"
    assert releases_to_review(letter.by(DAN)) == []


def test_nobody_approves_what_they_have_changed(letter):
    drafted(letter.by(ANN))
    saved = drafted(letter.by(BEN), "Compose", 1)
    waiting = propose_release(letter.by(BEN), "letter", "A clearer name", saved.version)

    for author in (ANN, BEN):
        with pytest.raises(Refused, match="A colleague has to approve it"):
            approve_release(letter.by(author), waiting.id)

    assert get_release(letter.by(ANN), waiting.id).state == "in_review"


def test_nothing_is_proposed_without_notes_a_change_or_over_a_colleagues_save(letter):
    by = letter.by(ANN)
    with pytest.raises(Refused, match="no draft yet"):
        propose_release(by, "letter", "Nothing saved", 0)
    same = save_draft_file(by, "letter", "letter.bpmn", two_signatures()["letter.bpmn"], 0)
    with pytest.raises(AnswersInvalid) as problem:
        propose_release(by, "letter", "  ", same.version, live_from=date(2020, 1, 1))
    assert sorted(problem.value.errors) == ["live_from", "notes"]
    with pytest.raises(Refused, match="same as release 1"):
        propose_release(by, "letter", "No change", same.version)
    drafted(letter.by(BEN), seen=same.version)
    with pytest.raises(DraftChanged):
        propose_release(by, "letter", "Not what I saw", same.version)

    assert [release.number for release in releases_of(by, "letter")] == [1]


def test_what_the_check_refuses_is_not_proposed(letter):
    files = changed()
    files["letter.bpmn"] = files["letter.bpmn"].replace(b'pepway:form="write"', b"")

    with pytest.raises(DiagramRefused):
        propose(letter.by(ANN), "letter", files)

    assert open_draft(letter.by(ANN), "letter").files == files


def test_what_changed_while_it_was_checked_is_not_proposed(letter, monkeypatch):
    saved = drafted(letter.by(ANN))
    let_pass = review.refuse_unsound

    def meanwhile(*asked):
        let_pass(*asked)
        discard_draft(letter.by(BEN), "letter", saved.version)
        drafted(letter.by(BEN), "Not checked")

    monkeypatch.setattr(review, "refuse_unsound", meanwhile)
    with pytest.raises(DraftChanged):
        propose_release(letter.by(ANN), "letter", "A clearer name", saved.version)

    assert [release.number for release in releases_of(letter.by(ANN), "letter")] == [1]


def test_one_form_sent_by_many_at_once_proposes_once_and_says_the_same(letter):
    by = letter.by(ANN)
    saved = drafted(by)

    with ThreadPoolExecutor(6) as threads:
        said = list(threads.map(
            lambda _: propose_release(by, "letter", "Clearer", saved.version, nonce="one form"),
            range(6),
        ))

    assert {each.number for each in said} == {2}


def test_a_release_is_sent_back_with_a_reason_and_its_authors_go_on_from_it(letter):
    waiting = propose(letter.by(ANN), "letter", changed())
    with pytest.raises(AnswersInvalid):
        return_release(letter.by(DAN), waiting.id, " ")

    back = return_release(letter.by(DAN), waiting.id, "Say which letter")

    assert (back.state, back.review) == ("returned", "Say which letter")
    with pytest.raises(ReviewOver):
        approve_release(letter.by(DAN), waiting.id)
    with pytest.raises(ReviewOver):
        return_release(letter.by(ANN), waiting.id, "Too late")
    begun = begin_draft_from(letter.by(ANN), waiting.id)
    assert begun.files == changed()
    again = propose_release(letter.by(ANN), "letter", "Which letter", begun.version)
    assert approve_release(letter.by(DAN), again.id).number == 3


def test_of_two_who_approve_at_once_one_does(letter):
    waiting = propose(letter.by(ANN), "letter", changed())

    def approve(who):
        try:
            return approve_release(letter.by(who), waiting.id).state
        except ReviewOver:
            return "over"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(approve, (BEN, DAN)))

    assert said == ["live", "over"]


def test_an_approved_release_goes_live_on_its_day(letter):
    by, system = letter.by(ANN), letter.by(SYSTEM)
    day = by.today + timedelta(days=3)
    saved = drafted(by)
    waiting = propose_release(by, "letter", "From Monday", saved.version, live_from=day)

    approved = approve_release(letter.by(DAN), waiting.id)

    assert (approved.state, approved.live_from) == ("approved", day)
    assert begin_what_is_due(system) == []
    letter.clock.move_to(letter.clock.now() + timedelta(days=3))
    assert [each.number for each in begin_what_is_due(system)] == [2]
    assert begin_what_is_due(system) == []
    assert live_release(by, "letter").number == 2


def test_an_approved_release_can_be_taken_back_before_its_day(letter):
    by = letter.by(ANN)
    waiting = propose_release(by, "letter", "From Monday", drafted(by).version,
                              live_from=by.today + timedelta(days=3))
    approve_release(letter.by(DAN), waiting.id)

    return_release(by, waiting.id, "The form is not ready")
    letter.clock.move_to(letter.clock.now() + timedelta(days=3))

    assert begin_what_is_due(letter.by(SYSTEM)) == []
    assert live_release(by, "letter").number == 1


def test_an_earlier_release_becomes_a_new_one(letter):
    first = live_release(letter.by(ANN), "letter")
    publish(letter, "letter", changed())

    begun = begin_draft_from(letter.by(ANN), first.id)
    proposed = propose_release(letter.by(ANN), "letter", "The old name was better", begun.version)
    again = approve_release(letter.by(DAN), proposed.id)

    assert (begun.release_number, again.number, again.sha256) == (1, 3, first.sha256)


def test_a_folder_that_waits_in_review_is_approved_by_anyone_who_may(letter):
    publish(letter, "letter", changed())
    waiting = load_folder(letter.by(SYSTEM), "letter", changed("Compose"))

    assert approve_release(letter.by(ANN), waiting.id).state == "live"


def test_what_does_not_exist_is_not_found(letter):
    with pytest.raises(NotFound):
        approve_release(letter.by(DAN), CHILD)
    with pytest.raises(NotFound):
        return_release(letter.by(DAN), CHILD, "Why")


def keeping_notes(council, monkeypatch, *, statutory):
    """Every letter holds what the teacher notes: a rule that no diagram may lose unnoticed."""
    asks = Asks("forms.sign_teacher.teacher_note", "the teacher to note")
    rule = ProtectedRule("noted", "What the teacher notes stands in it", "section 1", statutory,
                         "letter", (asks,))
    domain = council.installation.domain
    monkeypatch.setattr(domain, "vocabulary", replace(domain.vocabulary, protected=(rule,)))


def without_notes():
    files = two_signatures()
    return {**files, "sign_teacher.form": files["sign_teacher.form"].replace(b"teacher_", b"a_")}


def test_what_breaks_a_statutory_rule_is_refused_with_the_reason(letter, monkeypatch):
    keeping_notes(letter, monkeypatch, statutory=True)
    assert propose(letter.by(ANN), "letter", changed()).state == "in_review"

    with pytest.raises(DiagramRefused) as refused:
        propose(letter.by(ANN), "letter", without_notes())

    [finding] = refused.value.findings
    assert finding.rule == "protected-rule"
    assert "No step asks the teacher to note, and a child's plan would break" in finding.message
    assert "What the teacher notes stands in it (section 1)" in finding.message


def test_a_local_rule_is_set_aside_with_a_reason_by_whoever_may(letter, monkeypatch):
    keeping_notes(letter, monkeypatch, statutory=False)
    waiting = propose(letter.by(ANN), "letter", without_notes())
    assert waiting.set_aside == ("noted",)

    with pytest.raises(Refused, match="Only the virtual school"):
        approve_release(letter.by(DAN), waiting.id, "It is not needed")
    with pytest.raises(AnswersInvalid):
        approve_release(letter.by(DAN), waiting.id, may_set_aside=True)
    live = approve_release(letter.by(DAN), waiting.id, "It is kept elsewhere", may_set_aside=True)
    assert (live.state, live.review) == ("live", "It is kept elsewhere")

    files = without_notes()
    files["letter.bpmn"] = changed()["letter.bpmn"]
    later = propose(letter.by(ANN), "letter", files)
    assert approve_release(letter.by(DAN), later.id).state == "live"


def test_what_happened_to_a_release_is_in_the_audit_and_in_events(letter):
    waiting = propose(letter.by(ANN), "letter", changed())
    return_release(letter.by(DAN), waiting.id, "Say which letter")
    publish(letter, "letter", changed("Compose"))

    with letter.by(SYSTEM).begin(writing=False) as work:
        audit = list(work.session.scalars(
            select(Audit.action).where(Audit.about.startswith("release:")).order_by(Audit.seq)))
        events = list(work.session.scalars(
            select(Event.kind).where(Event.kind.startswith("release_")).order_by(Event.seq)))
    assert audit[1:] == ["propose_release", "return_release", "propose_release",
                         "approve_release", "publish_release"]
    assert events[1:] == ["release_proposed", "release_returned", "release_proposed",
                          "release_approved", "release_published"]
