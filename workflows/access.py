"""Who may do what: one declared table, one pure function `decide`, one filter `visible`.

Deny by default. A relation is a dated involvement with the child, in force today. A restricted
record opens to nobody by a role of the whole council alone; where a conflict of interest is
declared, nothing opens it. Every allow carries its reason, which the audit keeps.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from engine.domain import Actor
from engine.work import LONDON, Work
from workflows.children import Child
from workflows.delegations import COLLEAGUE
from workflows.involvements import Involvement, in_force
from workflows.roles import ROLES
from workflows.sight.standing import Standing, set_apart
from workflows.subject_access.table import IS_OPEN_REQUEST, SubjectAccessRequest

PRACTITIONERS = frozenset({"social_worker", "designated_teacher", "reviewing_officer",
                           "team_manager"})
VIRTUAL = frozenset({"virtual_school"})
MANAGERS = frozenset({"manager"})
ADMINISTRATORS = frozenset({"administrator"})
TEAM_MANAGERS = frozenset({"team_manager"})
GOVERNANCE = frozenset({"information_governance"})
NOBODY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is allowed an action: any of these is enough."""

    anyone: bool = False
    """Without signing in."""
    signed_in: bool = False
    roles: frozenset[str] = NOBODY
    """Holding the role is enough, for any child of the council."""
    related: frozenset[str] = NOBODY
    """The role must be held for this child today."""
    holder: bool = False
    """The task is the actor's own, or waits in a queue of theirs."""
    delegate: bool = False
    """The task's sections were given to the actor to fill in, by the teacher whose task it is."""
    may_hold: bool = False
    """The task may be given to the actor today, whoever has it: the one who comes too late is told
    who was there before, and not that there is nothing."""
    emergency: frozenset[str] = NOBODY
    """While the actor has emergency access to the child, one of these roles is enough."""
    though_restricted: frozenset[str] = NOBODY
    """Of `roles`, those that a restricted record does not keep out: they see nothing of it."""


IN_EMERGENCIES = frozenset({"social_worker", "team_manager", "virtual_school"})
"""Staff of the council who may be the only one there when a child needs somebody."""
_WORKS_WITH_CHILD = Rule(roles=VIRTUAL, related=PRACTITIONERS)
# Information governance is related to a child by a request for access, while it is open.
_SEES_CHILD = Rule(
    roles=VIRTUAL, related=PRACTITIONERS | GOVERNANCE, emergency=IN_EMERGENCIES
)
_SEES_CASE = Rule(
    roles=VIRTUAL | MANAGERS, related=PRACTITIONERS | GOVERNANCE, emergency=IN_EMERGENCIES
)
_CHANGES_CASE = Rule(roles=VIRTUAL, related=frozenset({"social_worker", "team_manager"}))

