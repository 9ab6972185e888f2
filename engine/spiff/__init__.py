"""The wall around SpiffWorkflow: the only part of Pepway that imports it."""

from engine.spiff.elements import Element
from engine.spiff.flow import Flow, OpenTask, WaitingTimer
from engine.spiff.moments import World, due_of, explain_moment, timer_due
from engine.spiff.procedure import Procedure, compile_procedure

__all__ = [
    "Element",
    "Flow",
    "OpenTask",
    "Procedure",
    "WaitingTimer",
    "World",
    "compile_procedure",
    "due_of",
    "explain_moment",
    "timer_due",
]
