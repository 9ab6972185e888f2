"""The table of changes: each has a form, a rule of access, and a verb that takes what is asked."""

import inspect

import pytest

from engine.domain import SYSTEM
from engine.errors import NotFound
from workflows.access import ACTIONS
from workflows.pep.changes.carrying_out import change_form, preview
from workflows.pep.changes.commands import COMMANDS
from workflows.pep.changes.standing import STANDING, standing

NOT_ASKED = {"work", "case_id"}


@pytest.fixture
def system(small_council):
    return small_council.installation.acting(SYSTEM)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_a_form_asks_is_what_its_verb_takes(system, name):
    command, form = COMMANDS[name], change_form(system, name)
    takes = inspect.signature(command.verb).parameters
    open_ended = any(each.kind is each.VAR_KEYWORD for each in takes.values())
    named = {key for key, each in takes.items()
             if key not in NOT_ASKED and each.kind is not each.VAR_KEYWORD}
    asked = {field.key: field for field in form.inputs()}

    assert named <= set(asked)
    assert open_ended or set(asked) <= named
    for key in named:
        always = asked[key].required and not asked[key].hidden_when
        assert always or takes[key].default is not inspect.Parameter.empty, key


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_change_asks_for_a_reason_and_names_who_may(system, name):
    [reason] = [field for field in change_form(system, name).inputs() if field.key == "reason"]

    assert reason.required
    assert reason.error_messages["required"].startswith("Enter ")
    assert name in ACTIONS
    assert set(COMMANDS[name].stands) <= set(STANDING)


def test_every_sentence_of_a_form_tells_what_to_enter(system):
    for name in COMMANDS:
        for field in change_form(system, name).inputs():
            if field.required:
                sentence = field.error_messages.get("required", "")
                assert sentence.startswith(("Enter ", "Choose ")), (name, field.key)


def test_a_change_that_does_not_exist_is_not_found(changing):
    for wanted in ("no_such_change", "../correct_date", ""):
        with pytest.raises(NotFound):
            preview(changing.council.by("vera"), wanted, changing.case.id, {})


def test_what_stands_now_is_told_above_each_form(gathering):
    by = gathering.council.by("vera")
    told = {name: dict(standing(by, gathering.case.id, command.stands))
            for name, command in COMMANDS.items()}

    assert told["bring_review_forward"]["Statutory review"] == (
        "expected by Fri 24 Apr 2026; the law gives until Fri 24 Apr 2026"
    )
    assert told["change_school"] == {"School": "Tests' School", "Designated teacher": "Tara"}
    assert told["change_worker"]["Reviewing officer"] == "Rob"
    assert told["correct_date"]["First placement"] == "from Wed 25 Mar 2026"
    assert "Planned review" not in told["correct_date"]
