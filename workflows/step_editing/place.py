"""One place of a diagram that is to be changed, and all that may be said there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.checker import names_certain_at
from engine.domain import ValueType, Vocabulary
from engine.drafts import DraftView
from engine.editing.conditions import Question
from engine.editing.drawing import Drawing
from engine.errors import NotFound
from engine.forms import Form, readable_forms
from engine.forms.definition import Field
from engine.spiff.elements import Element
from workflows.counted_dates import STEP_BEGINS

STEP_BEGINS_IN_WORDS = "The day on which the step begins"


@dataclass(frozen=True)
class Place:
    """`element` is a step, a timer, a gateway or an arrow of the diagram at `path`."""

    draft: DraftView
    path: str
    id: str
    vocabulary: Vocabulary

    @cached_property
    def drawing(self) -> Drawing:
        return Drawing(self.draft.files[self.path])

    @cached_property
    def element(self) -> Element:
        """Raises `NotFound`."""
        found = self.drawing.elements.get(self.id)
        if found is None:
            raise NotFound
        return found

    @property
    def said(self) -> str:
        """What a person calls it; of a way, from where to where it leads."""
        element = self.element
        if element.kind != "sequenceFlow":
            return element.name
        ends = [self.drawing.elements[each or ""].name for each in (element.from_, element.to_)]
        return f"The way from “{ends[0]}” to “{ends[1]}”"

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        return readable_forms(self.draft.files)

    @cached_property
    def certain(self) -> frozenset[str]:
        """Answers that every case has given when it has passed here."""
        at = names_certain_at(self.draft.files, self.vocabulary)
        element = self.element
        source = element.from_ if element.kind == "sequenceFlow" else self.id
        form = self.forms.get((self.drawing.elements[source or ""].form) or "")
        own = certain_answers(form) if form else frozenset[str]()
        return at.get(source or "", frozenset()) | own

    @cached_property
    def certain_before(self) -> frozenset[str]:
        """Those that it has given when it comes here."""
        element = self.element
        source = element.from_ if element.kind == "sequenceFlow" else self.id
        return names_certain_at(self.draft.files, self.vocabulary).get(source or "", frozenset())

    def dates(self, certain: frozenset[str]) -> Sequence[tuple[str, str]]:
        """Name and title of every date that surely has a value."""
        facts = [(fact.name, fact.title) for fact in self.vocabulary.facts.values()
                 if fact.type is ValueType.DATE and fact.certain]
        answers = [(field.key, f"Answer: {field.label}") for field in self._fields()
                   if field.type is ValueType.DATE and field.key in certain]
        return [(STEP_BEGINS, STEP_BEGINS_IN_WORDS), *facts, *_each_once(answers)]

    def questions(self, certain: frozenset[str]) -> Sequence[Question]:
        """What a case may be asked here, with its finite answers; answers before facts."""
        found: dict[str, Question] = {}
        for field in self._fields():
            if field.key in certain and (question := _question(field)):
                found.setdefault(field.key, question)
        for fact in self.vocabulary.facts.values():
            if fact.certain and fact.type is ValueType.BOOL:
                found.setdefault(fact.name, Question(fact.name, fact.title, fact.type))
        return list(found.values())

    def _fields(self) -> Iterator[Field]:
        for form in self.forms.values():
            yield from form.inputs()


def every_question(forms: Mapping[str, Form], vocabulary: Vocabulary) -> Mapping[str, Question]:
    """Every name that a condition may read, with the words in which it is asked."""
    found = {fact.name: Question(fact.name, fact.title, fact.type)
             for fact in vocabulary.facts.values()}
    for form in forms.values():
        for field in form.inputs():
            answers = tuple((option.value, option.label) for option in field.options)
            found.setdefault(field.key, Question(field.key, field.label, field.type, answers))
    return found


def certain_answers(form: Form) -> frozenset[str]:
    """Required questions that nothing hides."""
    return frozenset(field.key for field in form.inputs()
                     if (field.required or field.kind == "checkbox") and not field.hidden_when)


def _question(field: Field) -> Question | None:
    if field.kind == "checkbox":
        return Question(field.key, field.label, ValueType.BOOL)
    if field.kind in ("radio", "select", "checkboxes") and field.options:
        answers = tuple((option.value, option.label) for option in field.options)
        return Question(field.key, field.label, field.type, answers)
    return None


def _each_once(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict(pairs).items())
