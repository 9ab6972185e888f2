"""What the pack holds that answers a request for access, in life order; pure data.

Every value of every version is in it or is told as withheld. What is withheld is taken out here,
before anything can be typeset.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.store.models import Audit, Case
from engine.work import LONDON, Work, query, verb
from workflows.attached.kinds import KINDS as FILE_KINDS
from workflows.attached.table import AttachedFile
from workflows.children import CarePeriod, Child, Enrolment, Placement, School
from workflows.contributions.table import Contribution
from workflows.corrections import corrections_beside, corrections_of
from workflows.days import day_if_any, long_date, moment_in_words
from workflows.documents.contents import Line, Part, Picture, Table
from workflows.documents.copies import Copy
from workflows.documents.purposes import PURPOSES
from workflows.documents.recipients import RECIPIENTS
from workflows.involvements import Involvement
from workflows.people import Person, PersonRole, names
from workflows.pep.meetings.invitations import Meeting
from workflows.pep.plan import RecordVersion, VersionState
from workflows.pep.record import SECTIONS
from workflows.pictures.kept import KeptPicture, read_picture
from workflows.plan_page import questions_by_path
from workflows.roles import ROLES
from workflows.section_comments import SectionComment
from workflows.subject_access.requests import RequestView, get_request
from workflows.subject_access.values import (
    FIRST,
    label_of,
    section_of,
    value_in_words,
    values_of,
    who_wrote,
)
from workflows.subject_access.withholding import KINDS, Kind, Marks, marks_on
from workflows.timeline import timeline_of

UNREADABLE = (PyPdfError, zipfile.BadZipFile, ValueError, KeyError, RecursionError)
LOOKS = ("see_", "download_attached_file", "give_copy", "give_pack")
"""How the actions begin by which somebody has looked."""


@dataclass(frozen=True, slots=True)
class PackFile:
    name: str
    """Its number and its ending: nothing that anybody typed."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    where: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Pack:
    request: RequestView
    child: str
    facts: Sequence[Line]
    parts: Sequence[Part]
    files: Sequence[PackFile]
    told: frozenset[tuple[int, str]]
    """Version and place of each value that the pack holds."""
    gaps: Sequence[Gap]
    """What is withheld as a whole."""
    on: date


@verb
def give_pack(work: Work, request_id: UUID) -> Pack:
    """Audited. Raises `NotFound`, and `Refused` before the identity of who asks is confirmed."""
    request = get_request(work, request_id)
    if request.identity_confirmed_on is None:
        raise Refused("Confirm first who asks: nothing is given to somebody unknown.")
    made = pack_for(work, request_id)
    work.audit("give_pack", child_id=request.child_id, about=f"request:{request_id}",
               values=len(made.told), withheld=len(made.gaps), files=len(made.files))
    return made


@query
def pack_for(work: Work, request_id: UUID) -> Pack:
    """As it would be given now. Raises `NotFound`."""
    request = get_request(work, request_id)
    child = work.session.get_one(Child, request.child_id)
    marks = marks_on(work, child.id)
    made = _Making(work, child, marks, _cases(work, child.id))
    parts = [_burnt(part, marks.burn) for part in made.parts()]
    letter = _letter(request, made.gaps, parts)
    return Pack(
        request, marks.burn(f"{child.given_names} {child.family_name}"),
        [("Born", long_date(child.born_on)), ("Request", request.reference),
         ("Made on", long_date(work.today))],
        [_burnt(letter, marks.burn), *parts], made.files, frozenset(made.told), made.gaps,
        work.today,
    )


