"""The data of a signed plan, which goes beside its document: by place of the record, typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.forms import Field
from engine.store.models import Case
from engine.work import Work
from workflows.answers_in_words import rows_of
from workflows.children import Child
from workflows.documents.contents import shown_to
from workflows.documents.recipients import Recipient, may_read_class
from workflows.filing.table import PlanFiling
from workflows.people import names
from workflows.pep.plan import SIGNATURES, RecordValue, RecordVersion
from workflows.pep.record import ACTION_PROGRESS, DATA_POINT, PLACES
from workflows.plan_page import Answer, plan_page, questions_by_path

YES_OR_NO: Mapping[Any, bool] = {"yes": True, "no": False}
BESIDE_THE_PLAN = (ACTION_PROGRESS, DATA_POINT)
"""What is said between two signatures: the document tells it, and no type is promised for it."""


def data_of(work: Work, filing: PlanFiling, recipient: Recipient) -> dict[str, Any]:
    """All that is sent but the document: what `schema.py` says of it."""
    version = work.session.scalars(select(RecordVersion).where(
        RecordVersion.child_id == filing.child_id, RecordVersion.number == filing.version
    )).one()
    child = work.session.get_one(Child, filing.child_id)
    case = work.session.get_one(Case, filing.case_id)
    return {
        "id": str(filing.id),
        "child": {
            "id": str(child.id), "reference": child.reference,
            "council_number": child.council_number,
            "name": f"{child.given_names} {child.family_name}",
            "born_on": child.born_on.isoformat(),
        },
        "case": {"id": str(case.id), "reference": case.reference},
        "plan": {
            "version": version.number,
            "prepared_at": version.prepared_at.isoformat() if version.prepared_at else None,
            "signed_at": version.signed_at.isoformat() if version.signed_at else None,
            "signatures": _signatures(work, version),
        },
        "record": _record(work, version, recipient),
    }


def _signatures(work: Work, version: RecordVersion) -> list[dict[str, str]]:
    rows = work.session.scalars(
        select(RecordValue)
        .where(RecordValue.version_id == version.id, RecordValue.path.in_(SIGNATURES))
        .order_by(RecordValue.path)
    ).all()
    signed = [row for row in rows if row.value is True and row.by is not None]
    called = names(work, {row.by for row in signed})
    return [
        {"role": row.path.split(".")[1], "name": called.get(row.by, "") if row.by else "",
         "at": row.at.isoformat()}
        for row in signed
    ]


def _record(work: Work, version: RecordVersion, recipient: Recipient) -> dict[str, Any]:
    """What the document says, as it was answered."""
    def may_see(of_class: str) -> bool:
        return may_read_class(recipient, of_class)

    page = plan_page(work, version.child_id, may_see, version.number)
    shown, held = shown_to(work, page, version, recipient, may_see), version.document or {}
    asked = questions_by_path(work, version.child_id)
    return {
        path: _rows(answer, rows_of(held[path]), asked.get(path)) if answer.is_list
        else _typed(path, held[path])
        for path, answer in sorted(shown.items())
        if path in held and not path.startswith(BESIDE_THE_PLAN)
    }


def _rows(
    answer: Answer, held: Sequence[Mapping[str, Any]], asked: Field | None
) -> list[dict[str, Any]]:
    """Of each row the cells that the document tells, called as the record calls them."""
    paths = {cell.key: cell.path for cell in asked.fields} if asked else {}
    rows = []
    for told, row in zip(answer.rows, held, strict=True):
        by_path = {paths.get(key, f"{answer.path}.{key}"): cell for key, cell in row.items()}
        rows.append({path.removeprefix(f"{answer.path}."): _typed(path, by_path[path])
                     for path in sorted(told) if path in by_path})
    return rows


def _typed(path: str, value: Any) -> Any:
    """A yes or no is asked in two ways, and sent in one."""
    place = PLACES.get(path)
    return YES_OR_NO.get(value, value) if place and place.type == "yes_no" else value
