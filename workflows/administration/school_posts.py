"""Who is the designated teacher of a school, from when to when.

Where a post ends, the children who go to that school go on with whoever follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Field, Form, Option, read_answers, valid_answers
from engine.work import Work, query, verb
from workflows.administration.schools import get_school
from workflows.administration.standing import must_not_be_oneself
from workflows.administration.succession import come_instead, end_with
from workflows.administration.table import SchoolPost
from workflows.children import Enrolment
from workflows.involvements import Involvement, give_tasks_again
from workflows.people import Person, PersonRole

TEACHER = "designated_teacher"


@dataclass(frozen=True, slots=True)
class PostView:
    id: UUID
    school_id: UUID
    name: str
    starts_on: date
    ends_on: date | None


@query
def posts_at(work: Work, school_id: UUID) -> list[PostView]:
    """Those that are not over, in order of time."""
    rows = work.session.execute(
        select(SchoolPost, Person.name)
        .join(Person, Person.id == SchoolPost.person_id)
        .where(SchoolPost.school_id == school_id,
               or_(SchoolPost.ends_on.is_(None), SchoolPost.ends_on >= work.today))
        .order_by(SchoolPost.starts_on, Person.name)
    )
    return [PostView(post.id, school_id, name, post.starts_on, post.ends_on)
            for post, name in rows]


@query
def get_post(work: Work, post_id: UUID) -> PostView:
    """Raises `NotFound`."""
    post = _post(work, post_id)
    return PostView(post.id, post.school_id, work.session.get_one(Person, post.person_id).name,
                    post.starts_on, post.ends_on)


@query
def form_of_post(work: Work) -> Form:
    return Form("school_post", "Designated teacher", (
        Field("person", "select", "Who?", "person", required=True, options=_teachers(work),
              hint="People who hold the role of a designated teacher",
              error_messages={"required": "Choose who it is"}),
        Field("starts_on", "date", "From which day?", "starts_on", required=True),
    ))


@query
def form_of_ending_post(work: Work, post_id: UUID) -> Form:
    """Raises `NotFound`."""
    mine = _post(work, post_id).person_id
    options = tuple(each for each in _teachers(work) if each.value != str(mine))
    successor = (Field(
        "successor", "select", "Who follows?", "successor", options=options,
        hint="With the children who go to this school. Left open, the virtual school has their "
             "tasks",
    ),) if options else ()
    return Form("end_post", "Somebody else becomes designated teacher", (
        Field("last_day", "date", "Their last day in this post", "last_day", required=True),
        *successor,
    ))


@verb
def add_post(work: Work, school_id: UUID, answers: Mapping[str, Any]) -> None:
    """Opens no child to them: that is for who starts a case or changes a school.

    Raises `AnswersInvalid`, `NotFound`.
    """
    get_school(work, school_id)
    said = valid_answers(form_of_post(work), answers)
    _begin(work, UUID(said["person"]), school_id, said["starts_on"])


@verb
def end_post(work: Work, post_id: UUID, answers: Mapping[str, Any]) -> None:
    """With it ends that they work with the children who go there; whoever follows begins.

    Raises `AnswersInvalid`, `NotFound`, `Refused` for one that ends already.
    """
    read = read_answers(form_of_ending_post(work, post_id), answers, {})
    post, errors, last_day = _post(work, post_id), dict(read.errors), read.values.get("last_day")
    if last_day and last_day < work.today:
        errors["last_day"] = "Enter today or a later day"
    if errors:
        raise AnswersInvalid(errors)
    if post.ends_on is not None:
        raise Refused("That this post ends is entered already.")
    chosen = read.values.get("successor")
    successor_id = UUID(chosen) if chosen else None
    if successor_id is not None:
        must_not_be_oneself(work, successor_id)
        _begin(work, successor_id, post.school_id, read.values["last_day"] + timedelta(days=1))
    post.ends_on = last_day
    work.audit("end_school_post", about=f"school_post:{post_id}", last_day=last_day,
               successor=chosen)
    _pass_on(work, post, read.values["last_day"], successor_id)


def _pass_on(work: Work, post: SchoolPost, last_day: date, successor_id: UUID | None) -> None:
    going_there = select(Enrolment.child_id).where(
        Enrolment.school_id == post.school_id,
        or_(Enrolment.ends_on.is_(None), Enrolment.ends_on > last_day))
    rows = work.session.scalars(
        select(Involvement).where(
            Involvement.person_id == post.person_id, Involvement.role == post.role,
            or_(Involvement.ends_on.is_(None), Involvement.ends_on > last_day),
            Involvement.child_id.in_(going_there))
        .order_by(Involvement.child_id)
    ).all()
    for row in rows:
        until, begins = row.ends_on, max(row.starts_on, last_day + timedelta(days=1))
        end_with(work, row, last_day, "the post ends")
        if successor_id is not None:
            come_instead(work, row, successor_id, begins, until)
    for child_id in sorted({row.child_id for row in rows}):
        give_tasks_again(work, child_id)


def _begin(work: Work, person_id: UUID, school_id: UUID, starts_on: date) -> None:
    """Not twice for the same person."""
    there = work.session.scalar(select(SchoolPost.id).where(
        SchoolPost.person_id == person_id, SchoolPost.school_id == school_id,
        SchoolPost.role == TEACHER, SchoolPost.ends_on.is_(None)))
    if there is not None:
        return
    post = SchoolPost(id=uuid4(), person_id=person_id, school_id=school_id, role=TEACHER,
                      starts_on=starts_on)
    work.session.add(post)
    work.audit("begin_school_post", about=f"school_post:{post.id}", person=person_id)


def _post(work: Work, post_id: UUID) -> SchoolPost:
    post = work.session.get(SchoolPost, post_id)
    if post is None:
        raise NotFound
    return post


def _teachers(work: Work) -> tuple[Option, ...]:
    rows = work.session.scalars(
        select(Person).join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == TEACHER, Person.active).order_by(Person.name))
    return tuple(Option(str(each.id), f"{each.name}, {each.email}") for each in rows)
