"""What a program can be told of: kinds of events, in words."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "case_opened": "A case was opened",
    "case_ended": "A case came to its end",
    "case_closed": "A case was closed",
    "task_opened": "A task was opened",
    "task_completed": "A task was completed",
    "task_cancelled": "A task was no longer needed",
    "task_reassigned": "A task was given to somebody",
    "escalated": "A task was escalated",
    "due_moved": "A due date moved",
    "plan_prepared": "A plan was prepared",
    "plan_version_opened": "A new version of a plan was begun",
    "incident_opened": "A case needs a process owner",
    "involvement_started": "Somebody began to work with a child",
    "involvement_ended": "Somebody's work with a child ended",
}
