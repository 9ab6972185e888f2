"""What quality assurance, the child, and the targets say of plans, counted once both have signed.

The newest version of the case says it. What somebody wrote is read for counting and kept by the
record alone: here stand a judgement, a yes or no, and numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select

from engine.store.models import Case
from engine.work import Work
from workflows.figures.added_up import count_in_and_out
from workflows.figures.tables import PlanFigures, PremiumUse, SectionCount, SectionRating
from workflows.pep.case_dates import RATING, day_of
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.quality import JUDGED
from workflows.pep.record import QUALITY_OF
from workflows.pep.smart import DUE_ON, MEASURE, TEXT, help_with

TARGETS, INTERVENTIONS, GIVEN = "targets[]", "interventions[]", "views.child.given"
OWN_WORDS = ("views.child.progress", "views.child.support", "views.child.changes")
DECLINED = "declined"
PATHS = (RATING, TARGETS, INTERVENTIONS, GIVEN, *OWN_WORDS,
         *(f"{QUALITY_OF}{section}" for section in JUDGED))
PREMIUM = "premium"
"""Who pays for an intervention: pupil premium plus."""
UNKNOWN, LONGEST = "", 16
"""Letters of an answer's key, of which a form of the council's own may have longer ones."""
_SECTION = (SectionRating.month, SectionRating.section, SectionRating.rating)


class Counted(NamedTuple):
    """Rows of the three tables, of one case."""

    plan: Mapping[str, Any] | None = None
    sections: Sequence[Mapping[str, Any]] = ()
    uses: Sequence[Mapping[str, Any]] = ()


def plan_counted(work: Work, case: Case) -> Counted:
    """Nothing of a case whose plan both have not signed."""
    versions = work.session.scalars(
        select(RecordVersion).where(RecordVersion.case_id == case.id)
        .order_by(RecordVersion.number)
    ).all()
    prepared = [day_of(each.prepared_at) for each in versions if each.prepared_at]
    if not prepared:
        return Counted()
    said: dict[str, Any] = dict(work.session.execute(
        select(RecordValue.path, RecordValue.value)
        .where(RecordValue.version_id == versions[-1].id, RecordValue.path.in_(PATHS),
               RecordValue.valid)
    ).all())
    on = min(prepared)
    of_case = {"case_id": case.id, "child_id": case.child_id, "month": on.replace(day=1)}
    targets = _rows(said.get(TARGETS))
    judged = [row for row in targets if row.get("target_judgement")]
    return Counted(
        {**of_case, "procedure": case.procedure, "rating": _key(said.get(RATING)),
         "own_voice": _has_own_voice(said), "targets": len(targets),
         "smart": sum(_is_smart(row, on) for row in targets), "judged": len(judged),
         "met": sum(row["target_judgement"] == "achieved" for row in judged)},
        [{**of_case, "section": section, "rating": _key(said[f"{QUALITY_OF}{section}"])}
         for section in JUDGED if said.get(f"{QUALITY_OF}{section}")],
        _uses(of_case, _rows(said.get(INTERVENTIONS))),
    )


def write_plans(work: Work, cases: Sequence[UUID], counted: Iterable[Counted]) -> None:
    """These rows take the place of all that stand of the cases."""
    gone = [tuple(row) for row in work.session.execute(
        select(*_SECTION).where(SectionRating.case_id.in_(cases)))]
    for table in (PlanFigures, SectionRating, PremiumUse):
        work.session.execute(delete(table).where(table.case_id.in_(cases)))
    found = list(counted)
    come = (tuple(row[column.key] for column in _SECTION)
            for each in found for row in each.sections)
    count_in_and_out(work, SectionCount, come, gone)
    for table, rows in (
        (PlanFigures, [each.plan for each in found if each.plan]),
        (SectionRating, [row for each in found for row in each.sections]),
        (PremiumUse, [row for each in found for row in each.uses]),
    ):
        if rows:
            work.session.execute(insert(table), rows)


def _has_own_voice(said: Mapping[str, Any]) -> bool:
    """Their views were given, by them, and not declined; and something of it stands there."""
    if not said.get(GIVEN) or said[GIVEN] == DECLINED:
        return False
    return any(str(said.get(path) or "").strip() for path in OWN_WORDS)


def _is_smart(row: Mapping[str, Any], on: date) -> bool:
    """Whether the help with targets has nothing to say of it, on the day both had signed."""
    target = {TEXT: row.get("target_text"), MEASURE: row.get("target_measure"),
              DUE_ON: row.get("target_due")}
    return any(target.values()) and not help_with(target, on)


def _uses(
    of_case: Mapping[str, Any], interventions: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What pupil premium plus pays for: by the area it serves and by how it works."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in interventions:
        if row.get("funding") != PREMIUM:
            continue
        key = (_key(row.get("serves")), _key(row.get("effect")))
        use = found.setdefault(key, {**of_case, "purpose": key[0], "effect": key[1],
                                     "uses": 0, "pounds": 0})
        use["uses"] += 1
        use["pounds"] += _pounds(row.get("cost"))
    return list(found.values())


def _key(answer: object) -> str:
    return str(answer or UNKNOWN)[:LONGEST]


def _pounds(cost: object) -> int:
    """Whole pounds; what is no number counts as nothing."""
    return round(cost) if isinstance(cost, int | float) and 0 <= cost < 10**7 else 0


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