class _Making:
    """One pack, part after part: what is told, what is left out, and the files."""

    def __init__(self, work: Work, child: Child, marks: Marks, cases: Sequence[Case]) -> None:
        self.work, self.child, self.marks, self.cases = work, child, marks, cases
        self.told: list[tuple[int, str]] = []
        self.gaps: list[Gap] = []
        self.files: list[PackFile] = []
        self._fields = questions_by_path(work, child.id)
        self._people = names(work, set(work.session.scalars(select(Person.id))))
        self._shown: set[UUID] = set()

    def parts(self) -> list[Part]:
        versions = self.work.session.scalars(
            select(RecordVersion).where(RecordVersion.child_id == self.child.id)
            .order_by(RecordVersion.number)
        ).all()
        plans = [part for version in versions for part in self._plan(version)]
        return [each for each in (
            self._life(), *plans, self._contributions(), self._comments(), self._attached(),
            *(self._story(case) for case in self.cases), self._meetings(), self._people_around(),
            self._looked(), self._copies(), self._corrections(),
        ) if each is not None]

    def _plan(self, version: RecordVersion) -> Iterable[Part]:
        values, wrote = values_of(self.work.session, version), who_wrote(self.work.session, version)
        noted = corrections_beside(self.work, self.child.id, version.number)
        by_section: dict[str, list[Line | Table]] = {}
        for path, value in values.items():
            kind = self.marks.answers.get((version.number, path))
            label = label_of(path, self._fields.get(path))
            lines = by_section.setdefault(section_of(path), [])
            if kind is not None:
                self.gaps.append(Gap(f"Version {version.number}: {label}", kind))
                lines.append((label, kind.block))
                continue
            words = value_in_words(path, value, self._fields.get(path), self._people)
            by, at = wrote.get(path, (None, None))
            source = f"\n({self._people.get(by, '')}, {moment_in_words(at)})" if by and at else ""
            self.told.append((version.number, path))
            lines.append((label, f"{words}{source}"))
            lines.extend(("Correction", each.in_words)
                         for each in noted.get(path, ()))
        title = f"Plan, version {version.number}, {_state(version)}"
        pictures = self._pictures(version.case_id)
        order = [FIRST, *(key for key in SECTIONS if key != FIRST)]
        for key in order:
            held = pictures if key == FIRST else ()
            if by_section.get(key) or held:
                yield Part(f"{title}: {SECTIONS[key].title}", by_section.get(key, []), held)

    def _pictures(self, case_id: UUID) -> Sequence[Picture]:
        """Of each case once, with its first version."""
        if case_id in self._shown:
            return ()
        self._shown.add(case_id)
        found = []
        for row in self.work.session.scalars(
            select(KeptPicture.id)
            .where(KeptPicture.case_id == case_id, KeptPicture.given_at.is_not(None))
            .order_by(KeptPicture.added_at, KeptPicture.id)
        ):
            if kind := self.marks.files.get(row):
                self.gaps.append(Gap("A drawing or photo", kind))
            else:
                found.append(Picture("A drawing or photo that goes with what you said",
                                     read_picture(self.work, row)))
        return found

    def _life(self) -> Part:
        child = self.child
        lines: list[Line | Table] = [
            ("Names", " ".join(each for each in (child.given_names, child.family_name) if each)),
            ("Known as", child.known_as or "Nothing else"),
            ("UPN", child.upn or "None"),
            ("Number in the council's case system", child.council_number or "None"),
            ("Legal status", child.legal_status or "Not recorded"),
            ("Looked after since", long_date(child.looked_after_on)),
            ("In another council's area", "Yes" if child.out_of_area else "No"),
        ]
        self._add(lines, "Times in care that are over", ("From", "To", "How it ended"), [
            (long_date(each.began_on), long_date(each.ended_on), each.ended_by)
            for each in self._of(CarePeriod, CarePeriod.number)
        ])
        self._add(lines, "Where you lived", ("From", "To", "Kind", "Address"), [
            (long_date(each.starts_on), day_if_any(each.ends_on), each.kind, each.address)
            for each in self._of(Placement, Placement.starts_on)
        ])
        schools = {each.id: each.name for each in self.work.session.scalars(select(School))}
        self._add(lines, "Your schools", ("From", "To", "School"), [
            (long_date(each.starts_on), day_if_any(each.ends_on), schools[each.school_id])
            for each in self._of(Enrolment, Enrolment.starts_on)
        ])
        return Part("What the council holds about your life", lines)

    def _contributions(self) -> Part | None:
        lines: list[Line | Table] = []
        for row in self._of(Contribution, Contribution.made_at):
            heading = f"Asked of {row.called} ({row.voice}), {moment_in_words(row.made_at)}"
            answers = {key: value for key, value in row.answers.items() if value}
            words = "\n".join(f"{key.replace('_', ' ').capitalize()}: "
                              f"{value_in_words(key, value, None, self._people)}"
                              for key, value in answers.items())
            lines.append((heading, words or "Nothing was sent, or it stands in the plan alone"))
        return Part("What people said by a link", lines) if lines else None

    def _comments(self) -> Part | None:
        rows = self.work.session.scalars(
            select(SectionComment).where(SectionComment.case_id.in_([c.id for c in self.cases]))
            .order_by(SectionComment.at)
        )
        lines: list[Line | Table] = [
            (f"{self._people.get(row.by, '')}, {moment_in_words(row.at)}, on "
             f"{SECTIONS[row.section].title}", row.text) for row in rows
        ]
        return Part("What people said to each other about the plan", lines) if lines else None

    def _attached(self) -> Part | None:
        lines: list[Line | Table] = []
        rows = self.work.session.scalars(
            select(AttachedFile).where(AttachedFile.child_id == self.child.id)
            .order_by(AttachedFile.dated_on, AttachedFile.id)
        ).all()
        for number, row in enumerate(rows, 1):
            kind = self.marks.files.get(row.id) or self._withheld_within(row)
            told = f"{row.title}, {FILE_KINDS[row.kind].title.lower()}, {long_date(row.dated_on)}"
            if kind is not None:
                self.gaps.append(Gap(f"File {number}", kind))
                lines.append((f"File {number}", f"{told}. {kind.block}"))
                continue
            name = f"file-{number:02d}.{row.name.rsplit('.', 1)[-1].lower()[:5]}"
            self.files.append(PackFile(name, row.content))
            lines.append((f"File {number}", f"{told}. Called {row.name}; in the pack as {name}"))
        return Part("Attached files", lines) if lines else None

    def _withheld_within(self, row: AttachedFile) -> Kind | None:
        """A file that holds withheld words is withheld as a whole, and so is one of which a program
        cannot tell: nothing is cut out of files."""
        if not self.marks.burn:
            return None
        try:
            text = f"{row.name} {_text_of(row.name, row.content)}"
        except UNREADABLE:
            return KINDS["third_party"]
        return KINDS["third_party"] if self.marks.burn.finds(text) else None

    def _story(self, case: Case) -> Part | None:
        rows = [(moment_in_words(line.at), line.text, line.by)
                for line in reversed(timeline_of(self.work, case.id))]
        lines: list[Line | Table] = []
        title = f"What happened in case {case.reference}"
        self._add(lines, title, ("When", "What", "Who"), rows)
        return Part(title, lines) if lines else None

    def _meetings(self) -> Part | None:
        rows = self.work.session.scalars(
            select(Meeting).where(Meeting.case_id.in_([c.id for c in self.cases]))
            .order_by(Meeting.day)
        )
        lines: list[Line | Table] = []
        self._add(lines, "Meetings about your plan", ("Day", "How", "State"), [
            (long_date(row.day), row.mode, row.state) for row in rows
        ])
        return Part("Meetings about your plan", lines) if lines else None

    def _people_around(self) -> Part | None:
        lines: list[Line | Table] = []
        self._add(lines, "Who worked with you", ("Who", "As", "From", "To"), [
            (self._people.get(row.person_id, ""), _role(row.role), long_date(row.starts_on),
             day_if_any(row.ends_on))
            for row in self._of(Involvement, Involvement.starts_on)
        ])
        return Part("Who worked with you", lines) if lines else None

    def _looked(self) -> Part | None:
        """By role, so that it says who without saying which of many colleagues."""
        held: dict[UUID, str] = {}
        for row in self.work.session.scalars(select(PersonRole).order_by(PersonRole.role)):
            held.setdefault(row.person_id, _role(row.role))
        seen: dict[str, list[Any]] = {}
        for actor, action, times, first, last in self.work.session.execute(
            select(Audit.actor_id, Audit.action, func.count(), func.min(Audit.at),
                   func.max(Audit.at))
            .where(Audit.child_id == self.child.id).group_by(Audit.actor_id, Audit.action)
        ):
            if actor != SYSTEM.id and action.startswith(LOOKS):
                one = seen.setdefault(held.get(actor, "Somebody who has left"), [0, first, last])
                one[:] = one[0] + times, min(one[1], first), max(one[2], last)
        lines: list[Line | Table] = []
        self._add(lines, "Who has looked", ("Role", "Times", "First", "Last"), [
            (role, str(times), moment_in_words(first), moment_in_words(last))
            for role, (times, first, last) in sorted(seen.items())
        ])
        return Part("Who has looked", lines) if lines else None

    def _copies(self) -> Part | None:
        lines: list[Line | Table] = []
        self._add(lines, "Copies that were given out", ("Number", "What", "For", "Day"), [
            (str(row.number), _title(PURPOSES, row.purpose), _title(RECIPIENTS, row.recipient),
             moment_in_words(row.at)) for row in self._of(Copy, Copy.number)
        ])
        return Part("Copies that were given out", lines) if lines else None

    def _corrections(self) -> Part | None:
        lines: list[Line | Table] = [
            (f"Version {number}: {label_of(path, self._fields.get(path))}", each.in_words)
            for (number, path), noted in corrections_of(self.work, self.child.id).items()
            for each in noted if (number, path) not in self.marks.answers
        ]
        return Part("Corrections", lines) if lines else None

    def _of(self, table: Any, order: Any) -> Sequence[Any]:
        """The rows of a table that are about the child."""
        return list(self.work.session.scalars(
            select(table).where(table.child_id == self.child.id).order_by(order)
        ))

    @staticmethod
    def _add(
        lines: list[Line | Table], title: str, columns: Sequence[str],
        rows: Sequence[Sequence[str]],
    ) -> None:
        if rows:
            lines.append(Table(title, columns, [[[("", cell or "-")] for cell in row]
                                                for row in rows]))


