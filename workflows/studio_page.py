"""What the studio shows: procedures with their releases, and a draft with all that it may name."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.checker import FileReport
from engine.checker.remembered import check_once
from engine.diagram import Diagram, read_diagram
from engine.domain import Function, ValueType, Vocabulary
from engine.drafts import DraftView, drafts_begun, open_draft
from engine.editing.conditions import Question
from engine.editing.layout import with_places
from engine.errors import EngineError, NotFound
from engine.forms import Form, readable_forms
from engine.releases import ReleaseView, compiled, find_live_release, release_files, releases_of
from engine.spiff.elements import tag
from engine.spiff.xml import read_xml
from engine.store.models import RUNNING, Case, CaseStatus, Release
from engine.work import Acting, Work, query
from workflows.decision_tables import DecisionTable, decision_tables
from workflows.people import name_of, names
from workflows.step_editing.place import every_date, every_question
from workflows.step_names import StepNames


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    release: ReleaseView
    by: str
    running: int
    """Cases that run on it now."""


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    procedure: str
    title: str
    releases: Sequence[ReleaseRow]
    """Newest first."""
    draft: DraftView
    draft_by: str


@dataclass(frozen=True, slots=True)
class Incident:
    """A case that stopped: what a process owner needs to know of it, and nothing of the child."""

    case_id: UUID
    reference: str
    procedure: str
    step: str
    """Name of the step at which it stopped; empty where none is to blame."""
    message: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of the check."""

    file: str
    rule: str
    severity: str
    shape: str | None
    """Id of the shape of that file that it is about, where there is one."""
    message: str
    way: Sequence[str] = ()
    """Steps and arrows by which a case comes to that, in order."""


@dataclass(frozen=True, slots=True)
class Check:
    verdict: str
    """`sound`, `refused` or `unusable`, of the whole folder."""
    findings: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the draft."""

    path: str
    title: str
    changed: bool
    """It differs from the release that the draft began from."""


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    title: str
    draft: DraftView
    saved_by: str
    live: ReleaseView | None
    running: int
    """Cases of this procedure that run now, on whichever release."""
    check: Check
    diagrams: Sequence[Part]
    """The procedure's own first, then those that it calls."""
    forms: Sequence[Part]
    decisions: Sequence[DecisionTable]
    taken_out: Sequence[str]
    """Paths of the release's files that the draft no longer has."""


@dataclass(frozen=True, slots=True)
class DiagramPage:
    title: str
    path: str
    content: bytes
    draft: DraftView
    saved_by: str
    check: Check
    diagram: Diagram
    drawn: bool
    """False for a diagram that says nowhere where its shapes lie."""
    forms: Mapping[str, str]
    """Title by name of each form of the folder."""
    decisions: Mapping[str, str]
    """The same of each decision table."""
    processes: Sequence[str]
    """Ids of the processes that a call activity may run."""
    words: Sequence[tuple[str, str]]
    """What an expression may say: the word and what it means."""
    dates: Sequence[tuple[str, str]]
    """Name and title of every date that another may be counted from."""
    questions: Sequence[Question]
    """What an arrow may ask, in the order of their titles."""


@query
def incidents(work: Work) -> list[Incident]:
    """Cases that wait for a process owner, the longest waiting first."""
    with work.for_the_council("a process owner puts any incident right, and learns of no child"):
        cases = list(work.session.scalars(
            select(Case).where(Case.status == CaseStatus.INCIDENT).order_by(Case.moved_at)
        ))
    return [_incident(work, case) for case in cases]


@query
def studio_overview(work: Work) -> list[ProcedureRow]:
    """Every procedure that has a release, live or not, or a draft; in the order of their names."""
    released = work.session.scalars(select(Release.procedure).distinct()).all()
    return [_procedure(work, key) for key in sorted({*released, *drafts_begun(work)})]


def procedure_in_studio(by: Acting, procedure: str) -> ProcedurePage:
    """Raises `NotFound` for a procedure that has neither a release nor a draft."""
    draft = open_draft(by, procedure)
    check = check_of(by, procedure, draft.files)
    return _procedure_page(by, draft, check)


def diagram_page(by: Acting, procedure: str, path: str) -> DiagramPage:
    """Raises `NotFound` where the draft has no such diagram."""
    draft = open_draft(by, procedure)
    if path not in draft.files or not path.endswith(".bpmn"):
        raise NotFound
    check = check_of(by, procedure, draft.files)
    return _diagram_page(by, draft, path, check)


@query
def _procedure_page(work: Work, draft: DraftView, check: Check) -> ProcedurePage:
    files = draft.files
    own = {draft.path: files[draft.path]}
    diagrams = {**own, **{path: files[path] for path in sorted(files) if path.endswith(".bpmn")}}
    forms = {name: form.title for name, form in readable_forms(files).items()}
    began_from = release_files(work, draft.release_id) if draft.release_id else {}
    return ProcedurePage(
        title=read_diagram(draft.content).title,
        draft=draft,
        saved_by=name_of(work, draft.saved_by),
        live=find_live_release(work, draft.procedure),
        running=sum(_running(work, draft.procedure).values()),
        check=check,
        diagrams=[Part(path, read_diagram(content).title, path in draft.changed)
                  for path, content in diagrams.items()],
        forms=[
            Part(path, forms.get(path.removesuffix(".form"), path), path in draft.changed)
            for path in sorted(files) if path.endswith(".form")
        ],
        decisions=list(decision_tables(files)),
        taken_out=sorted(began_from.keys() - files.keys()),
    )


