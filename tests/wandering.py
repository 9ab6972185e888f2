"""Cases of the real procedures that wander: by chance through whatever may happen to a child."""

from copy import copy
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from playing import Game
from spiffs_own import OwnSerializer, WholeFlow, tree

from engine.domain import ValueType
from engine.forms import read_answers
from engine.spiff import Flow, due_of, timer_due
from engine.spiff.moments import evaluate
from workflows.calendar import Calendar, Term, age, last_working_day_by
from workflows.pep.deadlines import (
    first_review_by,
    later_review_by,
    plan_due,
    second_review_by,
)
from workflows.pep.domain import vocabulary
from workflows.pep.facts import FACTS
from workflows.pep.plan import SIGNATURES
from workflows.pep.quality import JUDGED, WHERE_NONE_IS_NAMED

MOST_BYTES = 4096
"""Of the state of a running case."""

MOST_STEPS = 400
"""A case that has not ended by then goes round for ever."""

LONDON = ZoneInfo("Europe/London")
TERMS = tuple(
    Term(date(year, *begins), date(year, *ends))
    for year in range(2026, 2031)
    for begins, ends in (((1, 6), (3, 27)), ((4, 13), (7, 21)), ((9, 2), (12, 18)))
)
MOVING = {"short_breaks": 0.003, "has_school_place": 0.03}
"""How likely a fact of the child turns round before a step."""


class Child:
    """What the domain would say of one child, drawn by chance; it changes as the case goes on."""

    def __init__(self, chance, review):
        self.chance = chance
        self.opened = self.today = date(2026, 1, 5) + timedelta(days=chance.randrange(365))
        self.hour = time(9)
        planned = chance.random() < 0.5
        since = self.opened - timedelta(days=chance.randrange(3))
        placed = since + timedelta(days=chance.randrange(20) if planned else 0)
        self.signed, self.performed, self.calendar = set(), [], Calendar(terms=TERMS)
        limit = first_review_by(None, since)
        if review:
            limit = chance.choice((second_review_by, later_review_by))(None, self.opened)
        self.known = {
            "birth_date": self.opened - timedelta(days=chance.randrange(700, 6700)),
            "looked_after_since": since,
            "placement_start": placed,
            "planned_placement": planned,
            "plan_due": plan_due(self.opened, placed, planned=planned),
            "short_breaks": chance.random() < 0.05,
            "has_school_place": chance.random() < 0.7,
            "school_open_in_time": chance.random() < 0.8,
            "school_place_by": self.opened + timedelta(days=chance.randrange(20, 70)),
            "plan_prepared": False,
            "plan_passed": False,
            "review_held": False,
            "returned_sections": [],
            "plan_is_interim": review and chance.random() < 0.2,
            "review_date": last_working_day_by(None, limit),
            "review_limit": limit,
        }
        for fact in vocabulary().facts.values():
            if fact.name not in self.known and (fact.certain or chance.random() < 0.8):
                self.known[fact.name] = self._draw(fact.type)

    @property
    def now(self):
        return datetime.combine(self.today, self.hour, LONDON)

    def facts(self, names):
        known = {**self.known, "age_today": age(None, self.known["birth_date"], self.today)}
        return {name: known[name] for name in names if name in known}

    def perform(self, call):
        self.performed.append(call.element)
        if call.name == "pass_plan_on":
            self.known["plan_passed"] = True
        return {}

    def live_on(self):
        """What happens to a child beside the case."""
        for fact, likely in MOVING.items():
            if self.chance.random() < likely:
                self.known[fact] = not self.known[fact]
        if self.chance.random() < 0.02 and self.today < self.known["review_date"]:
            days = (self.known["review_date"] - self.today).days
            self.known["review_date"] -= timedelta(days=self.chance.randrange(days))

    def answer(self, form):
        """Answers as someone might give them; what they mean for the case is known from then."""
        raw = {field.key: self._say(field) for field in form.inputs()}
        read = read_answers(form, raw, self.facts(frozenset(FACTS)))
        for field in form.inputs():
            if field.key in read.values:
                self._learn(field.path, read.values[field.key])
        return read

    def _learn(self, path, value):
        if path in SIGNATURES and value:
            self.signed.add(path)
            self.known["plan_prepared"] |= self.signed == set(SIGNATURES)
        elif (path, value) == ("quality.rating", "red"):
            self.signed.clear()
            red = self.chance.sample(JUDGED, self.chance.randrange(4))
            self.known["returned_sections"] = red or [WHERE_NONE_IS_NAMED]
        elif path == "review.held_on":
            self.known["review_held"] = True
        elif path == "review.planned_on":
            self.known["review_date"] = value

    def _say(self, field):
        if field.kind in ("radio", "select", "checkboxes"):
            chosen = self.chance.choice([option.value for option in field.options])
            return [chosen] if field.kind == "checkboxes" else chosen
        if field.kind == "number":
            return str(int(field.maximum or field.minimum or 5))
        if field.kind == "date":
            return (self.today + timedelta(days=self.chance.randrange(-3, 20))).isoformat()
        return {"checkbox": True, "list": []}.get(field.kind, "As agreed")

    def _draw(self, kind):
        return {
            ValueType.BOOL: self.chance.random() < 0.5,
            ValueType.INT: self.chance.randrange(14),
            ValueType.DATE: self.opened + timedelta(days=self.chance.randrange(60)),
        }.get(kind, "")


