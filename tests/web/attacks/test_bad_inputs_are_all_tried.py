"""Every bad input of diagrams, forms, API and sessions has a test, or a sentence that says why
not."""

import ast
import csv
from pathlib import Path

ROOT = Path(__file__).parents[3]
NUMBERS = range(1, 43)


def rows():
    with (Path(__file__).parent / "bad_inputs.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_is_there_and_every_pointer_names_a_test():
    assert {int(row["number"]) for row in rows()} == set(NUMBERS)
    for row in rows():
        assert row["tests"] or row["said"], row["what"]
        for pointer in row["tests"].split():
            path, _, name = pointer.partition("::")
            tree = ast.parse((ROOT / path).read_text())
            assert name in {each.name for each in tree.body
                            if isinstance(each, ast.FunctionDef)}, pointer
