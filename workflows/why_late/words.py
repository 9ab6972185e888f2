"""The story of a case's time in plain sentences: pure. Roles come first; a name follows where it is
known to the reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from workflows.days import short_day
from workflows.roles import ROLES
from workflows.story import REASONS
from workflows.why_late.taken import Move, StepTaken

OFTEN = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}


@dataclass(frozen=True, slots=True)
class Telling:
    """What the sentences need besides the steps."""

    steps: Sequence[StepTaken]
    names: Mapping[str, str]
    """Of steps, by element."""
    people: Mapping[UUID, str]
    today: date

    def name(self, step: StepTaken) -> str:
        return f"“{self.names.get(step.element) or step.element}”"

    def story_of(self, step: StepTaken) -> list[str]:
        """How long it took, who waited for it, and which of its dates moved."""
        return [self._began(step), *self._given(step), *(_moved(move) for move in step.moves),
                *self._went(step), *self._waited_for(step)]

    def sentence_of(self, step: StepTaken) -> str:
        """What it took beyond its limit, as the one that decided."""
        over, limit = step.over(self.today), step.limit
        took = "has been open for" if step.ended is None else "took"
        whose = f"with the {_role(step.role)}"
        if limit == 0 and step.first_due is not None and step.began > step.first_due:
            return (f"{self.name(step)}, {whose}, began when its date, "
                    f"{short_day(step.first_due)}, was over, and {took} "
                    f"{_days(step.waited(self.today))} more.")
        return (f"{self.name(step)}, {whose}, {took} {_days(step.waited(self.today))}; "
                f"its limit was {_days(limit or 0)}. That is {over} too many.")

    def done_again(self) -> list[str]:
        """Of each step that the case came back to, by way of which others."""
        by_id = {step.id: step for step in self.steps}
        return [self._came_back(step, by_id) for step in self.steps if step.time > 1]

    def _came_back(self, step: StepTaken, by_id: Mapping[UUID, StepTaken]) -> str:
        between, before = list[StepTaken](), by_id.get(step.after) if step.after else None
        while before and before.element != step.element:
            between.append(before)
            before = by_id.get(before.after) if before.after else None
        first = next(each for each in self.steps
                     if each.element == step.element and each.time == step.time - 1)
        since = [self.name(each) for each in reversed(between)
                 if not (first.ended and each.ended) or each.ended >= first.ended]
        way = f", after {' and then '.join(since)}" if since else ""
        if first.ended is None or first.dropped:
            return f"{self.name(step)} began anew on {short_day(step.began)}{way}."
        return (f"{self.name(step)} was done on {short_day(first.ended)} and had to be done again "
                f"from {short_day(step.began)}{way}.")

    def _began(self, step: StepTaken) -> str:
        who = f"for the {_role(step.role)}"
        person = self.people.get(step.people[0][1]) if step.people[0][1] else None
        if person:
            who += f" ({person})"
        elif step.people[0][1] is None:
            who += ", in the queue"
        cover = ", because no one held the role itself" if step.covered else ""
        until = f", due {short_day(step.first_due)}" if step.first_due else ", without a date"
        again = f" for the {OFTEN.get(step.time, f'{step.time}th')} time" if step.time > 1 else ""
        return f"It began{again} on {short_day(step.began)} {who}{cover}{until}."

    def _went(self, step: StepTaken) -> Iterator[str]:
        waited, over, limit = step.waited(self.today), step.over(self.today), step.limit
        if step.dropped:
            yield f"On {short_day(step.ended)} it was no longer needed."
            return
        end = f"It was done on {short_day(step.ended)}" if step.ended else "It is open still"
        took = f"after {_days(waited)}" if waited else "on the same working day"
        if limit is None:
            yield f"{end}, {took}."
        elif step.first_due and step.began > step.first_due:
            yield f"{end}, {took}. Its date was over when it began."
        elif over:
            yield f"{end}, {took}: {over} beyond its limit of {_days(limit)}."
        else:
            yield f"{end}, {took}, within its limit of {_days(limit)}."

    def _given(self, step: StepTaken) -> Iterator[str]:
        before = step.people[0][1]
        for day, person in step.people[1:]:
            name = (self.people.get(person) if person else None) or "Somebody else"
            if person is None:
                yield f"On {short_day(day)} it went back into the queue."
            elif before is None:
                yield f"{name} took it from the queue on {short_day(day)}."
            elif person != before:
                yield f"{name} had it from {short_day(day)}."
            before = person

    def _waited_for(self, step: StepTaken) -> Iterator[str]:
        behind = [each for each in self.steps if each.after == step.id]
        if behind and step.over(self.today):
            named = " and ".join(f"{self.name(each)} ({_role(each.role)})" for each in behind)
            yield f"{named} waited for it."


def _moved(move: Move) -> str:
    """As the story of the case says it: a person's reason in their words, Pepway's as a clause."""
    clause = next((words for start, words in REASONS.items() if move.why.startswith(start)), "")
    own = f" Reason: {move.why}" if move.why and not clause and not move.why.startswith(
        ("task:", "timer:")) else ""
    new = short_day(move.new) if move.new else "no date"
    old = short_day(move.old) if move.old else "no date"
    return f"Its date moved from {old} to {new}{f', {clause}' if clause else ''}.{own}"


def _role(key: str) -> str:
    return ROLES[key].title.lower() if key in ROLES else key


def _days(count: int) -> str:
    return f"{count} working {'day' if count == 1 else 'days'}"
