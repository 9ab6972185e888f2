import pytest

from engine.domain import SYSTEM
from workflows.people import add_person


@pytest.fixture
def ada(council, password_hash):
    """The council has an administrator, who is signed in; it has a child as well."""
    council.people["ada"] = add_person(
        council.installation.acting(SYSTEM), "Ada Jessop", "ada@council.example",
        ["administrator"], password_hash,
    )
    return council.sign_in("ada").visitor
