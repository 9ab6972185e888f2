"""The routes of the API; each asks the token's scope, then `decide`, then one verb."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import current_app, g, request
from werkzeug.wrappers import Response

from engine.cases import open_case
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid
from engine.forms import Field
from engine.releases import get_release
from engine.tasks import (
    claim_task,
    complete_task,
    list_tasks,
    release_task,
    save_draft,
    task_form,
)
from web.access import may_see, require, resource_of
from web.api.problems import Denied
from web.api.shapes import (
    AnswersIn,
    CaseOut,
    ChildOut,
    CompletedOut,
    DeadlineOut,
    EventOut,
    OpenCaseIn,
    QuestionOut,
    RecordOut,
    ReleaseOut,
    StoryOut,
    TaskOut,
    TaskWithForm,
    page_of,
)
from web.diagrams import Marks, draw
from workflows.case_page import case_page, deadlines_of, timeline_of
from workflows.children import get_child
from workflows.pep.record import field_class
from workflows.plan_page import record_document
from workflows.registers import (
    list_cases,
    list_children,
    list_events,
    list_releases,
    one_case,
    one_event,
)
from workflows.tokens import find_bearer

MOST = 100


def guarded(
    action: str, *, kind: str = "none", arg: str = "", scope: str = "read"
) -> Callable[[Any], Any]:
    """Bearer token, scope, then `decide` on the resource; 401, 403, 404."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            _who(scope)
            require("use_api")
            g.resource = resource_of(kind, kwargs.get(arg))
            g.decision = require(action, g.resource)
            return view(*args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return checked

    return decorate


def add_routes(api: APIBlueprint) -> None:
    _children(api)
    _cases(api)
    _tasks(api)
    _releases_and_events(api)


def _children(api: APIBlueprint) -> None:
    @api.get("/children")
    @api.output(page_of(ChildOut))
    @guarded("see_cases")
    def children() -> Any:
        after, limit = _cursor(), _limit()
        return _page([ChildOut.model_validate(row) for row in
                      list_children(g.acting, after, limit)], limit)

    @api.get("/children/<uuid:child_id>")
    @api.output(ChildOut)
    @guarded("see_child", kind="child", arg="child_id")
    def child(child_id: UUID) -> Any:
        return ChildOut.model_validate(get_child(g.acting, child_id)).model_dump()

    @api.get("/records")
    @api.output(page_of(RecordOut))
    @guarded("see_cases")
    def records() -> Any:
        require_any = list_children(g.acting, _cursor(), _limit())
        items = [_record(row.id) for row in require_any if _may_see_plan(row.id)]
        return _page(items, _limit(), last=str(require_any[-1].id) if require_any else None,
                     full=len(require_any) == _limit())

    @api.get("/records/<uuid:child_id>")
    @api.output(RecordOut)
    @guarded("see_plan", kind="child", arg="child_id")
    def record(child_id: UUID) -> Any:
        return _record(child_id).model_dump()


def _cases(api: APIBlueprint) -> None:
    @api.get("/cases")
    @api.output(page_of(CaseOut))
    @guarded("see_cases")
    def cases() -> Any:
        rows = list_cases(g.acting, _cursor(), _limit())
        return _page([CaseOut.model_validate(row) for row in rows], _limit())

    @api.post("/cases")
    @api.input(OpenCaseIn, arg_name="wanted")
    @api.output(CaseOut, status_code=201)
    @guarded("start_case", scope="write")
    def start(wanted: OpenCaseIn) -> Any:
        require("see_child", resource_of("child", wanted.child))
        case_id = open_case(g.acting, wanted.procedure, wanted.child)
        return CaseOut.model_validate(one_case(g.acting, case_id)).model_dump(), 201

    @api.get("/cases/<uuid:case_id>")
    @api.output(CaseOut)
    @guarded("see_case", kind="case", arg="case_id")
    def case(case_id: UUID) -> Any:
        return CaseOut.model_validate(one_case(g.acting, case_id)).model_dump()

    @api.get("/cases/<uuid:case_id>/timeline")
    @api.output(page_of(StoryOut))
    @guarded("see_timeline", kind="case", arg="case_id")
    def timeline(case_id: UUID) -> Any:
        rows = [StoryOut.model_validate(row) for row in timeline_of(g.acting, case_id)]
        return _page(rows, len(rows) + 1)

    @api.get("/cases/<uuid:case_id>/deadlines")
    @api.output(page_of(DeadlineOut))
    @guarded("see_case", kind="case", arg="case_id")
    def deadlines(case_id: UUID) -> Any:
        rows = [DeadlineOut.model_validate(row) for row in deadlines_of(g.acting, case_id)]
        return _page(rows, len(rows) + 1)

    @api.get("/cases/<uuid:case_id>/diagram.svg")
    @guarded("see_case", kind="case", arg="case_id")
    def diagram(case_id: UUID) -> Response:
        page = case_page(g.acting, case_id)
        picture = draw(page.diagram, Marks(done=page.done, here=page.here, late=page.late))
        return Response(str(picture).strip(), mimetype="image/svg+xml")


def _tasks(api: APIBlueprint) -> None:
    @api.get("/tasks")
    @api.output(page_of(TaskOut))
    @guarded("see_my_tasks")
    def tasks() -> Any:
        mine = request.args.get("mine") == "true"
        rows = list_tasks(g.acting, mine=mine, after=_cursor(), limit=_limit())
        return _page([TaskOut.model_validate(row) for row in rows], _limit())

    @api.get("/tasks/<uuid:task_id>")
    @api.output(TaskWithForm)
    @guarded("see_task", kind="task", arg="task_id")
    def task(task_id: UUID) -> Any:
        return _with_form(task_id)

    @api.post("/tasks/<uuid:task_id>/claim")
    @api.output(TaskOut)
    @guarded("claim_task", kind="task", arg="task_id", scope="write")
    def claim(task_id: UUID) -> Any:
        return TaskOut.model_validate(claim_task(g.acting, task_id)).model_dump()

    @api.post("/tasks/<uuid:task_id>/release")
    @api.output(TaskOut)
    @guarded("release_task", kind="task", arg="task_id", scope="write")
    def hand_back(task_id: UUID) -> Any:
        return TaskOut.model_validate(release_task(g.acting, task_id)).model_dump()

    @api.put("/tasks/<uuid:task_id>/draft")
    @api.input(AnswersIn, arg_name="sent")
    @api.output(TaskOut)
    @guarded("see_task", kind="task", arg="task_id", scope="write")
    def keep_draft(task_id: UUID, sent: AnswersIn) -> Any:
        view = save_draft(g.acting, task_id, sent.answers, sent.seen)
        return TaskOut.model_validate(view).model_dump()

    @api.post("/tasks/<uuid:task_id>/complete")
    @api.input(AnswersIn, arg_name="sent")
    @api.output(CompletedOut)
    @guarded("see_task", kind="task", arg="task_id", scope="write")
    def complete(task_id: UUID, sent: AnswersIn) -> Any:
        nonce = request.headers.get("Idempotency-Key")
        done = complete_task(g.acting, task_id, sent.answers, sent.seen, nonce)
        return CompletedOut.model_validate(done).model_dump()


def _releases_and_events(api: APIBlueprint) -> None:
    @api.get("/releases")
    @api.output(page_of(ReleaseOut))
    @guarded("see_procedures")
    def releases() -> Any:
        rows = [ReleaseOut.model_validate(row) for row in list_releases(g.acting)]
        return _page(rows, len(rows) + 1)

    @api.get("/releases/<uuid:release_id>")
    @api.output(ReleaseOut)
    @guarded("see_procedures")
    def one_release(release_id: UUID) -> Any:
        return ReleaseOut.model_validate(get_release(g.acting, release_id)).model_dump()

    @api.get("/events")
    @api.output(page_of(EventOut))
    @guarded("see_cases")
    def events() -> Any:
        after = request.args.get("after", "0")
        if not after.isdecimal():
            raise AnswersInvalid({"after": "Send the `next` of the page before"})
        rows = list_events(g.acting, int(after), _limit())
        items = [EventOut.model_validate(row) for row in rows]
        return _page(items, _limit(), last=str(rows[-1].seq) if rows else None)

    @api.get("/events/<uuid:event_id>")
    @api.output(EventOut)
    @guarded("see_cases")
    def event(event_id: UUID) -> Any:
        return EventOut.model_validate(one_event(g.acting, event_id)).model_dump()


def _who(scope: str) -> None:
    """Set who acts from the bearer token."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    installation = current_app.extensions["pepway"]
    bearer = find_bearer(installation.acting(SYSTEM), token.strip()) if (
        kind.lower() == "bearer" and token
    ) else None
    if bearer is None:
        raise Denied(401)
    if scope not in bearer.scopes:
        raise Denied(403)
    g.acting = installation.acting(bearer.actor)


def _cursor() -> UUID | None:
    after = request.args.get("after", "")
    try:
        return UUID(after) if after else None
    except ValueError as problem:
        raise AnswersInvalid({"after": "Send the `next` of the page before"}) from problem


def _limit() -> int:
    given = request.args.get("limit", str(MOST))
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise AnswersInvalid({"limit": f"Send a number from 1 to {MOST}"})
    return int(given)


def _page(
    items: list[Any], limit: int, *, last: str | None = None, full: bool | None = None
) -> dict[str, Any]:
    more = len(items) == limit if full is None else full
    cursor = last or (str(items[-1].id) if items and hasattr(items[-1], "id") else None)
    return {"items": [item.model_dump() for item in items], "next": cursor if more else None}


def _record(child_id: UUID) -> RecordOut:
    resource = resource_of("child", child_id)
    return RecordOut(
        child=child_id,
        document=record_document(g.acting, child_id, lambda kind: may_see(kind, resource)),
    )


def _may_see_plan(child_id: UUID) -> bool:
    from_table = resource_of("child", child_id)
    return may_see("ordinary", from_table)


def _with_form(task_id: UUID) -> dict[str, Any]:
    asked = task_form(g.acting, task_id)
    shown = [f for f in asked.form.inputs()
             if g.resource.holds_task or may_see(field_class(f.path))]
    keys = {field.key for field in shown}
    return TaskWithForm(
        **TaskOut.model_validate(asked.task).model_dump(),
        form=[_question(field) for field in shown],
        answers={key: kept.value for key, kept in asked.kept.items() if key in keys},
        seen={f.key: asked.kept[f.key].version if f.key in asked.kept else 0 for f in shown},
    ).model_dump()


def _question(field: Field) -> QuestionOut:
    return QuestionOut(
        key=field.key, kind=field.kind, label=field.label, path=field.path, hint=field.hint,
        required=field.required,
        options=[{"value": option.value, "label": option.label} for option in field.options],
        questions=[_question(each) for each in field.fields],
    )
