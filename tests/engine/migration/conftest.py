from dataclasses import replace

import pytest
from letter_office import Office, letter

from engine.domain import Asks, ProtectedRule


@pytest.fixture
def office(council):
    """In which the letter's first release is live."""
    office = Office(council)
    office.publish(letter())
    return office


@pytest.fixture
def law(council):
    """Lets a rule demand that a procedure asks for a place of the record."""

    def demand(procedure, path):
        rule = ProtectedRule("sign", "Both sign", "the Act", True, procedure,
                             (Asks(path, "it"),))
        council.domain.vocabulary = replace(council.domain.vocabulary, protected=(rule,))

    return demand
