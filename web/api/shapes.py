"""What the API gives and takes, as types: the OpenAPI text is made from these."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ChildOut(Shape):
    id: UUID
    reference: str
    name: str
    born_on: date
    looked_after_on: date
    school: str | None
    year_group: int | None = Field(description="0 is Reception")


class CaseOut(Shape):
    id: UUID
    reference: str
    procedure: str
    release: UUID
    child: UUID
    status: str
    previous: UUID | None
    opened_at: datetime
    ended_at: datetime | None
    open_tasks: list[UUID] = []


class TaskOut(Shape):
    id: UUID
    case_id: UUID
    child_id: UUID
    procedure: str
    element: str
    name: str
    role: str
    covered_by: str | None
    status: str
    assignee_id: UUID | None
    due_on: date | None
    opened_at: datetime
    ended_at: datetime | None


class QuestionOut(Shape):
    key: str
    kind: str
    label: str
    path: str
    hint: str
    required: bool
    options: list[dict[str, str]]
    questions: list["QuestionOut"] = []


class TaskWithForm(TaskOut):
    form: list[QuestionOut]
    answers: dict[str, Any] = Field(description="What the record holds now, by field key")
    seen: dict[str, int] = Field(description="Version of each answer; send it back to be told "
                                 "of changes in between")


class RecordOut(Shape):
    child: UUID
    document: dict[str, Any] = Field(description="Value by path, as far as you may see it")


class ReleaseOut(Shape):
    id: UUID
    procedure: str
    number: int
    sha256: str
    state: str
    origin: str
    notes: str
    created_at: datetime


class EventOut(Shape):
    id: UUID
    seq: int
    kind: str
    case_id: UUID | None
    child_id: UUID | None
    task_id: UUID | None
    element: str | None
    at: datetime
    data: dict[str, Any]


class StoryOut(Shape):
    at: datetime
    text: str
    by: str


class DeadlineOut(Shape):
    title: str
    due_on: date
    kind: str
    source: str
    because: str
    met_on: date | None


class AnswersIn(BaseModel):
    answers: dict[str, Any]
    seen: dict[str, int] = {}


class OpenCaseIn(BaseModel):
    procedure: str
    child: UUID


class CompletedOut(Shape):
    task: TaskOut
    case_id: UUID
    case_status: str
    next_tasks: list[TaskOut]


def page_of(item: type[Shape]) -> type[BaseModel]:
    """`{items, next}` of one shape; `next` is the cursor of the next page, or null."""
    name = item.__name__.removesuffix("Out") + "Page"
    return type(name, (BaseModel,), {
        "__annotations__": {"items": list[item], "next": str | None},  # type: ignore[valid-type]
        "next": None,
    })
