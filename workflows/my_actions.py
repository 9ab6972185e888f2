"""A person's planned actions: those that carry their name, and as designated teacher all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid, NotFound
from engine.forms.answers import Entry
from engine.work import Work, query, verb
from workflows.access import Resource, decide
from workflows.children import ListedChild, children_listed
from workflows.involvements import Involvement, in_force
from workflows.people import names
from workflows.pep.plan import hold_plan, kept_values, latest_version, save_entries
from workflows.pep.planned_actions import STATUSES, PlannedAction, in_order, planned_actions
from workflows.pep.record import ACTION_PROGRESS
from workflows.sight.standing import Standing, set_apart, standing, standings

TEACHER = "designated_teacher"
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class ActionRow:
    action: PlannedAction
    child: ListedChild
    told_by: str
    """Who said last how far it is."""


@dataclass(frozen=True, slots=True)
class MyActions:
    to_do: Sequence[ActionRow]
    over: Sequence[ActionRow]
    """Done, or not taken forward."""


@query
def my_actions(work: Work) -> MyActions:
    """The next due first, overdue before them."""
    found = _mine(work)
    children = children_listed(work, {each.child_id for each in found})
    people = names(work, {each.by for each in found})
    rows = [ActionRow(each, children[each.child_id], people.get(each.by, "") if each.by else "")
            for each in found]
    return MyActions([row for row in rows if not row.action.is_over],
                     [row for row in rows if row.action.is_over])


@query
def actions_to_do(work: Work) -> tuple[int, int]:
    """How many are to be done, and how many of these are overdue."""
    days = [each.due_on for each in _mine(work) if not each.is_over]
    return len(days), sum(day < work.today for day in days)


@query
def my_action(work: Work, child_id: UUID, action_id: str) -> ActionRow:
    """Raises `NotFound`, also for an action of somebody else's."""
    for each in _of_child(work, child_id):
        if each.id == action_id:
            by = names(work, [each.by]).get(each.by, "") if each.by else ""
            return ActionRow(each, children_listed(work, [child_id])[child_id], by)
    raise NotFound


@verb
def update_action(
    work: Work, child_id: UUID, action_id: str, status: str, reason: str, seen: int
) -> None:
    """Say how far an action is, in the record of the child.

    `seen` is the version of the status that was shown. Raises `ValuesChanged` where somebody has
    said otherwise since, `AnswersInvalid`, and `NotFound` as `my_action`.
    """
    case = hold_plan(work, child_id)
    action = my_action(work, child_id, action_id).action
    reason = reason.strip() if status == "not_taken_forward" else ""
    _check(status, reason)
    path = f"{ACTION_PROGRESS}{action_id}"
    entry = Entry("status", path, action.what, {"status": status, "reason": reason}, True, seen)
    written = save_entries(work, case, [entry], latest_version(work.session, child_id),
                           kept_values(work.session, child_id, [path]))
    if written:
        work.event(case, "planned_action_updated", action=action_id)
        work.audit("update_action", child_id=child_id, about=f"action:{action_id}"[:96])


def _check(status: str, reason: str) -> None:
    if status not in STATUSES:
        raise AnswersInvalid({"status": "Choose how far the action is"})
    if status == "not_taken_forward" and not reason:
        raise AnswersInvalid({"reason": "Enter why the action is not taken forward"})
    if len(reason) > LONGEST_REASON:
        raise AnswersInvalid({"reason": f"Enter {LONGEST_REASON:,} letters or fewer"})


def _mine(work: Work) -> list[PlannedAction]:
    """Of the children round whom they are today, or with whom they stand in for a colleague:
    nobody else's plan is read."""
    involved = work.session.scalars(
        select(Involvement.child_id)
        .where(Involvement.person_id == work.actor.id, *in_force(work.today))
        .distinct()
    ).all()
    around = {*involved, *set_apart(work).stood_in_as(work.actor.roles)}
    allowed = {child_id: set(mine.relations)
               for child_id, mine in standings(work, around).items()
               if _may_update(work, child_id, mine)}
    taught = {child_id for child_id, roles in allowed.items() if _is_teacher(work, roles)}
    found = [*planned_actions(work, taught),
             *planned_actions(work, allowed.keys() - taught, work.actor.name)]
    return sorted(found, key=in_order)


def _of_child(work: Work, child_id: UUID) -> list[PlannedAction]:
    mine = standing(work, child_id)
    if not _may_update(work, child_id, mine):
        return []
    return planned_actions(work, [child_id],
                           None if _is_teacher(work, mine.relations) else work.actor.name)


def _may_update(work: Work, child_id: UUID, mine: Standing) -> bool:
    return decide(work.actor, "update_action",
                  Resource.of_child(mine, "child", child_id, child_id)).allowed


def _is_teacher(work: Work, roles: Collection[str]) -> bool:
    return TEACHER in roles and TEACHER in work.actor.roles
