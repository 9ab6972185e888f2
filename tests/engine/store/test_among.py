"""Many values are one parameter: any number of them, and the same question for each."""

from uuid import uuid4

import pytest
from plain_domain import CHILD
from sqlalchemy import event, select

from engine.store.among import among
from engine.store.models import Case, Task

OTHERS = [uuid4() for _ in range(200)]


@pytest.mark.parametrize("ids", [[CHILD], [*OTHERS, CHILD, CHILD], {CHILD: 1}],
                         ids=["one", "many, and one twice", "keys"])
def test_it_is_found_among_any_number(work, letter, ids):
    assert work.session.scalars(select(Case.id).where(among(Case.child_id, ids))).all() == [letter]


@pytest.mark.parametrize("ids", [[], OTHERS[:1], OTHERS], ids=["none", "one", "many"])
def test_it_is_not_among_none_nor_among_others(work, letter, ids):
    assert work.session.scalars(select(Case.id).where(among(Case.child_id, ids))).all() == []
    assert work.session.scalars(select(Case.id).where(~among(Case.child_id, ids))).all() == [letter]


def test_texts_are_found_as_they_are_written(work):
    said = ["it's", 'a "word"', "ü, \\"]
    task = work.session.scalars(select(Task)).first()
    task.name = said[1]
    work.session.flush()

    found = select(Task.id).where(among(Task.name, "names"))
    assert work.session.scalars(found, {"names": said}).all() == [task.id]
    assert work.session.scalars(found, {"names": [said[0], said[2]]}).all() == []


def test_one_and_many_are_the_same_question(work):
    asked = []
    event.listen(work.session.get_bind(), "before_cursor_execute",
                 lambda _one, _two, statement, *_: asked.append(statement))
    for ids in ([], [CHILD], OTHERS):
        work.session.scalars(select(Case.id).where(among(Case.child_id, ids))).all()

    assert len(asked) == 3
    assert len(set(asked)) == 1
