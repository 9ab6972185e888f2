import pytest
from letter_office import Office, letter


@pytest.fixture
def office(council):
    """In which the letter's first release is live."""
    office = Office(council)
    office.publish(letter())
    return office