def _letter(request: RequestView, gaps: Sequence[Gap], parts: Sequence[Part]) -> Part:
    """The first page: what this is, what is left out and why, and what whoever asked can do."""
    lines: list[Line | Table] = [
        ("What this is", "This is what the council holds about you in Pepway, where Personal "
                         "Education Plans are written. You asked for it on "
                         f"{long_date(request.received_on)}. It begins with your life, then comes "
                         "each plan in the order in which it was written, your own words first."),
        ("What is in it", "\n".join(dict.fromkeys(part.title.split(":")[0] for part in parts))),
    ]
    used = {gap.kind.key for gap in gaps} | {
        kind.key for kind in KINDS.values()
        if any(kind.block in text for part in parts for text in _texts(part))
    }
    lines.extend((kind.block, kind.letter) for kind in KINDS.values() if kind.key in used)
    if not used:
        lines.append(("Nothing was left out", "All that is held is here."))
    lines.append(("What you can do", "If something is wrong, ask us to correct it: what was signed "
                  "is kept, and your correction and your own statement stand beside it. If you are "
                  "not content with this answer, tell us, or complain to the Information "
                  "Commissioner, ico.org.uk, 0303 123 1113."))
    return Part("To whoever asked", lines)


def _texts(part: Part) -> Iterable[str]:
    for block in part.blocks:
        if isinstance(block, Table):
            yield from (text for row in block.rows for cell in row for _, text in cell)
        else:
            yield from block


