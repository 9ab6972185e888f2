"""Fixtures that every test may use."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "engine")]

from postgres import Postgres


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The URL of an empty database: every test that asks runs on both stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pepway.db'}"
    return request.getfixturevalue("postgres").new_database()
