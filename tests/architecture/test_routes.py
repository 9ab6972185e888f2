"""Every route asks `decide`: nobody can add a page and forget who may see it."""

import pytest

from web.app import create_app
from web.settings import Settings
from workflows.access import ACTIONS

FILES = "static"
SHOWS_NOTHING_OF_IT = {"/cases/<uuid:case_id>/started"}
"""Tells who has just started a case for a colleague's child that it began, and no more."""


@pytest.fixture(scope="module")
def rules():
    """All routes; which council they would serve does not matter here."""
    app = create_app(None, Settings(secret_key="s" * 32, audit_key="k" * 32))
    return [
        (rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules() if rule.endpoint != FILES
    ]


def test_every_route_says_which_action_it_is(rules):
    silent = [
        f"{rule.rule}: decorate {view.__module__}.{view.__name__} with @allow or @anyone"
        for rule, view in rules if getattr(view, "action", None) is None
    ]

    assert silent == []
    assert len(rules) > 30


def test_every_action_of_a_route_is_one_that_decide_knows(rules):
    unknown = {view.action for _, view in rules if hasattr(view, "action")} - set(ACTIONS)

    assert unknown == set()


def test_an_address_that_names_a_thing_is_checked_against_that_thing(rules):
    """A route with an id in its address loads the resource that the id names."""
    unchecked = [
        rule.rule for rule, view in rules
        if {"case_id", "task_id", "child_id"} & set(rule.arguments)
        and getattr(view, "arg", None) not in rule.arguments
        and rule.rule not in SHOWS_NOTHING_OF_IT
    ]

    assert unchecked == []