def _burnt(part: Part, burn: Callable[[str], str]) -> Part:
    return replace(part, title=burn(part.title), blocks=[
        _burnt_table(each, burn) if isinstance(each, Table) else (burn(each[0]), burn(each[1]))
        for each in part.blocks
    ])


def _burnt_table(table: Table, burn: Callable[[str], str]) -> Table:
    return Table(burn(table.title), table.columns, [
        [[(burn(label), burn(text)) for label, text in cell] for cell in row]
        for row in table.rows
    ])


def _text_of(name: str, content: bytes) -> str:
    """What can be read of a file by a program; of a picture, nothing."""
    ending = name.rsplit(".", 1)[-1].lower()
    if ending == "txt":
        return content.decode("utf-8", "replace")
    if ending == "pdf":
        reader = PdfReader(io.BytesIO(content))
        return " ".join([page.extract_text() for page in reader.pages] + [str(reader.metadata)])
    if ending in ("docx", "odt"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(_without_tags(packed.read(each)) for each in packed.namelist()
                            if each.endswith(".xml"))
    return content.decode("latin-1")


def _without_tags(xml: bytes) -> str:
    """Tags may stand in the middle of a word, so nothing takes their place."""
    text, inside = [], False
    for letter in xml.decode("utf-8", "replace"):
        if letter in "<>":
            inside = letter == "<"
        elif not inside:
            text.append(letter)
    return "".join(text)


def _state(version: RecordVersion) -> str:
    if version.state == VersionState.KEPT:
        return "kept as it stood when care ended"
    if version.signed_at is not None:
        return f"signed on {long_date(version.signed_at.astimezone(LONDON).date())}"
    return "being worked on"


def _cases(work: Work, child_id: UUID) -> Sequence[Case]:
    return work.session.scalars(
        select(Case).where(Case.child_id == child_id).order_by(Case.opened_at, Case.id)
    ).all()


def _role(key: str) -> str:
    return ROLES[key].title if key in ROLES else key


def _title(table: Mapping[str, Any], key: str) -> str:
    return str(table[key].title) if key in table else key
