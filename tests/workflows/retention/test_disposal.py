"""A record that has passed its date is destroyed: two approve, holds win, a certificate remains."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.errors import NotFound, Refused
from engine.sealer import seal_committed_rows
from engine.store.base import Base
from engine.tampering import find_tampering
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file
from workflows.contributions.links import invite_to_contribute
from workflows.corrections import ask_for_correction
from workflows.pep.changes.leaving import record_death
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pictures.kept import add_picture
from workflows.retention.disposal import (
    approve_disposal,
    children_to_destroy,
    destroy_record,
    draw_up_disposal,
    get_certificate,
    get_disposal,
)
from workflows.retention.holds import lift_hold, place_hold
from workflows.retention.table import DestructionCertificate
from workflows.section_comments import comment_on_section
from workflows.subject_access.requests import close_request, open_request
from workflows.subject_access.table import Withholding
from workflows.typed import TypedForm

CANARY = "qzcanaryzq"
DIED, DUE = "2026-06-01", "2041-06-02"
"""Fifteen years and a day lie between them."""


@pytest.fixture
def told(small_council):
    """A child of whom every table has something, who has died, and one who lives in care."""
    case = small_council.start(given_names=f"{CANARY}robin", known_as=CANARY,
                               placement_address=f"9 {CANARY} Lane")
    other = small_council.start(given_names="Morgan", family_name="Elsewhere")
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    case.do("complete_social_work_sections", "wilma")
    vera, iris, child = small_council.by("vera"), small_council.by("iris"), case.child_id
    attach_file(vera, child, About("school_report", "needs", CANARY, vera.today),
                CheckedFile(f"{CANARY}.txt", "text/plain", CANARY.encode()), "once")
    tara, views = small_council.by("tara"), case.open()["record_child_views"].id
    invite_to_contribute(tara, views, "child", CANARY)
    add_picture(tara, views, CANARY.encode())
    comment_on_section(vera, case.id, "needs", CANARY, case.id)
    small_council.move_to(DIED)
    record_death(small_council.by("mona"), case.id, on=small_council.by("mona").today,
                 reason="As the hospital told us")
    lift_hold(vera, place_hold(vera, child, reason=CANARY, authority=CANARY), reason=CANARY)
    close_request(iris, open_request(iris, child, asked_by=CANARY, received_on=iris.today), CANARY)
    ask_for_correction(vera, child, number=1, path=_answered(vera, child), wrong=CANARY,
                       right=CANARY, asked_by=CANARY, asked_on=vera.today)
    with vera.begin() as work:
        work.session.add(Withholding(child_id=child, kind="third_party", reason=CANARY,
                                     phrase=CANARY, set_by=work.actor.id, set_at=work.now))
        work.session.add(RecordValue(
            version_id=work.session.scalars(
                select(RecordVersion.id).where(RecordVersion.child_id == child)).one(),
            path="what_works.learning", value=CANARY, valid=True, version=1, by=None, at=work.now,
        ))
        work.session.add(TypedForm(
            person_id=work.actor.id, form_id="a-form-id", address=f"/cases/{case.id}/change",
            fields=[["reason", CANARY]], said={}, at=work.now,
        ))
    return case, other


def _answered(by, child_id):
    with by.begin(writing=False) as work:
        return next(iter(work.session.scalars(
            select(RecordVersion.document).where(RecordVersion.child_id == child_id)
        ).one()))


@pytest.fixture
def approved(told, small_council):
    """The child's record on a list that two have approved."""
    small_council.clock.move_to(small_council.clock.now().replace(year=2041, month=6, day=2))
    list_id = draw_up_disposal(small_council.by("iris"))
    approve_disposal(small_council.by("vera"), list_id)
    approve_disposal(small_council.by("max"), list_id)
    return told[0].child_id, list_id


def every_row(council):
    """Every cell of every table, as text."""
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        for table in Base.metadata.sorted_tables:
            for row in work.session.execute(select(table)):
                yield table.name, " ".join(map(str, row))


def where(council, *words):
    return {table for table, text in every_row(council)
            if any(word in text.replace("-", "") for word in words)}


def test_nothing_is_left_but_the_certificate_events_and_audit(approved, small_council):
    child, list_id = approved
    hexed = child.hex
    before = {table for table, _ in every_row(small_council)}
    tables = where(small_council, hexed, CANARY)
    assert tables >= {"child", "case", "task", "placement", "record_version", "record_value",
                      "attached_file", "attachment", "contribution", "section_comment",
                      "legal_hold", "subject_access_request", "correction", "withholding",
                      "typed_form", "name_ending", "disposal_item"}

    certificate = get_certificate(small_council.by("iris"), destroy_record(
        small_council.by("iris"), list_id, child))

    assert where(small_council, CANARY) == set()
    assert where(small_council, hexed) == {"event", "audit"}
    assert certificate.number == 1
    assert certificate.approved_by == ["Max", "Vera"]
    assert certificate.reason == "15 years from the death of a child who died before 18"
    counts = dict(certificate.counts)
    assert counts["child"] == counts["case"] == counts["attached_file"] == 1
    assert before - {table for table, _ in every_row(small_council)} <= set(counts)


