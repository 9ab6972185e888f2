"""The list of a diagram's steps as the studio shows it, with what can be done at each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.diagram import read_diagram
from engine.drafts import DraftView, open_draft
from engine.editing.drawing import Drawing
from engine.editing.editing import MOST_EDITED
from engine.editing.outline import CHOICE, TOGETHER, Row, numbers, outline
from engine.editing.reminders import CAN_BE_REMINDED_OF
from engine.errors import NotFound
from engine.forms import Form, readable_forms
from engine.spiff.elements import Element, tag
from engine.work import Acting
from workflows.limits_in_words import limit_in_words
from workflows.procedure_page import who_in_words
from workflows.step_editing.commands import COMMANDS, Command
from workflows.step_editing.place import every_question
from workflows.step_editing.telling import condition_told
from workflows.studio_page import Check, check_of


@dataclass(frozen=True, slots=True)
class ListedRow:
    id: str
    kind: str
    """`step`, `timer`, `choice`, `together` or `way`."""
    level: int
    number: int
    name: str
    within: str
    """For whoever hears the list: what it lies inside of; empty on the main way."""
    who: str = ""
    form: str = ""
    limit: str = ""
    next: Sequence[str] = ()
    change: Command | None = None
    others: Sequence[tuple[Command, str]] = ()
    """More that can be done, and the id of the step or arrow where it is done."""
    findings: Sequence[str] = ()
    """What the check says of it."""


@dataclass(frozen=True, slots=True)
class StepsPage:
    title: str
    path: str
    draft: DraftView
    check: Check
    rows: Sequence[ListedRow]
    """None of a diagram that is too large to be changed here."""
    diagrams: Sequence[tuple[str, str]]
    """Path and title of each diagram of the procedure, its own first."""
    aside: Sequence[str]
    """Titles of other processes in the same file, which are not told here."""


def steps_page(by: Acting, procedure: str, path: str) -> StepsPage:
    """Raises `NotFound` where the draft has no such diagram."""
    draft = open_draft(by, procedure)
    if path not in draft.files or not path.endswith(".bpmn"):
        raise NotFound
    check = check_of(by, procedure, draft.files)
    drawing = Drawing(draft.files[path])
    found = [each for each in check.findings if each.file == path and each.shape]
    said = {each.shape: [other.message for other in found if other.shape == each.shape]
            for each in found}
    is_small = len(drawing.nodes) <= MOST_EDITED
    listing = _Listing(drawing, readable_forms(draft.files), by) if is_small else None
    diagrams = [draft.path, *sorted(each for each in draft.files
                                    if each.endswith(".bpmn") and each != draft.path)]
    processes = list(drawing.root.iterchildren(tag("process")))
    return StepsPage(
        title=read_diagram(draft.files[path]).title,
        path=path,
        draft=draft,
        check=check,
        rows=list(listing.rows(said)) if listing else [],
        diagrams=[(each, read_diagram(draft.files[each]).title) for each in diagrams],
        aside=[each.get("name") or each.get("id", "") for each in processes[1:]],
    )


class _Listing:
    def __init__(self, drawing: Drawing, forms: Mapping[str, Form], by: Acting) -> None:
        self._drawing = drawing
        self._elements = drawing.elements
        self._rows = outline(drawing)
        self._numbers = numbers(self._rows)
        self._forms = forms
        self._questions = every_question(forms, by.installation.domain.vocabulary)

    def rows(self, findings: Mapping[str | None, Sequence[str]]) -> Iterator[ListedRow]:
        inside: list[str] = []
        for row in self._rows:
            name = self._name(row)
            inside = inside[: row.level]
            within = "; ".join(filter(None, inside))
            yield ListedRow(
                row.element.id, row.kind, row.level, row.number, name, within,
                who=who_in_words(row.element) if row.number else "",
                form=self._form(row.element),
                limit=limit_in_words(row.element.due or row.element.timer),
                next=self._comes_next(row),
                change=self._change(row),
                others=list(self._others(row)),
                findings=findings.get(row.element.id, ()),
            )
            inside += [""] * (row.level - len(inside)) + [name if row.kind == "way" else ""]

    def _name(self, row: Row) -> str:
        if row.kind == "way":
            return self._way(row)
        if row.kind == TOGETHER:
            return f"{row.ways} ways at the same time"
        if row.kind == CHOICE:
            named = row.element.name if self._drawing.node(row.element.id).get("name") else ""
            return named or "One of several ways"
        return row.element.name

    def _way(self, row: Row) -> str:
        source = self._elements[row.element.from_ or ""]
        if source.kind != "exclusiveGateway":
            return f"Way {row.way} of {row.ways}"
        said = f"“{row.element.name}”" if row.element.name else ""
        if row.default:
            return f"{said}, otherwise" if said else "Otherwise"
        told = condition_told(row.element.condition, self._questions)
        return f"{said}, if {told}" if said and told else f"If {told}" if told else said

    def _form(self, element: Element) -> str:
        form = self._forms.get(element.form or "")
        return form.title if form else element.form or ""

    def _comes_next(self, row: Row) -> list[str]:
        if row.kind == "way":
            return [self._leads_to(row.leads)] if row.leads else []
        return [self._leads_to(self._drawing.target_of(flow)) for flow in row.next]

    def _leads_to(self, node: str) -> str:
        """The next step, question or fork, past gateways at which nothing parts."""
        seen: set[str] = set()
        joins = ""
        while node not in self._numbers and node not in seen:
            seen.add(node)
            element, out = self._elements[node], self._drawing.out_of(node)
            if element.kind == "parallelGateway" and len(self._drawing.into(node)) > 1:
                joins = ", once all beside it is done"
            if len(out) > 1 and element.kind == "parallelGateway":
                return f"{len(out)} ways at the same time{joins}"
            if len(out) != 1:
                return f"the question “{element.name}”{joins}"
            node = self._drawing.target_of(out[0])
        number = f"{self._numbers[node]}. " if node in self._numbers else ""
        return f"{number}{self._elements[node].name}{joins}"

    def _change(self, row: Row) -> Command | None:
        if row.kind == TOGETHER:
            return None
        if row.kind == "way":
            source = self._elements[row.element.from_ or ""]
            return COMMANDS["condition"] if source.kind == "exclusiveGateway" else None
        return COMMANDS["change"]

    def _others(self, row: Row) -> Iterator[tuple[Command, str]]:
        for key, is_offered, place in self._offered(row):
            if is_offered:
                yield COMMANDS[key], place

    def _offered(self, row: Row) -> Iterator[tuple[str, bool, str]]:
        element, here = row.element, row.element.id
        if row.kind == "way":
            yield "add-step", True, here
            yield "lead", True, here
            yield "remove-way", not row.default, here
            return
        if row.kind in (CHOICE, TOGETHER):
            return
        leads_on = len(row.next) == 1
        yield "add-step", leads_on, here
        yield "add-reminder", element.kind in CAN_BE_REMINDED_OF, here
        yield "add-approval", leads_on and element.kind in CAN_BE_REMINDED_OF, here
        yield "add-branch", leads_on, here
        yield "add-way", leads_on, here
        yield "side-by-side", row.beside, here
        yield "earlier", row.earlier, here
        yield "later", row.later, here
        yield "lead", leads_on, row.next[0] if row.next else ""
        yield "remove", row.removable, here
