"""Forms as process owners see them in the studio: questions, where used, what is found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.checker.wording import check_wording
from engine.diagram import read_diagram
from engine.domain import Vocabulary
from engine.drafts import DraftView, open_draft
from engine.forms import Field, Form, FormUnreadable, read_form
from engine.forms.editing import Question, questions_in
from engine.where_used import CONDITION, DECISION, DUE, QUESTION, TIMER, Use, WhereUsed, where_used
from engine.work import Acting, Work, query
from workflows.form_changes import form_in
from workflows.people import name_of
from workflows.step_names import StepNames
from workflows.studio_page import Check, Said, check_of

_READ_BY = {
    CONDITION: "the way after “{name}”",
    DUE: "when “{name}” is due",
    TIMER: "the date “{name}”",
    DECISION: "the decision table “{name}”",
    QUESTION: "whether “{name}” is asked",
}
_RANK = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question, with what depends on its answer."""

    label: str
    key: str
    kept: str
    """Where its answer is kept in the record."""
    kept_as: str
    """What the record calls that place; empty where it is not declared."""
    read_by: Sequence[str]
    """Conditions, dates and tables that read the answer, in words."""


@dataclass(frozen=True, slots=True)
class FormRow:
    name: str
    title: str
    steps: Sequence[str]
    """Names of the steps that ask it."""
    questions: Sequence[QuestionRow]
    changed: bool
    worded: int = 0
    """How much could be asked better."""
    unreadable: str = ""
    """Why there is nothing to show but the file."""


@dataclass(frozen=True, slots=True)
class FormsPage:
    title: str
    draft: DraftView
    forms: Sequence[FormRow]


@dataclass(frozen=True, slots=True)
class FormPage:
    """One form of the draft, to be changed."""

    procedure_title: str
    draft: DraftView
    saved_by: str
    content: str
    row: FormRow
    form: Form | None
    """None where it cannot be read."""
    questions: Sequence[Question]
    checked: Sequence[Said]
    """What the check says of it."""
    worded: Sequence[Said]
    """What its words could do better; refuses nothing."""
    places: Mapping[str, str]
    """What the record calls its declared places, by path."""


def forms_page(by: Acting, procedure: str) -> FormsPage:
    """Raises `NotFound` for a procedure that has neither a release nor a draft."""
    draft = open_draft(by, procedure)
    return _forms_page(by, draft)


def form_page(by: Acting, procedure: str, name: str) -> FormPage:
    """Raises `NotFound` where the draft has no such form."""
    draft = open_draft(by, procedure)
    form_in(draft, name)
    check = check_of(by, procedure, draft.files)
    return _form_page(by, draft, name, check)


def worded(form: Form, vocabulary: Vocabulary) -> list[Said]:
    """What its words could do better, the more important first."""
    said = [Said(f"{form.name}.form", each.rule, each.severity, each.element, each.message)
            for each in check_wording(form, vocabulary)]
    return sorted(said, key=lambda each: _RANK[each.severity])


def shown_without_a_child(form: Form) -> Form:
    """The form with a word in the place of what is offered for each child, such as schools."""
    return form.with_options(lambda _: [("#", "What Pepway offers here, for each child")])


@query
def _forms_page(work: Work, draft: DraftView) -> FormsPage:
    used = where_used(draft.files)
    rows = [_row(draft, path.removesuffix(".form"), used, work.domain.vocabulary)
            for path in sorted(draft.files) if path.endswith(".form")]
    return FormsPage(_title(draft), draft, sorted(rows, key=lambda row: row.title.lower()))


@query
def _form_page(work: Work, draft: DraftView, name: str, check: Check) -> FormPage:
    content = form_in(draft, name)
    form = _readable(content, name)
    vocabulary = work.domain.vocabulary
    checked = [said for said in check.findings if said.file == f"{name}.form"]
    return FormPage(
        procedure_title=_title(draft),
        draft=draft,
        saved_by=name_of(work, draft.saved_by),
        content=content.decode("utf-8", "replace"),
        row=_row(draft, name, where_used(draft.files), vocabulary),
        form=form,
        questions=questions_in(content, name) if form else (),
        checked=checked,
        worded=worded(form, vocabulary) if form else (),
        places=_places(vocabulary),
    )


def _title(draft: DraftView) -> str:
    return read_diagram(draft.content).title


def _places(vocabulary: Vocabulary) -> dict[str, str]:
    return {path: getattr(place, "label", path) for path, place in vocabulary.paths.items()}


def _readable(content: bytes, name: str) -> Form | None:
    try:
        return read_form(content, name)
    except FormUnreadable:
        return None


def _row(draft: DraftView, name: str, used: WhereUsed, vocabulary: Vocabulary) -> FormRow:
    path = f"{name}.form"
    changed = path in draft.changed
    steps = StepNames({each.id: each for each in used.steps.get(name, ())})
    asked_by = list(dict.fromkeys(steps.in_full(each.id) for each in used.steps.get(name, ())))
    try:
        form = read_form(draft.files[path], name)
    except FormUnreadable as problem:
        return FormRow(name, name, asked_by, (), changed, unreadable=problem.message)
    places = _places(vocabulary)
    questions = [_question(each, used, places, name) for each in form.inputs()]
    better = sum(each.severity != "note" for each in worded(form, vocabulary))
    return FormRow(name, form.title, asked_by, questions, changed, better)


def _question(
    field: Field, used: WhereUsed, places: Mapping[str, str], form: str
) -> QuestionRow:
    read_by = list(dict.fromkeys(_in_words(use, form) for use in used.reads.get(field.key, ())))
    return QuestionRow(field.label, field.key, field.path, places.get(field.path, ""), read_by)


def _in_words(use: Use, form: str) -> str:
    said = _READ_BY[use.kind].format(name=use.name)
    return said if use.form in ("", form) else f"{said} (form “{use.form}”)"


def asked_in(questions: Sequence[Question]) -> Iterator[Question]:
    """Every question, those inside others after them."""
    for each in questions:
        yield each
        yield from asked_in(each.inside)