ACTIONS: Mapping[str, Rule] = {
    "sign_in": Rule(anyone=True),
    "sign_out": Rule(anyone=True),
    "see_demo": Rule(anyone=True),
    "see_health": Rule(anyone=True),
    "see_licences": Rule(anyone=True),
    "see_help": Rule(anyone=True),
    "read_help": Rule(signed_in=True),
    "see_notices": Rule(anyone=True),
    "acknowledge_notice": Rule(signed_in=True),
    "see_metrics": Rule(anyone=True),
    "see_api_docs": Rule(anyone=True),
    "use_api": Rule(signed_in=True),
    "see_procedures": Rule(signed_in=True),
    "see_my_tasks": Rule(signed_in=True),
    "see_my_actions": Rule(roles=VIRTUAL | PRACTITIONERS),
    "update_action": Rule(related=VIRTUAL | PRACTITIONERS),
    "see_own_words": Rule(signed_in=True),
    "choose_what_told": Rule(signed_in=True),
    "change_own_account": Rule(signed_in=True),
    # Of somebody else: `reset_second_factor` refuses one's own.
    "reset_second_factor": Rule(roles=ADMINISTRATORS),
    "see_own_sessions": Rule(signed_in=True),
    "end_own_session": Rule(signed_in=True),
    "end_sessions_of": Rule(roles=ADMINISTRATORS),
    "expect_identity": Rule(roles=ADMINISTRATORS),
    "unlink_identity": Rule(roles=ADMINISTRATORS),
    # Whoever has the secret address of a calendar is let in by it; it names no child.
    "read_calendar": Rule(anyone=True),
    # Whoever has the secret address of a contribution and its code is let in by both.
    "contribute": Rule(anyone=True),
    "see_links": Rule(roles=VIRTUAL, related=PRACTITIONERS, holder=True),
    "invite_to_contribute": Rule(holder=True),
    "revoke_link": Rule(holder=True),
    "take_contribution": Rule(holder=True),
    "add_picture": Rule(holder=True),
    "see_picture": _SEES_CHILD,
    # Whoever writes in the plan; whose class a file has is asked besides (`attached/kinds.py`).
    "attach_file": Rule(
        roles=VIRTUAL, related=frozenset({"social_worker", "designated_teacher"})
    ),
    "download_attached_file": _SEES_CHILD,
    "see_undelivered": Rule(roles=ADMINISTRATORS),
    "send_message_again": Rule(roles=ADMINISTRATORS),
    # None of these shows anything of a child.
    "see_administration": Rule(roles=ADMINISTRATORS),
    "administer_people": Rule(roles=ADMINISTRATORS),
    "administer_schools": Rule(roles=ADMINISTRATORS),
    "administer_calendars": Rule(roles=ADMINISTRATORS),
    "administer_settings": Rule(roles=ADMINISTRATORS),
    "import_rows": Rule(roles=ADMINISTRATORS),
    "administer_webhooks": Rule(roles=ADMINISTRATORS),
    "administer_case_system": Rule(roles=ADMINISTRATORS),
    "see_task": Rule(roles=VIRTUAL | MANAGERS, related=PRACTITIONERS, holder=True),
    "do_task": Rule(may_hold=True),
    "claim_task": Rule(may_hold=True),
    "release_task": Rule(may_hold=True),
    "reassign_task": Rule(roles=VIRTUAL | MANAGERS, related=TEAM_MANAGERS),
    # Whose work they look after `absences/scope.py` asks besides; of others one enters one's own.
    "see_workload": Rule(roles=VIRTUAL | MANAGERS | TEAM_MANAGERS),
    "reassign_tasks": Rule(roles=VIRTUAL | MANAGERS | TEAM_MANAGERS),
    "arrange_absence": Rule(roles=VIRTUAL | MANAGERS | PRACTITIONERS),
    # Only one's own task of education sections can be given: `delegate_task` sees to that.
    "delegate_task": Rule(related=frozenset({"designated_teacher"})),
    "fill_in_delegated": Rule(delegate=True),
    "see_cases": Rule(roles=VIRTUAL | MANAGERS | PRACTITIONERS),
    "find_child": Rule(roles=VIRTUAL | MANAGERS | PRACTITIONERS),
    # Each sees in a view what they see in the list.
    "save_view": Rule(roles=VIRTUAL | MANAGERS | PRACTITIONERS),
    "share_view": Rule(roles=VIRTUAL | MANAGERS),
    # Nothing of a restricted record leaves with a list, whoever is related to the child.
    "export_cases": Rule(roles=VIRTUAL | MANAGERS),
    "remind_holders": Rule(roles=VIRTUAL | MANAGERS),
    "see_case": _SEES_CASE,
    "see_child": _SEES_CASE,
    "see_timeline": _SEES_CASE,
    # Whoever answers for how work goes.
    "see_why_late": Rule(roles=VIRTUAL | MANAGERS, related=frozenset({"team_manager"})),
    "see_plan": _SEES_CHILD,
    # The teacher monitors and tracks how attainment progresses (S17).
    "add_data_point": Rule(roles=VIRTUAL, related=frozenset({"designated_teacher"})),
    "comment_on_section": _WORKS_WITH_CHILD,
    # Apart from the plan itself: who looks at its copies has not opened it.
    "see_documents": _WORKS_WITH_CHILD,
    "give_copy": _WORKS_WITH_CHILD,
    # Those to whom the plan is passed on before the review (S31, S34).
    "say_received": Rule(
        roles=VIRTUAL, related=frozenset({"social_worker", "reviewing_officer"})
    ),
    # Whoever answers for what stands in the Care Plan, and the virtual school.
    "file_plan_again": _CHANGES_CASE,
    "see_meeting": _WORKS_WITH_CHILD,
    # Whoever chairs it, and the teacher, who leads on targets (S17).
    "agree_at_meeting": Rule(roles=VIRTUAL, related=frozenset({"designated_teacher"})),
    # Whoever has the signed address of an invitation's file; it names no child.
    "read_invitation": Rule(anyone=True),
    "see_placement_address": Rule(
        roles=VIRTUAL,
        related=GOVERNANCE | {"social_worker", "team_manager", "reviewing_officer"},
        emergency=IN_EMERGENCIES,
    ),
    "start_another": Rule(roles=VIRTUAL, related=frozenset({"social_worker", "team_manager"})),
    "start_case": Rule(roles=VIRTUAL | {"social_worker", "team_manager"}),
    "find_duplicate": Rule(roles=VIRTUAL | {"social_worker", "team_manager"}),
    "close_case": Rule(roles=VIRTUAL),
    "start_review_now": Rule(
        roles=VIRTUAL,
        related=frozenset({"social_worker", "designated_teacher", "reviewing_officer"}),
    ),
    # Regulation 33(3)(a): what the reviewing officer asks for, nobody asks for in their name.
    "bring_review_forward": Rule(related=frozenset({"reviewing_officer"})),
    "reopen_plan": Rule(roles=VIRTUAL),
    "change_school": _CHANGES_CASE,
    "report_suspension": Rule(
        roles=VIRTUAL,
        related=frozenset({"social_worker", "team_manager", "designated_teacher"}),
    ),
    "change_placement": _CHANGES_CASE,
    "change_legal_status": _CHANGES_CASE,
    "change_worker": Rule(roles=VIRTUAL | MANAGERS, related=frozenset({"team_manager"})),
    "correct_date": _CHANGES_CASE,
    "cease_to_be_looked_after": _CHANGES_CASE,
    "transfer_to_other_council": Rule(roles=VIRTUAL, related=frozenset({"team_manager"})),
    "record_death": Rule(roles=VIRTUAL, related=frozenset({"team_manager"})),
    "return_to_care": Rule(roles=VIRTUAL),
    "retry_incident": Rule(
        roles=frozenset({"process_owner"}), though_restricted=frozenset({"process_owner"})
    ),
    "see_studio": Rule(roles=frozenset({"process_owner"})),
    "edit_draft": Rule(roles=frozenset({"process_owner"})),
    "try_draft": Rule(roles=frozenset({"process_owner"})),
    "propose_release": Rule(roles=frozenset({"process_owner"})),
    # Whoever may is never one of its authors: `engine.review` sees to that.
    "see_reviews": Rule(roles=VIRTUAL),
    "see_release": Rule(roles=VIRTUAL | {"process_owner"}),
    "approve_release": Rule(roles=VIRTUAL | {"process_owner"}),
    "set_rule_aside": Rule(roles=VIRTUAL),
    # Of a case they see its reference and where it stands, and nothing of the child.
    "move_cases": Rule(roles=frozenset({"process_owner"})),
    "repair_case": Rule(
        roles=frozenset({"process_owner"}), though_restricted=frozenset({"process_owner"})
    ),
    "see_board": Rule(roles=VIRTUAL | MANAGERS),
    # Whose cases are on it `see_case` says: a team manager's are those of the own team.
    "see_live_map": Rule(roles=VIRTUAL | MANAGERS | TEAM_MANAGERS),
    "take_board_report": Rule(roles=VIRTUAL | MANAGERS),
    "write_commentary": Rule(roles=VIRTUAL),
    "export_event_log": Rule(roles=VIRTUAL | MANAGERS),
    "restrict_record": Rule(roles=VIRTUAL, related=frozenset({"team_manager"})),
    "see_protected": Rule(roles=VIRTUAL | GOVERNANCE | {"team_manager"}),
    "see_looks_at_child": Rule(roles=VIRTUAL | GOVERNANCE, though_restricted=GOVERNANCE),
    "see_looks_of_person": Rule(roles=VIRTUAL | GOVERNANCE),
    "see_unusual_openings": Rule(roles=VIRTUAL | GOVERNANCE | ADMINISTRATORS),
    # Who works with the child says whether it is still needed; or who sees nothing of it.
    "review_restriction": Rule(
        roles=GOVERNANCE, related=VIRTUAL | {"team_manager"}, though_restricted=GOVERNANCE
    ),
    "declare_conflict": Rule(roles=VIRTUAL | MANAGERS, related=PRACTITIONERS,
                             emergency=IN_EMERGENCIES),
    "declare_conflict_of_others": Rule(roles=VIRTUAL),
    "open_in_emergency": Rule(roles=IN_EMERGENCIES),
    "end_emergency": Rule(roles=IN_EMERGENCIES),
    "review_emergency": Rule(roles=VIRTUAL | GOVERNANCE, though_restricted=GOVERNANCE),
    "see_records": Rule(roles=GOVERNANCE | VIRTUAL | MANAGERS, though_restricted=GOVERNANCE),
    "place_hold": Rule(roles=GOVERNANCE | VIRTUAL, though_restricted=GOVERNANCE),
    "lift_hold": Rule(roles=GOVERNANCE | VIRTUAL, though_restricted=GOVERNANCE),
    "draw_up_disposal": Rule(roles=GOVERNANCE, though_restricted=GOVERNANCE),
    # Two of them, and neither who drew the list up: `disposal.py` sees to that.
    "approve_disposal": Rule(
        roles=GOVERNANCE | VIRTUAL | MANAGERS, though_restricted=GOVERNANCE
    ),
    "destroy_records": Rule(roles=GOVERNANCE, though_restricted=GOVERNANCE),
    "answer_request": Rule(roles=GOVERNANCE, though_restricted=GOVERNANCE),
    "withhold": Rule(roles=VIRTUAL, related=PRACTITIONERS | GOVERNANCE),
    "ask_for_correction": Rule(
        roles=VIRTUAL, related=GOVERNANCE | {"social_worker", "team_manager"}
    ),
    "decide_correction": Rule(roles=GOVERNANCE | VIRTUAL, though_restricted=GOVERNANCE),
    "add_statement": Rule(roles=VIRTUAL, related=PRACTITIONERS | GOVERNANCE),
}

