"""What the API gives and takes, as types: the OpenAPI text is made from these."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

NOT_YOURS = "null where it is not known, or where you may not see it"


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ChildOut(Shape):
    id: UUID
    reference: str
    name: str
    born_on: date | None = Field(None, description=NOT_YOURS)
    upn: str | None = Field(None, description=NOT_YOURS)
    council_number: str | None = Field(
        None, description=f"In the council's own case system; {NOT_YOURS}")
    school: str | None = Field(None, description=NOT_YOURS)
    year_group: int | None = Field(None, description=f"0 is Reception; {NOT_YOURS}")
    looked_after_on: date | None = Field(None, description=NOT_YOURS)
    placement_start: date | None = Field(None, description=NOT_YOURS)
    planned_placement: bool | None = Field(None, description=NOT_YOURS)
    placement_kind: str | None = Field(None, description=NOT_YOURS)
    placement_address: str | None = Field(None, description=NOT_YOURS)
    out_of_area: bool | None = Field(None, description=NOT_YOURS)


class CaseOut(Shape):
    id: UUID
    reference: str
    procedure: str
    release: UUID
    child: UUID
    previous: UUID | None = Field(description="The case that this one follows")
    status: str = Field(description="open, incident, ended or closed")
    incident: str = Field(description="What a process owner is needed for, in words")
    opened_at: datetime
    ended_at: datetime | None
    open_tasks: list[UUID]


class TaskOut(Shape):
    id: UUID
    case: UUID
    child: UUID
    procedure: str
    element: str = Field(description="Id of the step in the diagram")
    name: str
    role: str
    covered_by: str | None = Field(description="The role that covers where nobody holds `role`")
    stands_in_for: UUID | None = Field(
        description="Who is away, in whose place the assignee has it")
    status: str = Field(description="open, completed or cancelled")
    assignee: UUID | None = Field(description="null while it waits in a queue")
    due_on: date | None = Field(description="The last day on which it is in time")
    opened_at: datetime
    ended_at: datetime | None
    completed_by: UUID | None


class OptionOut(Shape):
    value: str
    label: str
    hint: str


class QuestionOut(Shape):
    key: str
    kind: str = Field(description="text, textarea, number, date, radio, checkboxes, checkbox, "
                      "select or list")
    label: str
    hint: str
    path: str = Field(description="Where the answer stands in the record")
    required: bool
    read_only: bool
    hidden_when: str | None = Field(description="FEEL condition that takes the question away")
    options: list[OptionOut]
    questions: list["QuestionOut"] = Field(description="Of a list: what each row asks")


class FormOut(Shape):
    name: str
    title: str
    questions: list[QuestionOut]


class BesideOut(Shape):
    heading: str
    questions: list[QuestionOut]
    answers: dict[str, Any] = Field(description="By key of these questions")


class TaskWithForm(TaskOut):
    form: FormOut
    beside: BesideOut | None = Field(description="What was said before and must be known to do "
                                     "this, as far as you may see it; null where there is nothing")
    answers: dict[str, Any] = Field(description="What the record holds now, by key")
    seen: dict[str, int] = Field(description="Version of each answer, 0 for none. Send it back "
                                 "to be told of what changed in between")


class AnswersIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Any] = Field(description="By key of the form: dates as YYYY-MM-DD, a "
                                    "list as an array of objects")
    seen: dict[str, int] = Field({}, description="As it came with the task")


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=2000, description="Stands on the case")


class StartIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    procedure: str
    child: UUID


class CompletedOut(Shape):
    task: TaskOut
    case: UUID
    case_status: str
    next_tasks: list[TaskOut]
    repeated: bool = Field(description="true where the same Idempotency-Key came before: "
                           "nothing was done again")


def _required_in_words(schema: dict[str, Any]) -> None:
    """A program is told what must be there; what is not is asked for in the words of the form."""
    schema["required"] = list(REQUIRED_OF_CARE)
    for name in REQUIRED_OF_CARE:
        schema["properties"][name].pop("default", None)


REQUIRED_OF_CARE = (
    "number", "given_names", "family_name", "born_on", "became_looked_after_on",
    "first_placement_on", "entry", "lives_out_of_area", "social_worker",
)
LONGEST_NAME = 300
A_DAY: dict[str, Any] = {"format": "date"}
BY_WHOM = "By their e-mail address or their id here"


class BecameLookedAfterIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_required_in_words)

    number: str = Field("", description="By which your system knows the child")
    given_names: str = Field("", max_length=LONGEST_NAME)
    family_name: str = Field("", max_length=LONGEST_NAME)
    known_as: str = Field("", max_length=LONGEST_NAME)
    born_on: str = Field("", json_schema_extra=A_DAY)
    upn: str = ""
    became_looked_after_on: str = Field("", json_schema_extra=A_DAY, description="The 20 working "
                                        "days to the first review count from here")
    first_placement_on: str = Field("", json_schema_extra=A_DAY, description="The 10 working days "
                                    "to the plan count from here")
    entry: str = Field("", description="planned or emergency")
    legal_status: str = Field("", description="section_20, short_breaks, interim_care_order, "
                              "care_order, placement_order or other; for a series of short breaks "
                              "no plan is made (regulation 48)")
    placement_kind: str = Field("", description="foster, kinship, home or other")
    placement_address: str = Field("", description="Few may see it")
    address_restricted: bool = Field(False, description="Then the address is not kept here, "
                                     "whatever is sent")
    lives_out_of_area: str = Field("", description="yes or no")
    school: str = Field("", description="By its URN or its id here; empty where there is no place")
    social_worker: str = Field("", description=BY_WHOM)
    team_manager: str = Field("", description=BY_WHOM)
    designated_teacher: str = Field("", description=BY_WHOM)
    reviewing_officer: str = Field("", description=BY_WHOM)
    another_child: bool = Field(False, description="true where a child of the same family name and "
                                "day of birth is known here and this is another one, such as a "
                                "twin")


class BecameLookedAfterOut(Shape):
    child: UUID
    reference: str = Field(description="Of the child, in Pepway")
    case: "CaseOut"
    plan_needed: bool
    why_not: str = Field(description="Why no plan is needed now; empty where one is")
    looked_at_again_on: date | None = Field(description="Where no plan is needed yet, the day on "
                                            "which it begins by itself")
    deadlines: list["DeadlineOut"] = Field(description="Of the case that runs")
    repeated: bool = Field(description="true where it had been told before: nothing was done")


class ChangeOut(Shape):
    name: str
    title: str
    summary: str
    questions: list[QuestionOut] = Field(description="What it asks. A school may also be told by "
                                         "its URN, a person by their e-mail address")


class ChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Any] = Field(description="By key of the change's questions: dates as "
                                    "YYYY-MM-DD")
    seen: str | None = Field(None, description="The `fingerprint` of a dry run: where something "
                             "else would happen now, nothing does (409)")


class MovedOut(Shape):
    group: str = Field(description="cases, tasks, dates, people, messages or watches")
    what: str
    before: str = Field(description="Empty where it is new")
    after: str = Field(description="Empty where it is gone")


class ChangedOut(Shape):
    change: str
    case: UUID = Field(description="On which it stands; of a return to care, the new one")
    moved: list[MovedOut] = Field(description="All that it moves, as the page shows it")
    fingerprint: str = Field(description="The same where the same would happen")
    dry_run: bool = Field(description="true where nothing was done")
    repeated: bool = Field(description="true where the same Idempotency-Key came before: "
                           "nothing was done again")


class RecordOut(Shape):
    id: UUID = Field(description="The child's id")
    child: UUID
    number: int = Field(description="Number of the plan's newest version")
    state: str = Field(description="open or signed")
    prepared_at: datetime | None
    passed_at: datetime | None
    signed_at: datetime | None


class RecordWithDocument(RecordOut):
    document: dict[str, Any] = Field(description="Value by path, as far as you may see it")


class VersionOut(Shape):
    number: int
    state: str = Field(description="open, signed, or kept as it stood where care ended before")
    reason: str = Field(description="Why it was begun")
    opened_at: datetime
    prepared_at: datetime | None
    signed_at: datetime | None


class VersionWithDocument(VersionOut):
    document: dict[str, Any] = Field(description="Value by path, as far as you may see it: as it "
                                     "was signed, of an open one as it stands")


class InvolvementOut(Shape):
    id: UUID
    child: UUID
    person: UUID
    name: str = Field(description="The person's")
    role: str
    starts_on: date
    ends_on: date | None = Field(description="The last day on which it holds")


class StepNumbersOut(Shape):
    element: str = Field(description="Id of the step in the diagram")
    name: str
    role: str | None
    cases: int
    late: int
    stuck: int = Field(description="Cases that need a process owner")
    since: date | None = Field(description="On which day the oldest of what is open here began")
    days: int | None = Field(description="From that day to the one that is shown")
    gone: bool = Field(description="Only an earlier release has this step")
    waits: bool = Field(description="Cases wait for a date here: nobody has anything to do")


class ProcedureNumbersOut(Shape):
    procedure: str
    title: str
    release_number: int
    running: int
    late: int
    incidents: int
    steps: list[StepNumbersOut] = Field(description="At which a case stands")


class MonthOut(Shape):
    month: date = Field(description="Its first day")
    on_time: int
    late_with_reason: int
    late: int = Field(description="Without a reason")
    to_come: int
    not_counted: int = Field(description="Ended before the limit")
    due: int = Field(description="On time or late")
    percent_on_time: int | None = Field(description="Of those due, rounded down")


class MeasureOut(Shape):
    deadline: str = Field(description="Its number in the table of deadlines")
    title: str
    definition: str
    source: str
    months: list[MonthOut]


class ReleaseOut(Shape):
    id: UUID
    procedure: str
    number: int
    sha256: str
    state: str = Field(description="live, in_review or retired")
    origin: str = Field(description="folder or studio")
    notes: str
    created_at: datetime


class EventOut(Shape):
    id: UUID
    seq: int
    kind: str
    case: UUID | None
    child: UUID | None
    task: UUID | None
    element: str | None
    actor: UUID
    at: datetime
    data: dict[str, Any]


class StoryOut(Shape):
    at: datetime
    text: str
    by: str


class DeadlineOut(Shape):
    id: str = Field(description="Its number in the table of deadlines, T1 to T20; empty of the "
                    "due date of an open task")
    title: str
    due_on: date = Field(description="The last day on which it is in time")
    kind: str = Field(description="statutory, guidance or local")
    source: str
    because: str = Field(description="Its arithmetic, in words")
    anchor: str = Field(description="What it counts from")
    breach: str = Field(description="Who hears of it, or what counts instead, when it is missed")
    met_when: str
    met_on: date | None
    late: bool
    working_days_late: int
    day: int | None = Field(description="Which day of its count it is, or was when it was met")
    days: int | None = Field(description="Of how many")
    unit: str = Field(description="What those days are")
