"""`decide`, cell by cell: role, relation, action; and `visible`, which must agree with it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.domain import Actor
from workflows.access import (
    ACTIONS,
    FIELD_CLASSES,
    Resource,
    case_resource,
    child_resource,
    decide,
    may_see_field,
    task_resource,
    visible,
)
from workflows.children import Child
from workflows.involvements import end_involvement, people_around
from workflows.roles import ROLES

SINCE = date(2026, 1, 5)
CHILD = UUID(int=7)
ANYONE = {"sign_in", "sign_out", "see_demo", "see_health", "see_licences", "see_metrics",
          "see_api_docs", "read_calendar", "contribute", "read_invitation"}
SIGNED_IN = {"use_api", "see_procedures", "see_my_tasks", "see_own_words", "choose_what_told"}
CHANGES_CASE = {"change_school", "change_placement", "correct_date", "cease_to_be_looked_after"}
OF_A_CHILD = {"see_child", "see_case", "see_timeline", "see_plan", "see_documents",
              "give_copy", "comment_on_section", "see_meeting", "see_links", "see_picture",
              "download_attached_file"}
LOOKS = {"see_cases", "find_child", "see_my_actions"}

COUNCIL_WIDE = {
    "virtual_school": OF_A_CHILD | {"see_task", "see_placement_address", "reassign_task",
                                    "add_data_point", "attach_file", "say_received",
                                    "see_cases", "find_child", "see_my_actions", "start_case",
                                    "find_duplicate", "close_case",
                                    "see_board"} | CHANGES_CASE | {
        "start_review_now", "report_suspension", "change_worker", "transfer_to_other_council",
        "record_death", "reopen_plan", "return_to_care", "agree_at_meeting",
    },
    "manager": {"see_child", "see_case", "see_timeline", "see_task", "reassign_task", "see_cases",
                "find_child", "see_board", "change_worker"},
    "process_owner": {"see_studio", "edit_diagram", "publish_release", "retry_incident"},
    "social_worker": LOOKS | {"start_case", "find_duplicate"},
    "team_manager": LOOKS | {"start_case", "find_duplicate"},
    "designated_teacher": LOOKS,
    "reviewing_officer": LOOKS,
    "administrator": {"see_undelivered", "send_message_again"},
    "school_colleague": set(),
}
"""What a role may do without any relation to the child."""
RELATED = {
    "virtual_school": {"update_action"},
    "social_worker": OF_A_CHILD | CHANGES_CASE | {
        "update_action", "attach_file", "say_received",
        "see_task", "see_placement_address", "start_review_now", "report_suspension",
    },
    "team_manager": OF_A_CHILD | CHANGES_CASE | {
        "update_action", "see_task", "see_placement_address", "report_suspension", "change_worker",
        "transfer_to_other_council", "record_death",
    },
    "reviewing_officer": OF_A_CHILD | {
        "update_action", "say_received",
        "see_task", "see_placement_address", "bring_review_forward", "start_review_now",
    },
    "designated_teacher": OF_A_CHILD | {"see_task", "update_action", "start_review_now",
                                        "report_suspension", "agree_at_meeting", "delegate_task",
                                        "add_data_point", "attach_file"},
}
"""What the role may do besides, for a child with whom the person is involved in it today."""
HOLDER = {"see_task", "do_task", "claim_task", "release_task", "see_links", "invite_to_contribute",
          "revoke_link", "take_contribution", "add_picture"}

DELEGATE = {"fill_in_delegated"}
"""What opens to a school's colleague, and nobody else, when the teacher gives them a task."""


def person(*roles: str) -> Actor:
    return Actor(UUID(int=1), "Someone", frozenset(roles))


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_cell_of_role_relation_and_action(role, action):
    stranger = Resource("child", CHILD, CHILD)
    related = Resource("child", CHILD, CHILD, {role: SINCE})
    holder = Resource("task", CHILD, CHILD, {}, holds_task=True)
    always = ANYONE | SIGNED_IN | COUNCIL_WIDE[role]

    assert decide(person(role), action, stranger).allowed == (action in always)
    assert decide(person(role), action, related).allowed == (
        action in always | RELATED.get(role, set())
    )
    assert decide(person(role), action, holder).allowed == (action in always | HOLDER)
    assert decide(None, action, stranger).allowed == (action in ANYONE)
    given = Resource("task", CHILD, CHILD, {}, delegated=True)
    assert decide(person(role), action, given).allowed == (
        action in always | (DELEGATE if role == "school_colleague" else set())
    )


def test_an_unknown_action_is_denied():
    assert not decide(person(*ROLES), "see_everything").allowed


def test_a_relation_counts_only_with_the_role_itself():
    related = Resource("child", CHILD, CHILD, {"social_worker": SINCE})

    assert not decide(person("designated_teacher"), "see_case", related).allowed


def test_an_allow_says_why():
    related = Resource("child", CHILD, CHILD, {"designated_teacher": SINCE})

    reason = decide(person("designated_teacher"), "see_case", related).reason

    assert reason == "designated teacher since 2026-01-05"


@pytest.mark.parametrize(
    ("role", "classes"),
    [
        ("social_worker", {"ordinary", "social_care", "placement_address", "restricted"}),
        ("team_manager", {"ordinary", "social_care", "placement_address", "restricted"}),
        ("reviewing_officer", {"ordinary", "social_care", "placement_address", "restricted"}),
        ("designated_teacher", {"ordinary", "restricted"}),
        ("virtual_school", set(FIELD_CLASSES)),
        ("manager", set()),
        ("process_owner", set()),
        ("administrator", set()),
        ("school_colleague", set()),
    ],
)
def test_who_sees_which_class_of_field(role, classes):
    related = Resource("child", CHILD, CHILD, {role: SINCE})

    seen = {name for name in FIELD_CLASSES if may_see_field(person(role), name, related)}

    assert seen == classes
    assert not may_see_field(person(role), "a class that nobody declared", related)


def test_a_colleague_sees_nothing_of_health_custody_or_social_care():
    given = Resource("task", CHILD, CHILD, {}, delegated=True)

    seen = {name for name in FIELD_CLASSES
            if may_see_field(person("school_colleague"), name, given)}

    assert seen == {"ordinary"}


def test_visible_and_decide_agree_for_everyone(small_council):
    near = small_council.start()
    far = small_council.start(family_name="Elsewhere", social_worker=str(
        small_council.people["sven"]), team_manager="", designated_teacher="",
        reviewing_officer="")
    for name in small_council.people:
        by = small_council.by(name)
        for action in ("see_case", "see_plan"):
            with by.begin(writing=False) as work:
                shown = set(work.session.scalars(
                    select(Child.id).where(visible(by.actor, Child.id, by.today, action))
                ))
            decided = {
                case.child_id for case in (near, far)
                if decide(by.actor, action, child_resource(by, case.child_id)).allowed
            }
            assert shown == decided, (name, action)


def test_access_ends_with_the_day_after_the_involvement(small_council):
    case = small_council.start()
    teacher = small_council.by("tara")
    [involved] = [p for p in people_around(teacher, case.child_id) if p.name == "Tara"]
    assert decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed

    end_involvement(small_council.by("vera"), involved.id, teacher.today)
    assert decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed
    small_council.clock.move_on(timedelta(days=1))

    assert not decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed


def test_a_finished_task_opens_nothing_any_more(small_council):
    case = small_council.start()
    task = case.open()["initiate_pep"]
    case.do("initiate_pep", "wilma")

    resource = task_resource(small_council.by("sven"), task.id)

    assert not resource.holds_task
    assert not decide(small_council.actor("sven"), "see_task", resource).allowed
