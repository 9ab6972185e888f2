"""New rows wait for the end of their action; an attempt that fails leaves nothing behind."""

from contextlib import contextmanager, suppress
from datetime import date

import pytest
from plain_domain import ANN, CHILD
from sqlalchemy import bindparam, event, func, select, update
from sqlalchemy.orm.exc import StaleDataError

from engine.store.models import Case, Event, Outbox, Release, Submission, Task
from engine.store.together import Together

READ = Together(
    tasks=select(Task.id, Task.element, Task.due_on, Task.opened_at).where(
        Task.case_id == bindparam("case_id")
    ),
    told=select(Outbox.kind, Outbox.data),
)


@contextmanager
def that_fails(work):
    """An attempt that fails at its end."""
    with suppress(ZeroDivisionError), work.attempt():
        yield
        raise ZeroDivisionError


def kinds(work):
    return list(work.session.scalars(select(Event.kind).order_by(Event.seq)))


def test_whoever_reads_in_the_same_action_sees_what_was_appended(work):
    before = kinds(work)

    work.event(None, "something", child_id=CHILD)

    assert kinds(work) == [*before, "something"]


def test_rows_of_several_tables_are_one_statement_on_postgresql(work, store):
    sent = []
    event.listen(work.installation.database.engine, "before_cursor_execute",
                 lambda _c, _cursor, statement, *_: sent.append(statement))

    work.event(None, "something", child_id=CHILD)
    work.audit("something", child_id=CHILD)
    work.tell("something", ANN.id)
    work.write()

    assert len(sent) == {"postgresql": 1, "sqlite": 3}[store]


def test_an_attempt_that_fails_takes_back_what_it_did_and_nothing_before(work, letter):
    case = work.session.get_one(Case, letter)
    work.event(case, "before")
    case.status = "incident"

    with that_fails(work):
        work.event(case, "within")
        case.status = "ended"

    assert kinds(work)[-1] == "before"
    assert case.status == "incident"


def test_however_many_rows_it_had_changed(work, letter):
    case = work.session.get_one(Case, letter)
    task = work.session.scalars(select(Task).where(Task.case_id == case.id)).one()
    release = work.session.get_one(Release, case.release_id)

    with that_fails(work):
        case.status, task.status, release.notes = "ended", "cancelled", "within"

    assert (case.status, task.status, release.notes) == ("open", "open", "")


def test_also_where_something_of_it_had_been_sent(work, letter):
    case = work.session.get_one(Case, letter)
    work.event(case, "before")

    with that_fails(work):
        work.event(case, "within")
        case.status = "ended"
        work.write()
        work.tell("within", ANN.id, case)

    assert kinds(work)[-1] == "before"
    assert case.status == "open"
    assert work.session.scalar(select(func.count()).select_from(Outbox)) == 0


@pytest.mark.parametrize("sent", [False, True])
def test_what_was_changed_before_it_and_not_sent_stands(work, letter, sent):
    case = work.session.get_one(Case, letter)
    task = work.session.scalars(select(Task).where(Task.case_id == case.id)).one()
    case.status, case.end_element, task.name = "incident", "before", "Before"

    with that_fails(work):
        case.status, case.incident, task.role = "ended", {"element": "within"}, "within"
        if sent:
            work.write()
    work.write()
    work.session.expire_all()

    assert (case.status, case.end_element, case.incident) == ("incident", "before", None)
    assert (task.name, task.role) == ("Before", "social_worker")


@pytest.mark.parametrize("sent", [False, True])
def test_a_row_that_it_had_added_and_then_changed_is_gone(work, letter, sent):
    case = work.session.get_one(Case, letter)

    with that_fails(work):
        form = Submission(nonce="within", task_id=letter, actor_id=CHILD, at=work.now)
        work.session.add(form)
        work.write()
        case.status, form.actor_id = "ended", ANN.id
        if sent:
            work.write()

    assert form not in work.session
    assert case.status == "open"
    work.write()
    assert work.session.scalar(select(func.count()).select_from(Submission)) == 0


def test_one_that_an_attempt_within_it_had_changed_is_gone_with_it_alone(work, letter):
    with that_fails(work):
        form = Submission(nonce="outer", task_id=letter, actor_id=CHILD, at=work.now)
        work.session.add(form)
        with that_fails(work):
            form.actor_id = ANN.id
            work.write()
        assert form.actor_id == CHILD

    assert work.session.scalar(select(func.count()).select_from(Submission)) == 0


def test_what_is_given_the_value_that_it_has_is_not_sent(work, letter):
    """Else a transaction that changed nothing would have to say who changed it."""
    task = work.session.scalars(select(Task).where(Task.case_id == letter)).one()
    sent = []
    event.listen(work.installation.database.engine, "before_cursor_execute",
                 lambda _c, _cursor, statement, *_: sent.append(statement))

    task.assigned_by, task.role = "claim", task.role
    task.assigned_by = "rule"
    work.write()
    assert sent == []

    task.assigned_by = "claim"
    work.write()
    assert len(sent) == 1


def test_a_case_that_someone_else_has_changed_meanwhile_is_not_written_over(work, letter):
    case = work.session.get_one(Case, letter)
    work.session.connection().execute(update(Case).values(version=Case.version + 1))
    case.status = "ended"

    with pytest.raises(StaleDataError):
        work.write()

    work.session.rollback()


def test_rows_changed_past_the_unit_of_work_are_taken_back_too(work, letter):
    marking = update(Case).where(Case.id == bindparam("of")).values(status="ended")

    with that_fails(work):
        work.change(marking, [{"of": letter}])

    assert work.session.scalar(select(Case.status).where(Case.id == letter)) == "open"


def test_an_attempt_within_an_attempt_fails_alone(work):
    with work.attempt():
        work.event(None, "outer", child_id=CHILD)
        with that_fails(work):
            work.event(None, "inner", child_id=CHILD)
            work.write()
        work.event(None, "after", child_id=CHILD)

    assert kinds(work)[-2:] == ["outer", "after"]


def test_an_attempt_that_sends_nothing_sets_no_savepoint(work):
    sent = []
    event.listen(work.installation.database.engine, "before_cursor_execute",
                 lambda _c, _cursor, statement, *_: sent.append(statement))

    with work.attempt() as attempt:
        assert not attempt.has_changed()
        work.event(None, "something", child_id=CHILD)
        assert attempt.has_changed()
        assert not attempt.has_changed(Event)

    assert sent == []
    work.write()
    assert not any("SAVEPOINT" in statement for statement in sent)


def test_several_reads_at_once_give_typed_rows_with_what_was_just_appended(work, letter):
    case = work.session.get_one(Case, letter)
    task = work.session.scalars(select(Task).where(Task.case_id == case.id)).one()
    task.due_on = date(2026, 3, 27)
    work.tell("something", ANN.id, case, page=3)

    found = READ.read(work.session, case_id=case.id)

    assert found["tasks"] == [(task.id, task.element, date(2026, 3, 27), task.opened_at)]
    assert ("something", {"page": 3}) in found["told"]
