"""One letter that is open, and an action of Ann's in it."""

import pytest
from plain_domain import ANN, CHILD

from engine.cases import open_case


@pytest.fixture
def letter(council):
    council.load("letter")
    return open_case(council.by(ANN), "letter", CHILD)


@pytest.fixture
def work(council, letter):
    with council.by(ANN).begin() as work:
        yield work
