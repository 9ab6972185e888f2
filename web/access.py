"""Every route says which action it is; `decide` is asked before its function runs.

`@allow` is for people who are signed in, `@anyone` for the few pages that are open. A test
walks all routes and fails for one without either.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import current_app, g, request

from engine.audit import record_view
from engine.errors import EngineError, NotAllowed
from engine.work import Acting, Work
from web.reading import answer, end_reading, reading
from workflows.access import NOTHING, Decision, Resource, decide, may_see_field
from workflows.resources import (
    attached_file_resource,
    attachment_resource,
    case_resource,
    child_resource,
    correction_resource,
    delegated_resource,
    emergency_resource,
    request_resource,
    task_resource,
)
from workflows.sight.still import still_allowed
from workflows.sight.unusual import (
    TOO_MANY,
    Openings,
    TooManyOpened,
    note_unusual_opening,
    what_is_unusual,
)

P = ParamSpec("P")
R = TypeVar("R")

_LOADERS: Mapping[str, Callable[[Acting | Work, UUID], Resource]] = {
    "attached_file": attached_file_resource,
    "attachment": attachment_resource,
    "case": case_resource,
    "child": child_resource,
    "correction": correction_resource,
    "delegated": delegated_resource,
    "emergency": emergency_resource,
    "request": request_resource,
    "task": task_resource,
}


class SignInNeeded(EngineError):
    """Sign in to go on."""


def allow(action: str, *, kind: str = "none", arg: str = "") -> Callable[[Any], Any]:
    """Let in whom `decide` allows the action on the resource that the argument `arg` names.

    Denied and unknown look the same (404). A look at a child's page is audited before it is
    shown, and so is a refusal: an audit that cannot be written stops the request.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Any:
            if g.acting is None:
                raise SignInNeeded
            resource = resource_of(kind, kwargs.get(arg))  # type: ignore[arg-type]
            g.decision = require(action, resource)
            g.resource = resource
            if request.method in ("GET", "HEAD"):
                _must_not_open_too_many(resource.child_id)
                _note(action, resource, g.decision.reason)
                return view(*args, **kwargs)
            end_reading()
            g.acting = replace(g.acting, at_first=_AskedAgain(
                action, resource, kind, kwargs.get(arg)))  # type: ignore[arg-type]
            try:
                answered = view(*args, **kwargs)
            except NotAllowed:
                _note(f"refused_{action}", resource, "it was allowed a moment before")
                raise
            except EngineError:  # whose page may say how the record stands now
                _note_once(action, resource)
                raise
            _note_once(action, resource)
            return answered

        checked.action = action  # type: ignore[attr-defined]
        checked.arg = arg  # type: ignore[attr-defined]
        return checked

    return decorate


class _AskedAgain:
    """`decide` once more, in the first transaction of the request that writes.

    Between a reading and the writing that follows it an involvement may have ended. What comes
    after the first is part of the same act, which may itself have ended what let its sender in.
    """

    def __init__(
        self, action: str, resource: Resource, kind: str, identity: UUID | None
    ) -> None:
        self._action, self._child_id = action, resource.child_id
        self._kind, self._identity = kind, identity
        self._is_done = False

    def __call__(self, work: Work) -> None:
        if self._is_done:
            return
        self._is_done = True
        if not still_allowed(work, self._action, self._child_id, self._load):
            raise NotAllowed

    def _load(self, work: Work) -> Resource:
        return _loaded(work, self._kind, self._identity)


def anyone(action: str) -> Callable[[Any], Any]:
    """A page that needs no signing in; `decide` must say so."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not decide(None, action).allowed:
                raise NotAllowed
            return view(*args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return checked

    return decorate


def resource_of(kind: str, identity: UUID | None) -> Resource:
    """Raises `NotFound` where there is no such thing."""
    return _loaded(reading(), kind, identity)


def _loaded(by: Acting | Work, kind: str, identity: UUID | None) -> Resource:
    if kind == "none" or identity is None:
        return NOTHING
    with answer().excused("it decides who may see the child, before anything is shown"):
        return _LOADERS[kind](by, identity)


def require(action: str, resource: Resource = NOTHING) -> Decision:
    """The decision, or `NotAllowed`, which is audited where a child is concerned."""
    decision = decide(g.acting.actor, action, resource)
    if not decision.allowed:
        _note(f"refused_{action}", resource, decision.reason)
        raise NotAllowed
    return decision


def children_shown(action: str, children: Collection[UUID]) -> None:
    """Audit whose names a list shows; one row a minute for the same list. None for nobody."""
    answer().audited = True
    if children:
        record_view(reading(), action, None, f"page:{request.endpoint}", g.decision.reason,
                    children)


def nobody_shown(_why: str) -> None:
    """Records are compared with what was typed, and nothing of them is told."""
    answer().audited = True


def may(action: str, resource: Resource | None = None) -> bool:
    """For templates: whether to show a way to something."""
    acting = g.get("acting")
    actor = acting.actor if acting else None
    return decide(actor, action, resource or NOTHING).allowed


def may_see(field_class: str, resource: Resource | None = None) -> bool:
    """For templates and documents: whether a field of this class may leave the server."""
    return may_see_field(g.acting.actor, field_class, resource or g.resource)


def may_look(action: str, resource: Resource) -> bool:
    """Whether more of a page may be shown, of a child whom its address does not name. A look is
    audited."""
    decision = decide(g.acting.actor, action, resource)
    if decision.allowed and resource.child_id is not None:
        _note(action, resource, decision.reason)
    return decision.allowed


def _note_once(action: str, resource: Resource) -> None:
    """What was tried and had no effect is a look at the record, where nothing else says so."""
    if not answer().audited:
        _note(f"tried_{action}", resource, g.decision.reason)


def _must_not_open_too_many(child_id: UUID | None) -> None:
    """Raises `TooManyOpened`; what is unusual is told to those who look at it."""
    if child_id is None:
        return
    openings: Openings = current_app.extensions["pepway_openings"]
    number, is_new = openings.count(g.acting.actor.id, child_id, g.acting.now)
    kind = what_is_unusual(reading(), number) if is_new else None
    if kind:
        note_unusual_opening(g.acting, kind, number)
    if kind == TOO_MANY:
        raise TooManyOpened


def _note(action: str, resource: Resource, reason: str) -> None:
    """Nothing for what is about no child."""
    if resource.child_id is not None:
        record_view(reading(), action, resource.child_id, f"{resource.kind}:{resource.id}", reason)
