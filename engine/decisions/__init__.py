"""Decision tables: DMN read into plain values, compiled to CEL, and decided."""

import engine.spiff  # noqa: F401 - first: its procedures hold decisions, which hold expressions