SOCIAL_CARE = frozenset({"social_worker", "team_manager", "reviewing_officer"})
FIELD_CLASSES: Mapping[str, Rule] = {
    "ordinary": Rule(
        roles=VIRTUAL, related=PRACTITIONERS | GOVERNANCE, delegate=True, emergency=IN_EMERGENCIES
    ),
    "social_care": Rule(
        roles=VIRTUAL, related=SOCIAL_CARE | GOVERNANCE, emergency=IN_EMERGENCIES
    ),
    "placement_address": ACTIONS["see_placement_address"],
    "restricted": Rule(
        roles=VIRTUAL, related=SOCIAL_CARE | GOVERNANCE | {"designated_teacher"},
        emergency=IN_EMERGENCIES,
    ),
}
"""Who may see a field of a class, beside being allowed to see the plan at all."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on, with the facts that a decision needs; `kind` `none` is no one's."""

    kind: str = "none"
    id: UUID | None = None
    child_id: UUID | None = None
    relations: Mapping[str, date] = field(default_factory=dict)
    """The actor's roles for the child today, each with the day it began."""
    holds_task: bool = False
    may_hold_task: bool = False
    delegated: bool = False
    stands_in: AbstractSet[str] = NOBODY
    """Of `relations`, those that the actor has in the place of a colleague who is away."""
    restricted: bool = False
    conflict: bool = False
    """The actor has declared, or somebody for them, that they must not see this child's record."""
    emergency_until: datetime | None = None

    @classmethod
    def of_child(
        cls, mine: Standing, kind: str, identity: UUID, child_id: UUID, **of_the_task: bool
    ) -> "Resource":
        """Something of a child to whom the actor stands so."""
        return cls(kind, identity, child_id, mine.relations, stands_in=mine.stands_in,
                   restricted=mine.restricted, conflict=mine.conflict,
                   emergency_until=mine.emergency_until, **of_the_task)


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: str


