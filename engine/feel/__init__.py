"""The part of FEEL that Pepway reads: one reader and one translator to CEL.

Conditions of forms and cells of decision tables are FEEL, because their editors write it.
"""

from engine.feel.reading import (
    LARGEST,
    FeelRefused,
    read_cell,
    read_condition,
    read_value,
    read_values,
)
from engine.feel.syntax import comparisons, names_in, operands_in
from engine.feel.translating import to_cel

__all__ = [
    "LARGEST",
    "FeelRefused",
    "comparisons",
    "names_in",
    "operands_in",
    "read_cell",
    "read_condition",
    "read_value",
    "read_values",
    "to_cel",
]
