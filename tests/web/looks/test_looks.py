"""Who has looked at a child, and what somebody has looked at, with nothing of the record."""

import csv
import io

import pytest


@pytest.fixture
def looked(council):
    council.case_id = council.start_case()
    council.sign_in("wilma").visitor.open(f"/cases/{council.case_id}").follow("Read the plan")
    council.sign_in("sven").visitor.open(f"/cases/{council.case_id}")
    council.sign_in("max").visitor.open("/cases")
    return council


def of_child(council, name):
    page = council.sign_in(name).visitor.open(f"/cases/{council.case_id}")
    return page.follow("Who has looked at this child")


def rows(page):
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
            for row in page.tree.xpath("//table/tbody/tr")]


def test_every_look_is_there_with_who_and_why_and_a_refusal_too(looked):
    found = [row[1:] for row in rows(of_child(looked, "vera"))]

    since = looked.clock.now().date().isoformat()
    assert ["Wilma Ashdown", "Looked at: plan", f"social worker since {since}"] in found
    assert ["Sven Birkett", "Refused: see case", "no role or relation allows it"] in found
    assert ["Vera Dunnock", "Looked at: case", "virtual school of the council"] in found


def test_lists_that_named_the_child_are_found_as_well(looked):
    page = of_child(looked, "vera").follow("Lists that named the child")

    assert ["Max Ibbotson", "Looked at: cases (1 children)"] in [row[1:3] for row in rows(page)]


def test_what_a_person_has_looked_at_names_cases_and_no_child(looked):
    page = looked.sign_in("vera").visitor.open("/protected-records")
    page = page.follow("What somebody has looked at").follow("Wilma Ashdown")

    assert "Looked at: plan" in page.text
    assert "Robin" not in page.whole.replace("Find a child or case", "")


def test_a_file_for_a_spreadsheet_holds_the_same_and_no_formula(looked):
    page = of_child(looked, "vera")
    answer = page.visitor.client.get(page.links["download as a file (CSV)"])

    table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert table[0] == ["When (London)", "Who", "What", "Allowed as", "Case"]
    assert [row[1:3] for row in table if row[1] == "Sven Birkett"] == [
        ["Sven Birkett", "Refused: see case"]]
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_pages_follow_one_another(looked, monkeypatch):
    whole = rows(of_child(looked, "vera"))
    monkeypatch.setattr("web.looks.looks_at_child", _by_two)
    page = of_child(looked, "vera")
    seen = rows(page)
    while "Earlier ones" in page.links:
        page = page.follow("Earlier ones")
        seen += rows(page)

    assert seen[-len(whole):] == whole
    assert len(whole) > 3


def _by_two(by, child_id, *, lists, before):
    from workflows.looks import looks_at_child

    return looks_at_child(by, child_id, lists=lists, before=before, limit=2)


@pytest.mark.parametrize("name", ["wilma", "tara", "max", "mona"])
def test_it_is_for_the_virtual_school_and_information_governance(looked, name):
    page = looked.sign_in(name).visitor.open(f"/cases/{looked.case_id}")

    assert not [text for text in page.links if text.startswith("Who has looked")]
    assert page.visitor.open("/looks").status == 404