NOTHING = Resource()


def decide(actor: Actor | None, action: str, resource: Resource = NOTHING) -> Decision:
    """Whether this person may do this to that, and why. An unknown action is denied."""
    rule = ACTIONS.get(action)
    return _by(rule, actor, resource) if rule else Decision(False, "unknown action")


def may_see_field(actor: Actor, field_class: str, resource: Resource) -> bool:
    """Whether a field of this class may leave the server for this person. Unknown: no."""
    rule = FIELD_CLASSES.get(field_class)
    return _by(rule, actor, resource).allowed if rule else False


def _by(rule: Rule, actor: Actor | None, resource: Resource) -> Decision:
    if rule.anyone:
        return Decision(True, "open to anyone")
    if actor is None:
        return Decision(False, "not signed in")
    if rule.signed_in:
        return Decision(True, "signed in")
    if resource.conflict:
        return Decision(False, "a conflict of interest is declared")
    wide = actor.roles & (rule.though_restricted if resource.restricted else rule.roles)
    if wide:
        return Decision(True, f"{ROLES[min(wide)].title.lower()} of the council")
    related = set(resource.relations) & (rule.related | rule.roles) & actor.roles
    if related:
        return Decision(True, _as_related(resource, min(related - resource.stands_in or related)))
    if resource.emergency_until and rule.emergency & actor.roles:
        until = resource.emergency_until.astimezone(LONDON)
        return Decision(True, f"emergency access until {until:%Y-%m-%d %H:%M}")
    return _by_the_task(rule, actor, resource)


