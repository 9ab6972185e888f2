"""One council for all tests that only ask what happens at the same moment in it, on each store."""

import pytest
from chaos_council import ChaosCouncil


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def council_url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('load') / 'pepway.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def busy_council(council_url):
    council = ChaosCouncil(council_url)
    yield council
    council.close()
