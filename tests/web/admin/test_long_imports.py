"""A file of many children: its page says how far it is, and what came of it."""

import pytest
from files_to_import import csv_of, send
from from_case_system import LONG_IN_CARE, child_numbered
from sqlalchemy import select

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.store.models import Audit
from web.admin import importing
from workflows.administration.imports import KINDS, long_import
from workflows.children import Placement
from workflows.people import add_person

ROW = {**KINDS["children"].example[0], "school": "none", "short breaks": "yes", "UPN": ""}


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(importing, "MOST_MOVED", 2)
    monkeypatch.setattr(long_import, "ROWS_IN_A_PART", 2)


def children(count):
    return csv_of("children", *({**ROW, "number": f"C-{n}", "given names": f"Robin{n}"}
                                for n in range(1, count + 1)))


def one_round(council):
    Embedded(council.installation, lambda _message: None).one_round()


def test_as_many_as_a_browser_waits_for_are_in_at_once(council, ada):
    page = send(ada, "children", children(2))
    assert "in the background" not in page.text

    assert "Imported: 2 new, 0 changed, 0 the same" in page.press("Import").whole


def test_more_are_left_to_the_background_and_watched(council, ada):
    page = send(ada, "children", children(5))
    assert "Pepway takes them in part by part, in the background" in page.text
    page = page.press("Import")
    assert page.heading == "The rows are being imported"
    assert "0 of 5 rows are in" in page.text
    assert not page.tree.xpath("//meta[@http-equiv='refresh']")

    one_round(council)
    page = page.follow("Look again")
    assert "2 of 5 rows are in" in page.text
    page = page.follow("keep this page up to date")
    assert page.tree.xpath("//meta[@http-equiv='refresh']/@content") == ["5"]
    page = page.follow("stop keeping it up to date")
    assert not page.tree.xpath("//meta[@http-equiv='refresh']")
    assert "2 of 5 rows are in" in ada.open("/admin/import").text
    for _ in range(3):
        one_round(council)
    page = page.follow("Look again")

    assert page.heading == "All rows are imported"
    assert "5 new" in page.text
    assert "Sent by Ada Jessop" in page.text
    assert "Stop: leave out the other rows" not in page.buttons
    for name in ("Robin", "Example"):
        assert name not in page.text
    assert "5 the same" in send(ada, "children", children(5)).text


def test_a_file_is_checked_with_a_trace_however_long_it_is(council, ada):
    send(ada, "children", children(5))
    send(ada, "children", children(1))

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        rows = work.session.scalars(select(Audit).where(
            Audit.action == "check_import_children").order_by(Audit.seq)).all()
        assert [(row.actor_id, row.data) for row in rows] == [
            (council.people["ada"], {"rows": count, "wrong": 0}) for count in (5, 1)]


def test_what_a_running_case_may_refuse_is_tried_where_it_takes_no_longer_than_a_page(council, ada):
    long_in_care = [{**ROW, **LONG_IN_CARE, "social worker": "wilma@council.example",
                     "short breaks": "", "number": f"C-{n}", "given names": f"Alex{n}"}
                    for n in range(3)]
    for row in long_in_care:
        assert "1 new" in send(ada, "children", csv_of("children", row)).press("Import").whole
    moved = [{**row, "looked after since": "2025-12-01", "first placement": "2025-12-01"}
             for row in long_in_care]

    few = send(ada, "children", csv_of("children", *moved[:2]))
    many = send(ada, "children", csv_of("children", *moved))

    assert few.status == 422
    assert "A review was held on Thu 20 Nov 2025" in few.text
    assert many.status == 200
    assert "in the background" in many.text


def test_what_belongs_together_is_taken_in_at_once_wherever_it_stands_in_the_file(
    council, ada, monkeypatch
):
    """Of one child the handover: nobody is told of a step between the two rows."""
    send(ada, "children", children(2)).press("Import")
    wilma, sven = ({"email": f"{name}@council.example", "role": "Social worker",
                    "from": "2026-03-20"} for name in ("wilma", "sven"))
    before = [{**wilma, "child": f"C-{n}"} for n in (1, 2)]
    assert "2 new" in send(ada, "involvements", csv_of("involvements", *before)).press(
        "Import").whole
    handed_over = csv_of(
        "involvements",
        *({**row, "to": "2026-03-24"} for row in before),
        *({**sven, "from": "2026-03-25", "child": f"C-{n}"} for n in (1, 2)))
    page = send(ada, "involvements", handed_over)
    assert "part by part, in the background" in page.text
    page = page.press("Import")

    one_round(council)
    page = page.follow("Look again")

    assert "2 of 4 rows are in" in page.text
    assert "1 new" in page.text
    assert "1 changed" in page.text
    one_round(council)
    page = page.follow("Look again")
    assert page.heading == "All rows are imported"
    assert "4 the same" in send(ada, "involvements", handed_over).text


def test_the_places_where_a_child_lived_are_taken_in_at_once(council, ada):
    send(ada, "children", children(2)).press("Import")
    place = {**KINDS["placements"].example[0], "to": ""}
    days = ("2026-03-21", "2026-03-23")
    rows = csv_of("placements", *({**place, "child": f"C-{n}", "from": day}
                                  for day in days for n in (1, 2)))
    page = send(ada, "placements", rows).press("Import")

    one_round(council)
    page = page.follow("Look again")

    assert "2 of 4 rows are in" in page.text
    assert [len(placements(council, f"C-{n}")) for n in (1, 2)] == [3, 1]
    one_round(council)
    assert "4 the same" in send(ada, "placements", rows).text


def placements(council, number):
    child = child_numbered(council.by("ada"), number)
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalars(
            select(Placement.starts_on).where(Placement.child_id == child.id)).all()


def test_a_second_press_leads_to_the_same_import(council, ada):
    page = send(ada, "children", children(5))
    fields = [("csrf_token", page.token)]
    address = page.address

    first, second = ada.send(address, fields), ada.send(address, fields)

    assert first.heading == second.heading == "The rows are being imported"
    assert first.address == second.address
    assert ada.open("/admin/import").text.count("of 5 rows are in") == 1


def test_it_is_stopped_by_another_administrator_and_by_nobody_else(council, ada, password_hash):
    council.people["adam"] = add_person(
        council.installation.acting(SYSTEM), "Adam Nettles", "adam@council.example",
        ["administrator"], password_hash)
    address = send(ada, "children", children(5)).press("Import").address
    one_round(council)
    for name in ("wilma", "vera", "mona"):
        assert council.sign_in(name).visitor.open(address).status == 404

    page = council.sign_in("adam").visitor.open(address).press("Stop: leave out the other rows")

    assert page.heading == "Not all rows are imported"
    assert "An administrator stopped it. 2 of 5 rows are in" in page.text
    one_round(council)
    page = ada.open(address).follow("Send the whole file again")
    assert page.heading == "Import children in care"
    assert "3 new" in send(ada, "children", children(5)).text


def test_rows_that_have_become_wrong_are_told_as_when_a_file_is_checked(council, ada, monkeypatch):
    page = send(ada, "children", children(5)).press("Import")
    one_round(council)
    with monkeypatch.context() as few:
        few.setattr(importing, "MOST_MOVED", 9)
        again = csv_of("children", {**ROW, "number": "C-99", "given names": "Robin4"})
        assert "1 new" in send(ada, "children", again).press("Import").whole
    one_round(council)
    page = page.follow("Look again")

    assert page.heading == "Not all rows are imported"
    assert "Row 5, family name: A child of this name and date of birth may have" in page.text
    assert "2 of 5 rows are in. The others are not." in page.text
