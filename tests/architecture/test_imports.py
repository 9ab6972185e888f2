"""The import contracts of pyproject.toml hold, and each of them catches an import across it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = str(Path(sys.executable).with_name("lint-imports"))

PLANTED = [
    ("engine/clock.py", "import workflows.roles", "The arrows point one way"),
    ("workflows/roles.py", "import web.access", "The arrows point one way"),
    ("engine/cases.py", "import flask", "knows of HTTP"),
    ("workflows/pep/facts.py", "import flask", "knows of HTTP"),
    ("engine/cases.py", "import SpiffWorkflow.bpmn.workflow", "Only engine.spiff speaks"),
    ("web/tasks/__init__.py", "import SpiffWorkflow", "Only engine.spiff speaks"),
    ("engine/spiff/flow.py", "import cel_expr_python", "Only engine.spiff.expressions"),
    ("engine/timers.py", "import procrastinate", "Only the distributed adapter"),
    ("web/board/__init__.py", "from sqlalchemy import select", "never speak SQL"),
    ("web/tasks/__init__.py", "import engine.store.models", "never open a session"),
    ("web/tasks/__init__.py", "import web.cases", "do not know each other"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The three packages and their contracts, where an import can be planted."""
    folder = tmp_path_factory.mktemp("planted")
    for package in ("engine", "workflows", "web"):
        ignored = shutil.ignore_patterns("__pycache__", "static", "assets", "templates")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder):
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True,
        env={"PYTHONPATH": str(folder), "COLUMNS": "400"}, check=False,
    )


def test_the_contracts_hold(copy):
    outcome = lint(copy)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"), PLANTED, ids=lambda value: value.replace("/", ".")
)
def test_a_planted_import_is_caught(copy, file, line, contract):
    module = copy / file
    original = module.read_text()
    module.write_text(f"{original}\n{line}\n")
    try:
        outcome = lint(copy)
    finally:
        module.write_text(original)

    broken = [line for line in outcome.stdout.splitlines() if " BROKEN" in line]
    assert outcome.returncode == 1
    assert any(contract in name for name in broken), outcome.stdout
