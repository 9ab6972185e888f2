"""The application's own rules are switched off: what PostgreSQL shows is all that anyone sees."""

import sys

import pytest
from sqlalchemy import select, text, true, update
from test_who_sees_what import STRANGERS, Town

from engine.store.models import Audit, Case
from workflows import access
from workflows.access import Decision
from workflows.children import Child
from workflows.resources import case_resource

ELSEWHERE = {*STRANGERS, "cora", "olga", "ada"}
"""Nobody of these has to do with the child of the case."""
BEYOND_SIGHT = ("/cases/start/confirm", "/studio/repair/", "/admin/case-system")
"""Who may open these puts any case right, or sends its plan again, and learns of the child no more
than the case's reference."""


@pytest.fixture
def store():
    """The wall is PostgreSQL's alone."""
    return "postgresql"


@pytest.fixture
def town(council):
    """Whose strangers are round a child of their own."""
    found = Town(council)
    people = {role: str(council.people[name]) for name, role in STRANGERS.items()}
    council.start_case(given_names="Zebedee", family_name="Otherborough", **people)
    with council.installation.database.as_owner() as owner, owner.begin() as connection:
        connection.execute(  # the council's own name is in every page
            update(Child).where(Child.id == found.things["child_id"])
            .values(family_name="Quillfeather")
        )
    return found


@pytest.fixture
def telltale(town):
    """Words that no answer to a stranger may have."""
    by = town.council.by("vera")
    child_id = case_resource(by, town.case_id).child_id
    with by.begin(writing=False) as work:
        child = work.session.get_one(Child, child_id)
        cases = work.session.scalars(select(Case.reference).where(Case.child_id == child_id))
        return {child.family_name, child.reference, *cases}


def switch_off_the_first_wall(monkeypatch):
    visible = access.visible
    monkeypatch.setattr(access, "_by", lambda *_: Decision(True, "the first wall is off"))
    for module in list(sys.modules.values()):
        if getattr(module, "visible", None) is visible:
            monkeypatch.setattr(module, "visible", lambda *_: true())


def leaked(town, telltale, names):
    """Address, person and word of every answer that says too much, as they are found."""
    rules = town.rules("GET").items()
    return (
        (address, name, word)
        for address, rule in rules if not address.startswith(BEYOND_SIGHT)
        for name in sorted(names)
        for answered in [town.ask(name, "GET", town.address(rule)).get_data(as_text=True)]
        for word in telltale if word in answered
    )


def test_no_page_and_no_list_tells_of_a_foreign_child(town, telltale, monkeypatch):
    switch_off_the_first_wall(monkeypatch)

    assert any(leaked(town, telltale, {"wilma"})), "those round the child see it still"
    assert list(leaked(town, telltale, ELSEWHERE)) == []


def test_without_its_policies_a_table_is_seen_to_leak(town, telltale, monkeypatch):
    switch_off_the_first_wall(monkeypatch)
    with town.council.installation.database.as_owner() as owner, owner.begin() as connection:
        for table in ("case", "child"):
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'))

    assert any(leaked(town, telltale, {"sven"}))


def test_a_refusal_is_noted_with_the_child_though_the_database_hides_it(town):
    address = f"/cases/{town.case_id}"

    assert town.ask("sven", "GET", address).status_code == 404

    with town.council.by("vera").begin(writing=False) as work:
        noted = work.session.scalars(select(Audit.child_id).where(
            Audit.action == "refused_see_case", Audit.about == f"case:{town.case_id}"
        )).all()
    assert noted == [town.things["child_id"]]
