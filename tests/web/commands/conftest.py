"""The `pepway` command as someone types it, in an empty folder of its own."""

import json
import os
import sys
from dataclasses import dataclass

import pytest

from web.cli import main


@dataclass(frozen=True)
class Said:
    code: int
    answer: str
    """What stood on stdout."""
    remark: str
    """What stood on stderr."""

    @property
    def objects(self):
        """The answer of `--json`: one strict JSON object a line and nothing else."""
        return [json.loads(line, parse_constant=_not_json) for line in self.answer.splitlines()]

    def is_one_sentence(self):
        """Nothing but words on stderr: no traceback, no second line."""
        said = self.remark.strip().splitlines()
        assert len(said) == 1, self.remark
        assert said[0].endswith(".")
        return True


def _not_json(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """The settings of a council that is no demonstration; `PEPWAY_*` of the machine are gone."""
    for name in [name for name in os.environ if name.startswith("PEPWAY_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    given = {
        "PEPWAY_SECRET_KEY": "s" * 32,
        "PEPWAY_AUDIT_KEY": "a" * 32,
        "PEPWAY_DATABASE_URL": f"sqlite:///{tmp_path / 'pepway.db'}",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def pepway(settings, capfd):
    """Types a command and gives its exit code and what it said; any exception fails the test."""

    def run(*words):
        settings.setattr(sys, "argv", ["pepway", *map(str, words)])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        spoken = capfd.readouterr()
        return Said(code, spoken.out, spoken.err)

    return run
