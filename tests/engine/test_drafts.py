"""A process owner changes a diagram, and so does another; nothing is lost or half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from diagrams import two_signatures
from endless import for_ever
from plain_domain import ANN, BEN, CHILD
from sqlalchemy import select

from engine import drafts
from engine.cases import open_case
from engine.checker import bounded
from engine.drafts import (
    DraftChanged,
    begin_draft_from,
    check_draft,
    discard_draft,
    open_draft,
    publish_draft,
    save_draft_diagram,
)
from engine.errors import AnswersInvalid, DiagramRefused, NotFound, Refused
from engine.releases import live_release, load_folder, release_files, releases_of
from engine.spiff.xml import Unreadable
from engine.store.models import Audit


@pytest.fixture
def letter(council):
    council.load("letter")
    return council


def diagram(name="Write"):
    return two_signatures()["letter.bpmn"].replace(b'name="Write"', f'name="{name}"'.encode())


def test_before_anything_is_saved_the_draft_is_the_live_diagram(letter):
    draft = open_draft(letter.by(ANN), "letter")

    assert (draft.version, draft.release_number) == (0, 1)
    assert draft.content == two_signatures()["letter.bpmn"]
    assert (draft.saved_by, draft.saved_at) == (None, None)


def test_a_saved_draft_is_there_for_every_process_owner_and_no_case_uses_it(letter):
    save_draft_diagram(letter.by(ANN), "letter", diagram("Draft"), 0)

    draft = open_draft(letter.by(BEN), "letter")
    case = letter.case(open_case(letter.by(ANN), "letter", CHILD))

    assert (draft.version, draft.saved_by, draft.content) == (1, ANN.id, diagram("Draft"))
    assert case.task("write").name == "Write"


def test_the_second_of_two_who_save_is_told_who_was_first_and_when(letter):
    seen = open_draft(letter.by(BEN), "letter").version
    first = save_draft_diagram(letter.by(ANN), "letter", diagram("Draft"), 0)

    with pytest.raises(DraftChanged) as clash:
        save_draft_diagram(letter.by(BEN), "letter", diagram("Compose"), seen)

    assert (clash.value.by, clash.value.at) == (ANN.id, first.saved_at)
    assert open_draft(letter.by(BEN), "letter").content == diagram("Draft")
    replaced = save_draft_diagram(letter.by(BEN), "letter", diagram("Compose"), first.version)
    assert replaced.version == 2


def test_publishing_makes_the_next_release_with_the_forms_and_ends_the_draft(letter):
    saved = save_draft_diagram(letter.by(ANN), "letter", diagram("Draft"), 0)

    release = publish_draft(letter.by(ANN), "letter", "A clearer name", saved.version)

    assert (release.number, release.origin, release.notes) == (2, "studio", "A clearer name")
    assert release_files(letter.by(ANN), release.id) == {
        **two_signatures(), "letter.bpmn": diagram("Draft")
    }
    assert open_draft(letter.by(ANN), "letter").version == 0
    assert live_release(letter.by(ANN), "letter").number == 2


def test_nothing_is_published_without_notes_without_a_change_or_over_a_colleagues_save(letter):
    by = letter.by(ANN)
    with pytest.raises(Refused, match="There is no draft to publish"):
        publish_draft(by, "letter", "Nothing saved", 0)
    same = save_draft_diagram(by, "letter", diagram(), 0)
    with pytest.raises(AnswersInvalid):
        publish_draft(by, "letter", "  ", same.version)
    with pytest.raises(Refused, match="same as release 1"):
        publish_draft(by, "letter", "No change", same.version)
    save_draft_diagram(letter.by(BEN), "letter", diagram("Draft"), same.version)
    with pytest.raises(DraftChanged):
        publish_draft(by, "letter", "Not what I saw", same.version)

    assert [release.number for release in releases_of(by, "letter")] == [1]


def test_a_draft_may_be_unsound_but_is_then_not_published(letter):
    by = letter.by(ANN)
    unsound = diagram().replace(b'pepway:form="write"', b'pepway:form="nowhere"')

    saved = save_draft_diagram(by, "letter", unsound, 0)
    [finding] = [f for report in check_draft(by, "letter") for f in report.findings
                 if f.severity == "error"]

    assert (finding.rule, finding.element) == ("form-not-found", "write")
    with pytest.raises(DiagramRefused):
        publish_draft(by, "letter", "Try", saved.version)
    assert open_draft(by, "letter").content == unsound


def test_the_check_looks_at_a_diagram_that_is_not_saved_yet(letter):
    unsaved = diagram().replace(b'id="done"', b'id="done" name="Posted"')

    reports = check_draft(letter.by(ANN), "letter", unsaved)

    assert {report.verdict for report in reports} == {"sound"}
    assert open_draft(letter.by(ANN), "letter").version == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a spreadsheet", "not well-formed XML"),
        (b"<html><body/></html>", "no BPMN 2.0 process"),
        (b"<a>" + b" " * 2_000_001 + b"</a>", "larger than 2 MB"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
    ],
    ids=["nothing", "a spreadsheet", "a web page", "too large", "an entity"],
)
def test_what_is_no_diagram_is_refused_in_words_and_the_draft_stays(letter, content, said):
    save_draft_diagram(letter.by(ANN), "letter", diagram("Draft"), 0)

    with pytest.raises(Unreadable, match=said):
        save_draft_diagram(letter.by(ANN), "letter", content, 1)

    assert open_draft(letter.by(ANN), "letter").content == diagram("Draft")


def test_a_draft_that_is_thrown_away_leaves_the_releases_as_they_are(letter):
    saved = save_draft_diagram(letter.by(ANN), "letter", diagram("Draft"), 0)
    with pytest.raises(DraftChanged):
        discard_draft(letter.by(BEN), "letter", 0)

    discard_draft(letter.by(BEN), "letter", saved.version)
    discard_draft(letter.by(BEN), "letter", saved.version)

    assert open_draft(letter.by(ANN), "letter").content == diagram()


def test_a_diagram_beyond_the_limits_of_the_check_is_too_complex_and_nobody_waits_for_it(
    letter, monkeypatch
):
    by = letter.by(ANN)
    case = letter.case(open_case(by, "letter", CHILD))
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    monkeypatch.setattr(bounded, "SECONDS", 3)
    monkeypatch.setattr(bounded, "check_files", for_ever)

    with ThreadPoolExecutor() as others:
        publishing = others.submit(publish_draft, by, "letter", "A clearer name", saved.version)
        looking = others.submit(check_draft, by, "letter")
        case.complete("write", ANN, letter_text="Dear all")
        assert not publishing.done()
        with pytest.raises(DiagramRefused) as refused:
            publishing.result()

    said = {finding.rule: finding.message for finding in refused.value.findings}
    assert "Divide it into smaller processes" in said["too-complex"]
    assert {report.verdict for report in looking.result()} == {"refused"}
    assert live_release(by, "letter").number == 1


def test_what_changed_while_it_was_checked_is_not_published(letter, monkeypatch):
    by = letter.by(ANN)
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    let_pass = drafts.refuse_unsound

    def meanwhile(*asked):
        let_pass(*asked)
        discard_draft(letter.by(BEN), "letter", saved.version)
        save_draft_diagram(letter.by(BEN), "letter", diagram("Not checked"), 0)

    monkeypatch.setattr(drafts, "refuse_unsound", meanwhile)
    with pytest.raises(DraftChanged):
        publish_draft(by, "letter", "A clearer name", saved.version)

    assert live_release(by, "letter").number == 1


def test_an_earlier_release_can_be_published_again(letter):
    by = letter.by(ANN)
    first = live_release(by, "letter")
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    publish_draft(by, "letter", "A clearer name", saved.version)

    begun = begin_draft_from(by, first.id)
    with pytest.raises(Refused, match="draft of this diagram already"):
        begin_draft_from(by, first.id)
    again = publish_draft(by, "letter", "The old name was better", begun.version)

    assert (begun.release_number, again.number) == (1, 3)
    assert again.sha256 == first.sha256


def test_a_release_in_review_goes_live_when_it_is_published(letter):
    by = letter.by(ANN)
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    publish_draft(by, "letter", "A clearer name", saved.version)
    from_disk = {**two_signatures(), "letter.bpmn": diagram("Compose")}
    waiting = load_folder(by, "letter", from_disk)

    begun = begin_draft_from(by, waiting.id)
    live = publish_draft(by, "letter", "From the folder", begun.version)

    assert (waiting.state, live.state, live.sha256) == ("in_review", "live", waiting.sha256)


def test_a_procedure_that_does_not_exist_is_not_found(letter):
    with pytest.raises(NotFound):
        open_draft(letter.by(ANN), "nothing")
    with pytest.raises(NotFound):
        save_draft_diagram(letter.by(ANN), "nothing", diagram(), 0)


def test_every_save_publish_and_discard_is_in_the_audit(letter):
    by = letter.by(BEN)
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    discard_draft(by, "letter", saved.version)
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)
    publish_draft(by, "letter", "A clearer name", saved.version)

    with by.begin(writing=False) as work:
        actions = list(
            work.session.scalars(
                select(Audit.action).where(Audit.actor_id == BEN.id).order_by(Audit.seq)
            )
        )
    assert actions == [
        "save_diagram_draft", "discard_diagram_draft", "save_diagram_draft", "publish_release"
    ]


def test_one_form_sent_by_many_at_once_publishes_once_and_says_the_same(letter):
    by = letter.by(ANN)
    saved = save_draft_diagram(by, "letter", diagram("Draft"), 0)

    with ThreadPoolExecutor(6) as threads:
        said = list(threads.map(
            lambda _: publish_draft(by, "letter", "A clearer name", saved.version, "one form"),
            range(6),
        ))

    assert {each.number for each in said} == {2}