class Wandering:
    """One case: at each step a task is completed, or time goes on to the next timer."""

    def __init__(self, procedure, net, number):
        self.procedure, self.net, self.chance = procedure, net, Random(number)
        self.lateness = self.chance.random() ** 2
        self.child = Child(self.chance, review=procedure.key == "review-pep")
        self.taken, self.moves, self.largest = set(), 0, 0

    def to_the_end(self):
        self.flow = self._begin()
        self.game = self._play()
        self._compare()
        for _ in range(MOST_STEPS):
            if self.flow.ended is not None:
                return
            self.child.live_on()
            self.flow = Flow.decode(self.procedure, self.flow.encode())
            self.child.performed.clear()
            self.moves += 1
            tasks = self.flow.open_tasks
            if not tasks or (self.flow.timers and self.chance.random() < self.lateness):
                self._wait()
            else:
                self._do(self.chance.choice(tasks))
            self._compare()
        raise AssertionError(f"still open: {self.flow.open_tasks}, {self.flow.timers}")

    def _play(self):
        return Game(self.net, self)

    def _begin(self):
        return Flow.start(self.procedure, self.child)

    def _do(self, task):
        form = self.procedure.forms[self.procedure.elements[task.element].form].with_options(
            lambda _name: [("someone", "Someone")]
        )
        read = self.child.answer(form)
        assert not set(read.errors) & self.procedure.outcome_names, read.errors
        self._complete(task, read.values)
        self.game.complete(task.element)

    def _wait(self):
        due, timer = min(
            ((self._due(timer), timer) for timer in self.flow.timers), key=lambda each: each[0]
        )
        self.child.today = max(self.child.today, due.astimezone(LONDON).date())
        self._fire(timer)
        self.game.fire(timer.element)

    def _complete(self, task, answers):
        self.flow.complete(task.token, answers, self.child)

    def _fire(self, timer):
        self.flow.fire(timer.token, self.child)

    def _due(self, timer):
        return timer_due(
            self.procedure, timer.element, self.child, timer.started_at, self.flow.outcomes
        )

    def _compare(self):
        """All say the same, the state is small, and every date can be worked out."""
        self.taken.update(self.flow.passed)
        self.seen = (
            sorted(task.element for task in self.flow.open_tasks),
            sorted(timer.element for timer in self.flow.timers),
            sorted(self.child.performed),
            self.flow.ended is not None,
        )
        assert self.game.agrees(self.seen), (self.seen, self.game.allowed)
        self.largest = max(self.largest, len(self.flow.encode()))
        assert self.largest <= MOST_BYTES
        for timer in self.flow.timers:
            self._due(timer)
        for task in self.flow.open_tasks:
            due_of(self.procedure, task.element, self.child, self.child.now, self.flow.outcomes)

    def way(self, _gateway, arrows):
        """As the token game asks."""
        return next((arrow for arrow in arrows if self._evaluate(arrow)), None)

    def did(self, _step):
        """No matter."""

    def times(self, step):
        """As the token game asks."""
        return self._evaluate(step)

    def _evaluate(self, element):
        return evaluate(self.procedure.conditions[element], element, self.child,
                        self.flow.outcomes, self.child.now)


class WanderingTwice(Wandering):
    """The same case kept a second time, whole, by SpiffWorkflow's own serializer."""

    def _begin(self):
        self.own = OwnSerializer(self.procedure, lambda element: self.twin._decide(element))
        self.twin = WholeFlow.start(self.procedure, self._another_child())
        return super()._begin()

    def _complete(self, task, answers):
        twin = self._reopened()
        token = next(t.token for t in twin.open_tasks if t.element == task.element)
        twin.complete(token, answers, self._another_child())
        super()._complete(task, answers)

    def _fire(self, timer):
        twin = self._reopened()
        token = next(t.token for t in twin.timers if t.element == timer.element)
        twin.fire(token, self._another_child())
        super()._fire(timer)

    def _reopened(self):
        again = WholeFlow(self.procedure)
        again._whole, again._kept = self.own.again(self.twin._workflow), self.twin._kept
        self.twin = again
        return again

    def _another_child(self):
        """One to whom things happen as to the first, so that the twin's actions are its own."""
        child = copy(self.child)
        child.known, child.performed = dict(child.known), []
        return child

    def _compare(self):
        super()._compare()
        for each in (self.flow, self.twin):
            assert (
                sorted(task.element for task in each.open_tasks),
                sorted(timer.element for timer in each.timers),
            ) == self.seen[:2]
        assert self.flow.outcomes == self.twin.outcomes
        assert self.flow.passed == self.twin.passed
        restored = Flow.decode(self.procedure, self.flow.encode())
        theirs = OwnSerializer(self.procedure, None).again(self.flow._workflow)
        assert tree(restored._workflow) == tree(theirs)
