"""One search finds a child however the name is typed, and no child of others."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from home_visit import PROCEDURE
from sqlalchemy import select
from visitor import words

from engine.cases import open_case
from engine.store.models import Audit
from workflows.children import Enrolment, School
from workflows.involvements import start_involvement
from workflows.resources import case_resource

MINUTE = timedelta(minutes=1)


@pytest.fixture
def children(council):
    """José and Amara have a school; Niamh is known as Neve."""
    with council.by("vera").begin() as work:
        school = School(id=uuid4(), urn="990301", name="St Brígid's Primary School",
                        phase="primary", area="Testerby Council")
        work.session.add(school)
    school_id = str(school.id)
    council.start_case(given_names="José María", family_name="García López", school=school_id,
                       upn="A123456789012")
    council.start_case(given_names="Amara", family_name="Lindqvist", born_on="2015-02-03",
                       school=school_id)
    council.start_case(given_names="Niamh", known_as="Neve", family_name="O'Brien",
                       born_on="2014-02-03")
    return council


def found(visitor, search, at="find"):
    """The family names that are shown."""
    page = visitor.search(search, f"/{at}")
    text = " ".join(words(row) for row in page.tree.xpath(
        "//*[@class='pepway-cases']|//table[contains(@class, 'pepway-list')]/tbody"))
    return {name for name in ("García", "Lindqvist", "Brien") if name in text}


@pytest.mark.parametrize("at", ["find", "cases"])
def test_accents_apostrophes_dashes_and_order_do_not_matter(children, at):
    visitor = children.sign_in("vera").visitor

    for search in ("Jose garcia", "GARCÍA josé", "garcia-lopez", "Lopez, José", "jose\u0301"):
        assert found(visitor, search, at) == {"García"}, search
    for search in ("O'Brien", "OBrien", "o brien", "O\u2019BRIEN", "neve", "Niamh", "brien ne"):
        assert found(visitor, search, at) == {"Brien"}, search
    assert found(visitor, "Lindqvist Amara", at) == {"Lindqvist"}
    for search in ("Jose Lindqvist", "J%se", "_", "'", "\U0010ffff"):
        assert found(visitor, search, at) == set(), search


@pytest.mark.parametrize("at", ["find", "cases"])
def test_a_upn_a_school_and_a_case_reference_are_found_as_well(children, at):
    visitor = children.sign_in("vera").visitor

    assert found(visitor, "a123456789012", at) == {"García"}
    assert found(visitor, "a12345678901", at) == set(), "part of a UPN is none"
    for search in ("st brigids", "Brígid's primary"):
        assert found(visitor, search, at) == {"García", "Lindqvist"}, search
    assert found(visitor, "amara brigid", at) == {"Lindqvist"}
    assert found(visitor, "rigid", at) == set(), "a school is found by how its words begin"
    [reference] = re.findall(r"\w{4}-\w{4}", visitor.search("amara").text)
    for quoted in (reference, reference.lower().replace("-", " ")):
        assert found(visitor, quoted, at) == {"Lindqvist"}


def test_a_letter_that_is_no_plain_one_with_a_mark_is_found_by_the_plain_one(council):
    council.start_case(given_names="Łukasz", family_name="Bjørn-Ævar Strauß")
    visitor = council.sign_in("vera").visitor

    for search in ("lukasz", "ŁUKASZ bjorn", "aevar", "strauss", "bjørn ævar"):
        assert "Łukasz" in visitor.search(search).text, search


def test_a_child_left_the_school_is_not_found_by_it(children):
    with children.by("vera").begin() as work:
        for enrolment in work.session.scalars(select(Enrolment)):
            enrolment.ends_on = work.today
    visitor = children.sign_in("vera").visitor
    assert found(visitor, "brigid") == {"García", "Lindqvist"}

    children.clock.move_on(timedelta(days=1))

    assert found(visitor, "brigid") == set()


def test_a_result_says_who_where_and_leads_to_the_newest_case(children):
    page = children.sign_in("wilma")
    page.fill({"Find a child or case": "neve"})
    page = page.press("Find")

    assert re.fullmatch(r"/find\?form-id=[\w-]{22}", page.address)
    assert "1 child for “neve”" in page.text
    assert "Niamh O'Brien Known as Neve No school place, Year 7" in page.text
    assert "Initiate the PEP; Hold the first statutory review Initial PEP" in page.text
    assert "1 working day left" in page.text
    case = page.follow("Niamh O'Brien")
    assert case.heading == "Neve O'Brien"
    jose = page.visitor.search("jose").text
    assert "José María García López St Brígid's Primary School, Year 5" in jose
    assert "Known as" not in jose


def test_of_two_cases_of_a_child_the_newest_is_shown(council):
    child_id = case_resource(council.by("vera"), council.start_case()).child_id
    council.clock.move_on(MINUTE)
    open_case(council.by("vera"), PROCEDURE, child_id)

    page = council.sign_in("vera").visitor.search("testerby")

    assert "1 child for" in page.text
    assert "Home visit" in page.text
    assert "Initial PEP" not in page.text


def test_nothing_found_says_what_was_searched_and_what_to_do(children):
    text = children.sign_in("wilma").visitor.search("Nobody").text

    assert "No child for “Nobody”." in text
    for place in ("names", "known-as names", "UPNs", "case references", "schools"):
        assert place in text
    assert "ask the virtual school to add you" in text


def test_only_children_whose_cases_one_may_see_are_found(children):
    reference = re.findall(r"\w{4}-\w{4}",
                           children.sign_in("vera").visitor.search("neve").text)[0]
    sven = children.sign_in("sven").visitor

    for search in ("Jose", "brigid", "a123456789012", reference):
        assert "No child for" in sven.search(search).text, search
    assert children.sign_in("olga").visitor.search("Jose").status == 404
    assert "Find a child or case" not in children.sign_in("olga").labels


def test_who_is_shown_is_audited_and_what_was_typed_is_not(children):
    children.sign_in("max").visitor.search("jose")

    with children.by("vera").begin(writing=False) as work:
        [row] = work.session.scalars(select(Audit).where(Audit.action == "find_child")).all()
    assert row.actor_id == children.people["max"]
    assert len(row.data["children"]) == 1
    assert "jose" not in f"{row.data} {row.about} {row.reason}".lower()


def test_those_called_so_come_before_those_at_a_school_called_so(children):
    children.start_case(given_names="Zoë", family_name="St Brigid-Young", born_on="2014-05-06")

    text = children.sign_in("vera").visitor.search("brigid").text

    assert "3 children" in text
    assert text.index("Zoë") < text.index("García") < text.index("Lindqvist")


def test_many_that_are_found_are_shown_in_pages(council):
    for number in range(21):
        council.start_case(given_names=f"Robin {number:02}", family_name="Testerby",
                           born_on=f"2014-02-{number + 1:02}")
    page = council.sign_in("vera").visitor.search("testerby")

    assert "21 children for “testerby”, page 1 of 2" in page.text
    assert "Robin 19" in page.text
    assert "Robin 20" not in page.text
    assert "Robin 20" in page.follow("Next").text
    for number in ("0", "99", "x", "-1"):
        assert page.visitor.open(f"{page.address}&page={number}").status == 200


def test_with_nothing_typed_stand_the_cases_opened_last_while_one_may_see_them(council):
    cases = [council.start_case(given_names=f"Robin {number}", born_on=f"2014-02-{number + 1:02}")
             for number in range(9)]
    visitor = council.sign_in("wilma").visitor
    assert "The cases that you open appear here." in visitor.open("/find").text
    for case_id in (*cases, cases[4]):
        council.clock.move_on(MINUTE)
        visitor.open(f"/cases/{case_id}")

    def shown():
        return re.findall(r"Robin (\d)", visitor.open("/find").text)

    assert shown() == list("48765321")
    assert "The cases that you open appear here." in council.sign_in("vera").visitor.open(
        "/find").text, "each has their own"
    council.clock.move_on(timedelta(days=1))
    council.end("wilma", "social_worker")
    assert shown() == []
    child_id = case_resource(council.by("vera"), cases[6]).child_id
    start_involvement(council.by("vera"), child_id, council.people["wilma"], "social_worker",
                      council.by("vera").today)
    assert shown() == ["6"]
