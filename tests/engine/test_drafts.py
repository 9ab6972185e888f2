"""A process owner changes a procedure, and so does another; nothing is lost or half done."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from diagrams import two_signatures
from endless import for_ever
from plain_domain import ANN, BEN, CHILD, DAN
from sqlalchemy import select

from engine import drafts
from engine.cases import open_case
from engine.checker import bounded
from engine.checker.remembered import check_once
from engine.drafts import (
    DraftChanged,
    begin_draft_from,
    begin_procedure,
    discard_draft,
    drafts_begun,
    open_draft,
    save_draft_file,
    take_back_save,
)
from engine.errors import DiagramRefused, NotFound, Refused
from engine.releases import live_release
from engine.review import approve_release, propose_release, return_release
from engine.spiff.xml import Unreadable
from engine.store.models import Audit


@pytest.fixture
def letter(council):
    council.load("letter")
    return council


def diagram(name="Write"):
    return two_signatures()["letter.bpmn"].replace(b'name="Write"', f'name="{name}"'.encode())


def save(by, content, seen, path="letter.bpmn"):
    return save_draft_file(by, "letter", path, content, seen)


def check_draft(by, procedure, changed=None):
    files = {**open_draft(by, procedure).files, **(changed or {})}
    return check_once(files, by.installation.domain.vocabulary, procedure)


def test_before_anything_is_saved_the_draft_is_the_live_diagram(letter):
    draft = open_draft(letter.by(ANN), "letter")

    assert (draft.version, draft.release_number) == (0, 1)
    assert draft.content == two_signatures()["letter.bpmn"]
    assert (draft.saved_by, draft.saved_at) == (None, None)


def test_a_saved_draft_is_there_for_every_process_owner_and_no_case_uses_it(letter):
    save(letter.by(ANN), diagram("Draft"), 0)

    draft = open_draft(letter.by(BEN), "letter")
    case = letter.case(open_case(letter.by(ANN), "letter", CHILD))

    assert (draft.version, draft.saved_by, draft.content) == (1, ANN.id, diagram("Draft"))
    assert case.task("write").name == "Write"


def test_the_second_of_two_who_save_is_told_who_was_first_and_when(letter):
    seen = open_draft(letter.by(BEN), "letter").version
    first = save(letter.by(ANN), diagram("Draft"), 0)

    with pytest.raises(DraftChanged) as clash:
        save(letter.by(BEN), diagram("Compose"), seen)

    assert (clash.value.by, clash.value.at) == (ANN.id, first.saved_at)
    assert open_draft(letter.by(BEN), "letter").content == diagram("Draft")
    replaced = save(letter.by(BEN), diagram("Compose"), first.version)
    assert replaced.version == 2


def test_a_draft_may_be_unsound_but_is_then_not_published(letter):
    by = letter.by(ANN)
    unsound = diagram().replace(b'pepway:form="write"', b'pepway:form="nowhere"')

    saved = save(by, unsound, 0)
    [finding] = [f for report in check_draft(by, "letter") for f in report.findings
                 if f.severity == "error"]

    assert (finding.rule, finding.element) == ("form-not-found", "write")
    with pytest.raises(DiagramRefused):
        propose_release(by, "letter", "Try", saved.version)
    assert open_draft(by, "letter").content == unsound


def test_the_check_looks_at_a_diagram_that_is_not_saved_yet(letter):
    unsaved = diagram().replace(b'id="done"', b'id="done" name="Posted"')

    reports = check_draft(letter.by(ANN), "letter", {"letter.bpmn": unsaved})

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
    save(letter.by(ANN), diagram("Draft"), 0)

    with pytest.raises(Unreadable, match=said):
        save(letter.by(ANN), content, 1)

    assert open_draft(letter.by(ANN), "letter").content == diagram("Draft")


def form(label="The letter"):
    return json.dumps({"components": [
        {"type": "textarea", "key": "letter_text", "label": label}]}).encode()


def test_two_who_change_different_files_are_in_nobodys_way(letter):
    save(letter.by(ANN), diagram("Draft"), 0)
    save(letter.by(BEN), form(), 0, "write.form")

    saved = save(letter.by(ANN), diagram("Compose"), 1)

    assert saved.version == 3
    assert saved.changed == ["letter.bpmn", "write.form"]
    assert saved.files["write.form"] == form()
    with pytest.raises(DraftChanged) as clash:
        save(letter.by(ANN), form("Dear all"), 1, "write.form")
    assert clash.value.by == BEN.id


def test_a_draft_of_another_release_is_not_mixed_with_what_its_author_saw(letter):
    by = letter.by(ANN)
    first = live_release(by, "letter")
    saved = save(by, diagram("Draft"), 0)
    proposed = propose_release(by, "letter", "A clearer name", saved.version)
    approve_release(letter.by(DAN), proposed.id)
    begin_draft_from(letter.by(BEN), first.id)

    with pytest.raises(DraftChanged):
        save(by, diagram("Compose"), 0)


def test_changes_are_taken_back_one_by_one_the_last_one_first(letter):
    by = letter.by(ANN)
    save(by, diagram("Draft"), 0)
    save(by, form(), 1, "write.form")

    once = take_back_save(by, "letter", 2)
    twice = take_back_save(by, "letter", once.version)

    assert (once.changed, twice.changed) == (["letter.bpmn"], [])
    assert not twice.can_take_back
    with pytest.raises(Refused, match="no change left"):
        take_back_save(by, "letter", twice.version)
    with pytest.raises(DraftChanged):  # whoever still sees what was taken back
        save(letter.by(BEN), diagram("Compose"), 2)


def test_only_the_last_saves_of_a_file_can_be_taken_back(letter, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT_SAVES", 3)
    by = letter.by(ANN)
    draft = save(by, form(), 0, "write.form")
    for name in "abcdef":
        draft = save(by, diagram(name), draft.version)

    for name in "ed":
        draft = take_back_save(by, "letter", draft.version)
        assert draft.content == diagram(name)
    assert draft.files["write.form"] == form()
    assert not draft.can_take_back
    with pytest.raises(Refused, match="no change left"):
        take_back_save(by, "letter", draft.version)


def test_whoever_has_changed_a_draft_does_not_approve_it_however_often_it_was_saved_since(
    letter, monkeypatch
):
    monkeypatch.setattr(drafts, "KEPT_SAVES", 2)
    draft = save(letter.by(DAN), diagram("a"), 0)
    for name in "bcd":
        draft = save(letter.by(ANN), diagram(name), draft.version)

    proposed = propose_release(letter.by(ANN), "letter", "A clearer name", draft.version)

    assert proposed.authors == {ANN.id, DAN.id}
    with pytest.raises(Refused, match="changed this release yourself"):
        approve_release(letter.by(DAN), proposed.id)


def test_whoever_changed_a_release_that_was_sent_back_is_an_author_of_what_begins_from_it(letter):
    draft = save(letter.by(ANN), diagram("Draft"), 0)
    sent_back = propose_release(letter.by(ANN), "letter", "A clearer name", draft.version)
    return_release(letter.by(DAN), sent_back.id, "Say why")
    draft = begin_draft_from(letter.by(BEN), sent_back.id)

    proposed = propose_release(letter.by(BEN), "letter", "It is clearer so", draft.version)

    assert proposed.authors == {ANN.id, BEN.id}


def test_who_saw_a_draft_that_is_gone_saves_nothing_into_the_one_that_was_begun_since(letter):
    by = letter.by(ANN)
    seen = save(by, diagram("Draft"), 0).version
    discard_draft(letter.by(BEN), "letter", seen)
    with pytest.raises(DraftChanged):
        save(by, form(), seen, "write.form")
    begun = save(letter.by(BEN), diagram("Compose"), 0)
    with pytest.raises(DraftChanged):
        save(by, form(), seen, "write.form")

    again = save(letter.by(BEN), form(), begun.version, "write.form")

    assert again.version > begun.version > seen
    assert again.changed == ["letter.bpmn", "write.form"]


def test_what_a_new_procedure_began_with_stays(letter):
    by = letter.by(ANN)
    files = {"visit.bpmn": diagram().replace(b"letter", b"visit"), "write.form": form()}
    draft = begin_procedure(by, "visit", files)
    assert not draft.can_take_back
    with pytest.raises(Refused, match="no change left"):
        take_back_save(by, "visit", draft.version)
    saved = save_draft_file(by, "visit", "write.form", form("Dear all"), draft.version)

    assert take_back_save(by, "visit", saved.version).files == draft.files


def test_a_file_is_added_and_another_taken_out(letter):
    by = letter.by(ANN)
    added = save(by, form(), 0, "thank.form")
    assert "thank.form" in added.files

    without = save(by, None, added.version, "thank.form")

    assert without.changed == []
    with pytest.raises(Refused, match="own diagram cannot be taken out"):
        save(by, None, without.version)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("../letter.bpmn", b"", "cannot be called"),
        ("letter.py", b"print()", "cannot be called"),
        ("write.form", b"{}", "no form as form-js writes it"),
        ("write.form", b"[" * 100_000, "no form as form-js writes it"),
        ("write.form", b" " * 2_000_001, "larger than 2 MB"),
        ("rating.dmn", b"<html/>", "no DMN 1.3 in it"),
    ],
    ids=["a way out", "a program", "no fields", "nested", "large", "no decision"],
)
def test_what_is_no_file_of_a_procedure_is_refused_in_words(letter, path, content, said):
    with pytest.raises(Refused, match=said):
        save(letter.by(ANN), content, 0, path)

    assert open_draft(letter.by(ANN), "letter").version == 0


def test_a_procedure_has_no_end_of_files(letter, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_FILES", len(two_signatures()))

    with pytest.raises(Refused, match="at most"):
        save(letter.by(ANN), form(), 0, "thank.form")

    assert open_draft(letter.by(ANN), "letter").version == 0


def test_a_new_procedure_begins_as_a_draft_and_its_first_release_makes_it_one(letter):
    by = letter.by(ANN)
    files = {path.replace("letter.", "note."): content.replace(b'"letter"', b'"note"')
             for path, content in two_signatures().items()}

    begun = begin_procedure(by, "note", files)
    with pytest.raises(Refused, match="of this name already"):
        begin_procedure(letter.by(BEN), "note", files)
    with pytest.raises(Refused, match="of this name already"):
        begin_procedure(letter.by(BEN), "letter", two_signatures())

    assert (begun.release_id, begun.release_number, drafts_begun(by)) == (None, 0, ["note"])
    proposed = propose_release(by, "note", "Notes as well as letters", begun.version)
    release = approve_release(letter.by(DAN), proposed.id)
    assert (release.number, release.state) == (1, "live")
    letter.case(open_case(by, "note", CHILD))


def test_a_draft_that_is_thrown_away_leaves_the_releases_as_they_are(letter):
    saved = save(letter.by(ANN), diagram("Draft"), 0)
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
    saved = save(by, diagram("Draft"), 0)
    monkeypatch.setattr(bounded, "SECONDS", 3)
    monkeypatch.setattr(bounded, "check_files", for_ever)

    with ThreadPoolExecutor() as others:
        publishing = others.submit(propose_release, by, "letter", "A clearer name", saved.version)
        looking = others.submit(check_draft, by, "letter")
        case.complete("write", ANN, letter_text="Dear all")
        assert not publishing.done()
        with pytest.raises(DiagramRefused) as refused:
            publishing.result()

    said = {finding.rule: finding.message for finding in refused.value.findings}
    assert "Divide it into smaller processes" in said["too-complex"]
    assert {report.verdict for report in looking.result()} == {"refused"}
    assert live_release(by, "letter").number == 1


def test_a_procedure_that_does_not_exist_is_not_found(letter):
    with pytest.raises(NotFound):
        open_draft(letter.by(ANN), "nothing")
    with pytest.raises(NotFound):
        save_draft_file(letter.by(ANN), "nothing", "nothing.bpmn", diagram(), 0)


def test_every_save_and_what_is_taken_back_or_thrown_away_is_in_the_audit(letter):
    by = letter.by(BEN)
    saved = save(by, diagram("Draft"), 0)
    discard_draft(by, "letter", saved.version)
    saved = save(by, diagram("Draft"), 0)
    take_back_save(by, "letter", saved.version)

    with by.begin(writing=False) as work:
        actions = list(
            work.session.scalars(
                select(Audit.action).where(Audit.actor_id == BEN.id).order_by(Audit.seq)
            )
        )
    assert actions == [
        "save_draft", "discard_draft", "save_draft", "take_back_save"
    ]
