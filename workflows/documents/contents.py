"""What a document holds for a recipient: pure data, in the order in which it is read.

A place leaves the record only where both may see it: whoever gives the document out, and whoever
gets it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.errors import Refused
from engine.work import LONDON, Work, query
from workflows.corrections import CorrectionView, corrections_beside
from workflows.days import long_date
from workflows.documents.purposes import Asked, Chapter, Column, Purpose
from workflows.documents.recipients import (
    PICTURES_WITH,
    Recipient,
    may_read,
    may_read_class,
    may_read_pictures,
)
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import PLACES, field_class
from workflows.pictures.kept import read_picture
from workflows.plan_page import Answer, MaySee, PlanPage, VersionRow, plan_page

NOT_SHARED = "views.not_shared_with"
SAID_IN_CONFIDENCE = frozenset(
    {"views.carer", "views.parent", "views.others", "carer_role.at_home"}
)
"""Answers of one form that asks who should not see them, by name."""
JUDGEMENT = "targets[].judgement"
LOOKED_BACK = 4
"""How many earlier versions may hold the last judgement of a target."""

Line = tuple[str, str]
"""A label, which may be empty, and text."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Sequence[Line]]]
    """Of each row its cells, of each cell its lines."""


@dataclass(frozen=True, slots=True)
class Picture:
    words: str
    """For whoever does not see it."""
    content: bytes
    """A JPEG."""


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    blocks: Sequence[Line | Table]
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    child: str
    facts: Sequence[Line]
    version: int
    case_id: UUID
    parts: Sequence[Part]


class NoPlan(Refused):
    """No plan has been begun for this child, so there is nothing to give out yet."""


@query
def contents(
    work: Work,
    child_id: UUID,
    purpose: Purpose,
    recipient: Recipient,
    may_see: MaySee,
    number: int | None = None,
) -> Contents:
    """The plan as it stands, or a signed version by number.

    `may_see` is what whoever gives it out may see. Raises `NoPlan`, and `NotFound` for a number
    that no signed version has.
    """

    def both_may_see(of_class: str) -> bool:
        return may_see(of_class) and may_read_class(recipient, of_class)

    page = plan_page(work, child_id, both_may_see, number)
    if page.shown is None:
        raise NoPlan
    version = work.session.scalars(
        select(RecordVersion).where(
            RecordVersion.child_id == child_id, RecordVersion.number == page.shown.number
        )
    ).one()
    shown = shown_to(work, page, version, recipient, both_may_see)
    if purpose.judged_before:
        shown = _with_last_judgements(work, page, shown, both_may_see)
    pictures = _pictures(work, page, purpose, recipient, both_may_see)
    noted = corrections_beside(work, child_id, page.shown.number)
    parts = [part for chapter in purpose.chapters
             if (part := _part(chapter, shown, page, pictures, noted))]
    if purpose.attached and recipient.role and page.attached:
        parts.append(_attached(page))
    if purpose.missing_in:
        parts.append(_still_missing(page, recipient, purpose.missing_in))
    return Contents(page.child.name, _facts(page, page.shown), page.shown.number, version.case_id,
                    parts)


def shown_to(
    work: Work, page: PlanPage, version: RecordVersion, recipient: Recipient, may_see: MaySee
) -> dict[str, Answer]:
    """What this recipient reads, by place; of lists only the cells that both may see."""
    in_confidence = _in_confidence(work, version, recipient, may_see)
    return {
        answer.path: replace(answer, rows=[
            {path: text for path, text in row.items()
             if may_see(field_class(path)) and may_read(recipient, path)}
            for row in answer.rows
        ])
        for section in page.sections
        for answer in section.answers
        if may_read(recipient, answer.path) and answer.path not in in_confidence
    }


def _in_confidence(
    work: Work, version: RecordVersion, recipient: Recipient, may_see: MaySee
) -> frozenset[str]:
    """Whoever may not read for whom it is not meant, might be the one for whom it is not."""
    if recipient.in_confidence and may_see(field_class(NOT_SHARED)):
        return frozenset()
    named = work.session.scalar(
        select(RecordValue.value).where(
            RecordValue.version_id == version.id, RecordValue.path == NOT_SHARED
        )
    )
    return SAID_IN_CONFIDENCE if named else frozenset()


def _facts(page: PlanPage, shown: VersionRow) -> list[Line]:
    child = page.child
    year = {None: "", 0: ", Reception"}.get(child.year_group, f", Year {child.year_group}")
    return [
        ("Born", long_date(child.born_on)),
        ("School", f"{child.school or 'No school place'}{year}"),
        ("This plan", f"Version {shown.number}. {_state_in_words(shown)}"),
    ]


def _state_in_words(shown: VersionRow) -> str:
    if shown.state == "kept":
        return "Kept as it stood when care ended"
    if shown.signed_at:
        return f"Signed and passed on, {_day_of(shown.signed_at)}"
    if shown.prepared_at:
        return f"Both have signed, {_day_of(shown.prepared_at)}"
    return "Being worked on, not signed yet"


def _day_of(moment: datetime) -> str:
    return long_date(moment.astimezone(LONDON).date())