def _as_related(resource: Resource, role: str) -> str:
    title, since = ROLES[role].title.lower(), resource.relations[role].isoformat()
    if role in resource.stands_in:
        return f"covers for a {title} since {since}"
    return f"{title} since {since}"


def _by_the_task(rule: Rule, actor: Actor, resource: Resource) -> Decision:
    if rule.holder and resource.holds_task:
        return Decision(True, "the task is theirs")
    if rule.delegate and resource.delegated and COLLEAGUE in actor.roles:
        return Decision(True, "the teacher gave it to them")
    if rule.may_hold and (resource.holds_task or resource.may_hold_task):
        return Decision(True, "the task is of their role")
    return Decision(False, "no role or relation allows it")


def visible(
    work: Work, child_id: InstrumentedAttribute[Any], action: str = "see_case"
) -> ColumnElement[bool]:
    """A condition that keeps the children for whom `decide` would allow the actor this action."""
    rule, mine = ACTIONS[action], work.actor.roles
    if rule.anyone or rule.signed_in:
        return true()
    apart = set_apart(work)
    seen: list[ColumnElement[bool]] = []
    if mine & rule.though_restricted or (mine & rule.roles and not apart.restricted):
        seen.append(true())
    elif mine & rule.roles:
        seen.append(child_id.not_in(apart.restricted))
    if mine & rule.emergency and apart.in_emergency:
        seen.append(child_id.in_(apart.in_emergency))
    roles = mine & (rule.related | rule.roles)
    if roles:
        seen.append(child_id.in_(_round_whom(work, roles)))
    if stood_in := apart.stood_in_as(roles):
        seen.append(child_id.in_(stood_in))
    if roles & GOVERNANCE:
        seen.append(child_id.in_(select(SubjectAccessRequest.child_id).where(IS_OPEN_REQUEST)))
    anyone = _any_of(seen)
    return and_(anyone, child_id.not_in(apart.in_conflict)) if apart.in_conflict else anyone


def _any_of(seen: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """`true()` itself where nobody is kept from the actor: a query then leaves it out."""
    return true() if any(each is true() for each in seen) else or_(false(), *seen)


def kept_from(work: Work, action: str = "see_case") -> frozenset[UUID] | None:
    """Whom an actor who sees every other child does not see; None for whoever sees only some."""
    rule, mine = ACTIONS[action], work.actor.roles
    if not mine & rule.roles:
        return None
    apart = set_apart(work)
    perhaps = apart.in_conflict | apart.restricted
    if not perhaps:
        return perhaps
    seen = work.session.scalars(
        select(Child.id).where(Child.id.in_(perhaps), visible(work, Child.id, action)))
    return perhaps - set(seen)


def _round_whom(work: Work, roles: frozenset[str]) -> Select[UUID]:
    """The children for whom the actor holds one of these roles today."""
    return select(Involvement.child_id).where(
        Involvement.person_id == work.actor.id, Involvement.role.in_(roles), *in_force(work.today)
    )
