"""The wall around SpiffWorkflow: the only part of Pepway that imports it."""

from engine.spiff.elements import Element
from engine.spiff.flow import Flow, OpenTask, WaitingTimer
from engine.spiff.moments import World, due_of, explain_moment, holds, timer_due
from engine.spiff.procedure import Procedure, compile_procedure
from engine.spiff.standing import Arrived, Once, Place, Scope, Waits

__all__ = [
    "Arrived",
    "Element",
    "Flow",
    "Once",
    "OpenTask",
    "Place",
    "Procedure",
    "Scope",
    "WaitingTimer",
    "Waits",
    "World",
    "compile_procedure",
    "due_of",
    "explain_moment",
    "holds",
    "timer_due",
]
