"""What the stories of the studio share."""

import pytest

from workflows.pep.domain import vocabulary

ONE_VOCABULARY = vocabulary()


@pytest.fixture
def checked_once(council, monkeypatch):
    """A council whose sound drafts are remembered from one test to the next: a check takes seconds,
    and what it says of the same files is not what these tests are about."""
    monkeypatch.setattr(council.installation.domain, "vocabulary", ONE_VOCABULARY)
    return council