def test_another_child_keeps_every_row(approved, told, small_council):
    other = told[1].child_id
    rows = [text for _, text in every_row(small_council) if other.hex in text.replace("-", "")]

    destroy_record(small_council.by("iris"), approved[1], approved[0])

    after = [text for _, text in every_row(small_council) if other.hex in text.replace("-", "")]
    assert after == rows
    assert get_disposal(small_council.by("iris"), approved[1]).items == []


def test_the_chain_of_the_audit_stays_whole(approved, small_council):
    seal_committed_rows(small_council.by("vera"))
    destroy_record(small_council.by("iris"), approved[1], approved[0])
    seal_committed_rows(small_council.by("vera"))

    assert find_tampering(small_council.by("vera")).findings == []


def test_a_hold_between_approval_and_execution_wins(approved, small_council):
    child, list_id = approved
    iris = small_council.by("iris")
    hold = place_hold(small_council.by("vera"), child, reason="Inquiry", authority="The court")
    rows = sorted(every_row(small_council))

    with pytest.raises(Refused, match="A legal hold stands"):
        destroy_record(iris, list_id, child)

    assert sorted(every_row(small_council)) == rows
    assert children_to_destroy(iris, list_id) == []
    assert [each.stopped_by for each in get_disposal(iris, list_id).items] == [
        "A legal hold stands"]
    lift_hold(iris, hold, reason="The inquiry has ended")
    destroy_record(iris, list_id, child)


def test_an_open_request_stops_it_too(approved, small_council):
    iris = small_council.by("iris")
    open_request(iris, approved[0], asked_by="A relative", received_on=iris.today)

    with pytest.raises(Refused, match="A request for access is open"):
        destroy_record(iris, approved[1], approved[0])


def test_who_drew_it_up_does_not_approve_and_one_is_not_two(told, small_council):
    small_council.clock.move_to(small_council.clock.now().replace(year=2041, month=6, day=2))
    iris, vera = small_council.by("iris"), small_council.by("vera")
    list_id = draw_up_disposal(iris)

    with pytest.raises(Refused, match="You drew this list up"):
        approve_disposal(iris, list_id)
    approve_disposal(vera, list_id)
    with pytest.raises(Refused, match="approved this list already"):
        approve_disposal(vera, list_id)
    with pytest.raises(Refused, match="Two people"):
        destroy_record(iris, list_id, told[0].child_id)
    with pytest.raises(Refused, match="No record has passed"):
        draw_up_disposal(iris)


def test_a_record_is_destroyed_once(approved, small_council):
    iris = small_council.by("iris")
    destroy_record(iris, approved[1], approved[0])

    with pytest.raises(NotFound):
        destroy_record(iris, approved[1], approved[0])
    with iris.begin(writing=False) as work:
        assert len(list(work.session.scalars(select(DestructionCertificate)))) == 1


def test_what_is_cut_off_leaves_the_record_whole_and_goes_on(approved, small_council, monkeypatch):
    """The certificate cannot be written: the record stands as it stood, and is destroyed later."""
    child, list_id = approved
    iris, rows = small_council.by("iris"), sorted(every_row(small_council))
    with monkeypatch.context() as broken:
        broken.setattr("workflows.retention.disposal.new_id", _cut_off)
        with pytest.raises(RuntimeError, match="cut off"):
            destroy_record(iris, list_id, child)
    assert sorted(every_row(small_council)) == rows

    destroy_record(iris, list_id, child)

    assert children_to_destroy(iris, list_id) == []


def _cut_off():
    raise RuntimeError("cut off")


def test_nobody_is_listed_on_the_last_day(told, small_council):
    small_council.clock.move_to(small_council.clock.now().replace(year=2041, month=6, day=1))

    with pytest.raises(Refused, match="No record has passed"):
        draw_up_disposal(small_council.by("iris"))


def test_sqlite_overwrites_what_it_deletes(approved, small_council):
    database = small_council.installation.database
    if not database.file:
        return
    destroy_record(small_council.by("iris"), approved[1], approved[0])
    database.engine.dispose()
    with closing(sqlite3.connect(database.file)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert CANARY.encode() not in Path(database.file).read_bytes()
