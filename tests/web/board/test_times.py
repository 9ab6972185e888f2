"""How long steps take; and the log of finished cases, in which nobody is named."""

from datetime import timedelta

from figures_followed import follow_to_the_end
from lxml import etree
from sqlalchemy import select
from table_rows import row_of

from engine.store.models import Audit, Case, CaseStatus
from engine.tasks import claim_task

NOT_QUEUED = "\N{EN DASH}"
XES = {"x": "http://www.xes-standard.org/"}


def page_of(council, name="vera"):
    follow_to_the_end(council.installation)
    return council.sign_in(name).visitor.open("/board/times")


def test_a_step_stands_there_with_how_long_it_took_and_how_often_late(council):
    council.start_case()
    council.clock.move_on(timedelta(days=9))
    council.do("wilma", "initiate_pep")

    row = row_of(page_of(council), "Initiate the PEP")

    assert row[0].startswith("Initiate the PEP")
    assert row[1:] == ["Social worker", "6", "6", NOT_QUEUED, "1", "1 (100 %)", "0"]


def test_what_waited_in_a_queue_is_told_apart_from_the_whole(council):
    council.gathering_queue()
    council.clock.move_on(timedelta(days=2))
    task = council.task("vera", "allocate_caseworker")
    claim_task(council.by("vera"), task)
    council.clock.move_on(timedelta(days=5))
    council.do("vera", "allocate_caseworker")

    assert row_of(page_of(council), "Allocate caseworker")[2:5] == ["5", "5", "2"]


def test_a_log_of_finished_cases_names_steps_and_roles_and_nobody(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=1))
    with council.by("vera").begin() as work:
        case = work.session.get_one(Case, case_id)
        case.status, case.ended_at = CaseStatus.ENDED, work.now
        work.event(case, "case_ended")
    page = page_of(council)

    assert "Initial PEP, 2026" in page.buttons
    with page.visitor.client.post(
        "/board/times/initial-pep/2026", data={"csrf_token": page.token}
    ) as answer:
        log = answer.get_data()

    tree = etree.fromstring(log)
    names = tree.xpath("//x:event/x:string[@key='concept:name']/@value", namespaces=XES)
    assert names.count("Initiate the PEP") == 2
    assert b"Testerby" not in log
    assert tree.xpath("//x:trace/x:string/@value", namespaces=XES) == ["1"]
    with council.by("vera").begin(writing=False) as work:
        taken = work.session.scalars(
            select(Audit).where(Audit.action == "export_event_log")).one()
        assert taken.data == {"year": 2026, "cases": 1}


def test_there_is_no_log_of_a_year_in_which_nothing_ended(council):
    council.start_case()
    page = page_of(council)

    assert "Initial PEP, 2026" not in page.text
