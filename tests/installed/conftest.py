"""The wheel, and an environment in which it is installed, made once for all tests."""

import pytest
from environments import Environment, make_dist


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    return make_dist(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("installed") / "venv", wheel)
