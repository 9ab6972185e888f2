"""Every address of a child whose record is set apart: restricted, in conflict, in an emergency.

What is expected follows from the reviewed tables: those of `test_who_sees_what.py` for whoever is
round the child by name, `access.csv` for whoever has opened the record in an emergency.
"""

import csv
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from beginning import MORNING
from test_who_sees_what import API, DOING, EVERYONE, PAGES, STRANGERS, Town, same
from visitor import where_it_leads

from workflows.accounts.asking_again import OwnBrowser
from workflows.accounts.sealing import Sealing
from workflows.sight.conflicts import declare_conflict, declare_conflict_of_others
from workflows.sight.emergencies import LASTS, open_in_emergency
from workflows.sight.restrictions import restrict_record

BROWSER = OwnBrowser("", Sealing(["s" * 32]), MORNING)
CHILDS = {"case_id", "child_id", "task_id", "event_id", "file_id", "attachment_id", "link_id"}
"""What names something of a child in an address."""
SAYS_NOTHING = {"/cases/<uuid:case_id>/started"}
"""Of whoever started a case for a colleague; the same for a case that there is not."""
UNNAMED = {"vera", "max"}
"""Who see the whole council and are not named in the restricted record; Viktor is."""
NOT_STRANGERS = EVERYONE - set(STRANGERS)
"""To strangers it is nothing without a conflict as well."""
ONLY_WHILE_RESTRICTED = {
    ("GET", "/children/<uuid:child_id>/restriction"): set(),
    ("GET", "/children/<uuid:child_id>/restriction/review"): {"mona", "viktor"},
    ("POST", "/children/<uuid:child_id>/restriction/review"): {"mona", "viktor"},
    ("POST", "/attached/<uuid:file_id>/remove"): {"viktor"},  # Tara, who comes first, is not asked
}
ASKED_WITHIN = {
    "/api/v1/events/<uuid:event_id>": "see_timeline",
    "/api/v1/children/<uuid:child_id>/changes/<command>": "correct_date",
    "/cases/<uuid:case_id>/change/<command>": "correct_date",
    "/cases/<uuid:case_id>/change/<command>/preview": "correct_date",
}
"""The action of an address whose route asks for less, and whose verb or query asks for the rest."""
OFFERS_NOTHING = {"/cases/<uuid:case_id>/change"}
"""To whoever only reads there is no change to choose."""
LISTS = ("/tasks", "/actions", "/cases?status=all", "/find", "/board",
         "/board/initial-pep/initiate_pep",
         "/protected-records", "/calendar", "/api/v1/cases", "/api/v1/children", "/api/v1/tasks",
         "/api/v1/records", "/api/v1/events")
WHY = "The police asks at night where the child lives"
with (Path(__file__).parents[2] / "workflows" / "access.csv").open(newline="") as file:
    BY_ACTION = {row.pop("what"): row for row in csv.DictReader(file)}


@pytest.fixture
def town(council):
    return Town(council)


def restricted(town):
    restrict_record(town.council.by("mona"), town.things["child_id"],
                    {"reason": "A relative of staff",
                     "named": [str(town.council.people["viktor"])]})


def in_conflict(town):
    """Everybody is close to the family."""
    vera, child = town.council.by("vera"), town.things["child_id"]
    for name in sorted(EVERYONE - {"vera"}):
        declare_conflict_of_others(
            vera, child, {"person": str(town.council.people[name]), "reason": "A cousin"})
    declare_conflict(vera, child, {"reason": "A cousin"})


def opened_in_emergency(town, name):
    found = open_in_emergency(town.council.by(name), {
        "given_names": "Robin", "family_name": "Testerby", "born_on": "2016-05-04", "reason": WHY,
    }, BROWSER)
    assert found == town.case_id


def of_the_child(town, *methods):
    """Method and rule of every address of the child; what ends something comes last."""
    return sorted(
        ((method, rule) for method in methods for rule in town.rules(method).values()
         if CHILDS & set(rule.arguments) and rule.rule not in SAYS_NOTHING),
        key=lambda each: (each[1].rule.endswith(("/release", "/conflict")), each[1].rule),
    )


def answers(town, name, method, rule):
    """Whether the address says more than that there is nothing."""
    status = town.ask(name, method, town.address(rule)).status_code
    return status < 400 if method == "GET" else status != 404


def by_the_tables(method, rule):
    table = DOING if method != "GET" else {**PAGES, **API}
    return table[rule.rule]


def test_a_restricted_record_opens_to_nobody_by_the_office_alone(town):
    restricted(town)

    for method, rule in of_the_child(town, "GET", "POST", "PUT"):
        found = {name for name in sorted({*UNNAMED, "viktor", "mona", "sven", "milo", "olga"})
                 if answers(town, name, method, rule)}
        allowed = ONLY_WHILE_RESTRICTED.get((method, rule.rule), by_the_tables(method, rule))
        assert found == allowed & {"viktor", "mona", "sven", "milo", "olga"}, (method, rule.rule)


@pytest.mark.parametrize(("apart", "people"), [(restricted, UNNAMED), (in_conflict, NOT_STRANGERS)])
def test_set_apart_looks_like_a_child_that_does_not_exist_and_is_in_no_list(town, apart, people):
    apart(town)
    for method, rule in of_the_child(town, "GET", "POST", "PUT"):
        unknown = town.address(rule, **{each: uuid4() for each in CHILDS & set(rule.arguments)})
        for name in sorted(people):
            real, elsewhere = (town.ask(name, method, each)
                               for each in (town.address(rule), unknown))
            assert real.status_code == elsewhere.status_code == 404, (name, method, rule.rule)
            assert same(real) == same(elsewhere), (name, method, rule.rule)
    for name in sorted(people):
        client, _ = town._browser(name)
        searches = [where_it_leads(client, f"{at}?search=Testerby") for at in ("/cases", "/find")]
        for address in (*LISTS, *searches):
            names_nobody(town, town.ask(name, "GET", address))


@pytest.mark.parametrize(("name", "role", "first"), [
    ("sven", "social_worker", None), ("milo", "team_manager", None),
    ("vera", "virtual_school", restricted),
])
def test_an_emergency_gives_what_the_table_says_and_nothing_can_be_done(town, name, role, first):
    if first:
        first(town)
    opened_in_emergency(town, name)

    for method, rule in of_the_child(town, "GET", "POST", "PUT"):
        action = ASKED_WITHIN.get(
            rule.rule, town.council.app.view_functions[rule.endpoint].action)
        given = ("E" in BY_ACTION[action][role] and bool(by_the_tables(method, rule))
                 and rule.rule not in OFFERS_NOTHING)
        assert answers(town, name, method, rule) == given, (method, rule.rule)
        assert not given or method == "GET" or rule.rule.endswith("/conflict")


def test_after_four_hours_nothing_of_it_is_left(town):
    opened_in_emergency(town, "sven")
    assert answers(town, "sven", "GET", town.rules("GET")["/cases/<uuid:case_id>"])
    town.council.clock.move_on(LASTS + timedelta(seconds=1))

    for method, rule in of_the_child(town, "GET", "POST", "PUT"):
        assert not answers(town, "sven", method, rule), (method, rule.rule)
    for address in LISTS:
        names_nobody(town, town.ask("sven", "GET", address))


def names_nobody(town, answer):
    text = answer.get_data(as_text=True)
    for word in ("Testerby, ", "Robin", str(town.things["child_id"]), str(town.case_id)):
        assert word not in text, (word, answer.request.path)