@query
def _diagram_page(work: Work, draft: DraftView, path: str, check: Check) -> DiagramPage:
    files = draft.files
    forms, vocabulary = readable_forms(files), work.domain.vocabulary
    content = with_places(files[path])
    diagram = read_diagram(content)
    return DiagramPage(
        title=diagram.title,
        path=path,
        content=content,
        draft=draft,
        saved_by=name_of(work, draft.saved_by),
        check=check,
        diagram=diagram,
        drawn=bool(diagram.nodes),
        forms={form.name: form.title for form in forms.values()},
        decisions={table.name: table.title for table in decision_tables(files)},
        processes=_processes(files),
        words=list(_words(vocabulary, list(forms.values()))),
        dates=list(every_date(forms, vocabulary).items()),
        questions=sorted(filter(_can_be_asked, every_question(forms, vocabulary).values()),
                         key=lambda each: each.title),
    )


def check_of(by: Acting | Work, procedure: str, files: Mapping[str, bytes]) -> Check:
    """What the check says of a folder: a draft's, a release's, or one that is not saved yet.

    It may take a minute: whoever asks should hold no connection.
    """
    reports = check_once(files, by.installation.domain.vocabulary, procedure)
    path = f"{procedure}.bpmn"
    found = [
        Said(report.file, finding.rule, finding.severity,
             finding.element if report.file.endswith(".bpmn") else None, finding.message,
             finding.way)
        for report in sorted(reports, key=lambda report: report.file != path)
        for finding in report.findings
    ]
    rank = {"error": 0, "warning": 1, "note": 2}
    said = sorted(_of_the_whole(found), key=lambda each: rank[each.severity])
    return Check(_worst(reports), said)


def _of_the_whole(found: Sequence[Said]) -> Iterator[Said]:
    """What is said of every file because the whole could not be checked is said once."""
    first = next((said for said in found if said.rule == "too-complex"), None)
    for said in found:
        if first is None or said is first or said.message != first.message:
            yield said


def _procedure(work: Work, procedure: str) -> ProcedureRow:
    releases = releases_of(work, procedure)
    running = _running(work, procedure)
    draft = open_draft(work, procedure)
    called = names(work, [draft.saved_by, *(release.created_by for release in releases)])
    return ProcedureRow(
        procedure,
        read_diagram(draft.content).title,
        [
            ReleaseRow(each, called.get(each.created_by, "") if each.created_by else "",
                       running.get(each.id, 0))
            for each in releases
        ],
        draft,
        called.get(draft.saved_by, "") if draft.saved_by else "",
    )


def _running(work: Work, procedure: str) -> dict[UUID, int]:
    """Number of running cases by release."""
    with work.for_the_council("how many cases run on a release is counted, whose they are is not"):
        rows = work.session.execute(
            select(Case.release_id, func.count())
            .where(
                Case.procedure == procedure,
                Case.status.in_(RUNNING),
            )
            .group_by(Case.release_id)
        ).all()
    return {release_id: count for release_id, count in rows}


def _worst(reports: Sequence[FileReport]) -> str:
    verdicts = {report.verdict for report in reports}
    return next((each for each in ("unusable", "refused") if each in verdicts), "sound")


def _processes(files: Mapping[str, bytes]) -> list[str]:
    return [
        process.get("id", "")
        for path, content in sorted(files.items())
        if path.endswith(".bpmn")
        for process in read_xml(content).iterchildren(tag("process"))
    ]


def _words(vocabulary: Vocabulary, forms: Sequence[Form]) -> Iterator[tuple[str, str]]:
    for fact in vocabulary.facts.values():
        yield fact.name, fact.title
    yield "started_on", "The day on which this step or date began"
    answers = {field.key: f"{field.label} ({form.title})" for form in forms
               for field in form.inputs() if field.kind not in ("list", "textarea")}
    yield from sorted(answers.items())
    for function in vocabulary.functions:
        yield _signature(function), function.title or function.name.replace("_", " ").capitalize()
    yield 'known("name")', "Whether an answer has been given"


def _can_be_asked(question: Question) -> bool:
    return bool(question.answers) or question.type in (ValueType.BOOL, ValueType.INT)


def _signature(function: Function) -> str:
    takes = ", ".join(function.overloads[0].parameters) if function.overloads else ""
    return f"{function.name}({takes})"


def _incident(work: Work, case: Case) -> Incident:
    """Of a case whose release is not there, what is known without it."""
    stands, title, step = case.incident or {}, case.procedure, ""
    with suppress(EngineError):
        procedure = compiled(work, case.release_id)
        title = procedure.name
        step = StepNames(procedure.elements).in_full(stands.get("element") or "")
    return Incident(case.id, case.reference, title, step, stands.get("message", ""),
                    datetime.fromisoformat(stands["at"]))
