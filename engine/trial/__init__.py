"""A procedure tried in memory: its own flow and forms, a clock that is moved, and no database.

What a case would do, a trial says; nothing of it is done, sent or kept.
"""

from engine.trial.acts import Act, Done, Waited, WasDone, Woken, acts_from_json, acts_to_json
from engine.trial.budget import Budget, TakesTooLong
from engine.trial.course import Course, OpenStep, Waiting
from engine.trial.differences import Stage, first_difference, stages_from_json, stages_to_json
from engine.trial.imagined import Imagined, Performed
from engine.trial.running import Refusal, Run, carry_on, try_out

__all__ = [
    "Act",
    "Budget",
    "Course",
    "Done",
    "Imagined",
    "OpenStep",
    "Performed",
    "Refusal",
    "Run",
    "Stage",
    "TakesTooLong",
    "Waited",
    "Waiting",
    "WasDone",
    "Woken",
    "acts_from_json",
    "acts_to_json",
    "carry_on",
    "first_difference",
    "stages_from_json",
    "stages_to_json",
    "try_out",
]
