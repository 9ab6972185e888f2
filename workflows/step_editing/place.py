"""One place of a diagram that is to be changed, and all that may be said there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.checker import names_certain_at
from engine.domain import ValueType, Vocabulary
from engine.drafts import DraftView
from engine.editing.conditions import Question
from engine.editing.drawing import Drawing
from engine.errors import NotFound
from engine.forms import Form, readable_forms
from engine.spiff.elements import Element
from workflows.counted_dates import STEP_BEGINS


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
        known = self._known(certain)
        return [(name, title) for name, title in every_date(self.forms, self.vocabulary).items()
                if name in known]

    def questions(self, certain: frozenset[str]) -> Sequence[Question]:
        """What a case may be asked here, with its finite answers; answers before facts."""
        known = self._known(certain)
        found = [each for each in every_question(self.forms, self.vocabulary).values()
                 if each.name in known and (each.answers or each.type is ValueType.BOOL)]
        return sorted(found, key=lambda each: each.name in self.vocabulary.facts)

    def _known(self, certain: frozenset[str]) -> frozenset[str]:
        facts = {fact.name for fact in self.vocabulary.facts.values() if fact.certain}
        return certain | facts | {STEP_BEGINS}


def every_date(forms: Mapping[str, Form], vocabulary: Vocabulary) -> Mapping[str, str]:
    """Name and title of every date that another may be counted from."""
    found = {STEP_BEGINS: "The day on which the step begins"}
    found |= {fact.name: fact.title for fact in vocabulary.facts.values()
              if fact.type is ValueType.DATE}
    for form in forms.values():
        for field in form.inputs():
            if field.type is ValueType.DATE:
                found.setdefault(field.key, f"Answer: {field.label}")
    return found


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