def _pictures(
    work: Work, page: PlanPage, purpose: Purpose, recipient: Recipient, may_see: MaySee
) -> Sequence[Picture]:
    """None is read that the recipient may not have, or that no chapter holds."""
    if not (may_read_pictures(recipient) and may_see(field_class(PICTURES_WITH))
            and any(each.pictures for each in purpose.chapters)):
        return ()
    many = len(page.pictures)
    return [
        Picture(f"Drawing or photo {number} of {many}, which goes with what the child says, "
                f"{_day_of(each.added_at)}", read_picture(work, each.id))
        for number, each in enumerate(page.pictures, 1)
    ]


def _attached(page: PlanPage) -> Part:
    """Named for those who can open them in Pepway; of others nobody knows who reads a title."""
    columns = ("File", "What it is", "Section", "Day")
    return Part("Attached files, to be opened in Pepway", [
        Table("Attached files, to be opened in Pepway", columns, [
            [[("", each.title)], [("", each.kind)], [("", each.section)],
             [("", long_date(each.dated_on))]]
            for each in page.attached
        ])
    ])


def _part(
    chapter: Chapter, shown: Mapping[str, Answer], page: PlanPage, pictures: Sequence[Picture],
    noted: Mapping[str, Sequence[CorrectionView]],
) -> Part | None:
    """In the order of its places; None where nothing stands in any of them."""
    blocks: list[Line | Table] = []
    for each in (*chapter.places, *_undeclared(chapter, shown, page)):
        answer = shown.get(each.path)
        if answer is None:
            continue
        if not answer.is_list:
            blocks.append((each.label or answer.label, str(answer.value)))
        elif (table := _table(each, answer)) is not None:
            blocks.append(table)
        blocks.extend(("Correction", each.in_words) for each in noted.get(answer.path, ()))
    held = pictures if chapter.pictures else ()
    return Part(chapter.title, blocks, held) if blocks or held else None


def _undeclared(
    chapter: Chapter, shown: Mapping[str, Answer], page: PlanPage
) -> Iterable[Asked]:
    """Answers of a process owner's own questions, which stand in one section of the plan."""
    return (
        Asked(answer.path)
        for section in page.sections if section.section.key == chapter.section
        for answer in section.answers
        if answer.path in shown and answer.path not in PLACES
    )


def _still_missing(page: PlanPage, recipient: Recipient, sections: Sequence[str]) -> Part:
    """What the forms ask of this child and nobody has filled, by section of the plan."""
    gaps = [
        (each.section.title, "; ".join(
            place.label for place in PLACES.values()
            if place.section == each.section.key and place.label in each.missing
            and may_read(recipient, place.path)
        ))
        for each in page.sections if each.section.key in sections
    ]
    return Part("Still missing", [gap for gap in gaps if gap[1]] or [("Nothing", "Whatever is "
                "asked before a meeting has been answered.")])


def _table(asked: Asked, answer: Answer) -> Table | None:
    """Columns that no row fills are left out, and so is a list of which nothing may be read."""
    columns = [column for column in asked.columns or _columns_of(answer)
               if any(path in row for row in answer.rows for path in column.cells)]
    if not columns:
        return None
    return Table(asked.label or answer.label, [column.title for column in columns], [
        [[(_label(path) if path != column.cells[0] else "", row[path])
          for path in column.cells if path in row]
         for column in columns]
        for row in answer.rows
    ])


def _columns_of(answer: Answer) -> list[Column]:
    order = {path: at for at, path in enumerate(PLACES)}
    cells = {path for row in answer.rows for path in row}
    return [Column(_label(path), (path,))
            for path in sorted(cells, key=lambda path: (order.get(path, len(order)), path))]


def _label(path: str) -> str:
    place = PLACES.get(path)
    return place.label if place else path.rsplit(".", 1)[-1].replace("_", " ").capitalize()


def _with_last_judgements(
    work: Work, page: PlanPage, shown: dict[str, Answer], may_see: Callable[[str], bool]
) -> dict[str, Answer]:
    """A target that this plan does not judge yet is told with the judgement before."""
    targets = shown.get("targets[]")
    if targets is None or page.shown is None:
        return shown
    waiting = {of for of, row in _rows_by_id(targets) if of and JUDGEMENT not in row}
    judged: dict[str, str] = {}
    earlier = [each for each in page.versions
               if each.state != "open" and each.number < page.shown.number]
    for version in earlier[:LOOKED_BACK]:
        if waiting <= judged.keys():
            break
        before = plan_page(work, page.child.id, may_see, version.number)
        for of, row in _rows_by_id(_targets_of(before)):
            if JUDGEMENT in row and of not in judged:
                judged[of] = f"{row[JUDGEMENT]} (in version {version.number})"
    rows = [
        {**row, JUDGEMENT: judged[of]} if of in waiting and of in judged else row
        for of, row in _rows_by_id(targets)
    ]
    return {**shown, "targets[]": replace(targets, rows=rows)}


def _targets_of(page: PlanPage) -> Answer | None:
    return next((answer for section in page.sections for answer in section.answers
                 if answer.path == "targets[]"), None)


def _rows_by_id(answer: Answer | None) -> Iterable[tuple[str, Mapping[str, str]]]:
    return zip(answer.row_ids, answer.rows, strict=True) if answer else ()
