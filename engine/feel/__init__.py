"""The part of FEEL that Pepway reads: one reader and one translator to CEL.

Conditions of forms and cells of decision tables are FEEL, because their editors write it.
"""

from engine.feel.reading import FeelRefused, names_in, read_cell, read_condition, read_value
from engine.feel.translating import to_cel

__all__ = ["FeelRefused", "names_in", "read_cell", "read_condition", "read_value", "to_cel"]
