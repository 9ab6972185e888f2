"""Notices for whom they are for; claims that a test shows, and no pointer to a test that is not."""

import ast
import re
from pathlib import Path

import pytest

from web.layout.notice import TEXTS, notice

ROOT = Path(__file__).parents[3]
CLAIMS = ("impact-assessment", "security-standard")


def pointers(text):
    return re.findall(r"`(tests/[\w/.]+)::([\w\[\]{}-]+)`", text)


def defined_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("key", CLAIMS)
def test_every_claim_points_to_a_test_that_exists(key):
    text = (TEXTS / f"{key}.md").read_text(encoding="utf-8")
    found = pointers(text)
    missing = [f"{path}::{name}" for path, name in found
               if not (ROOT / path).is_file() or name not in defined_in(ROOT / path)]

    assert missing == []
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(found) == len(rows) > 10


def test_a_pointer_to_nothing_would_be_seen():
    assert pointers("| x | `tests/no.py::test_none` |") == [("tests/no.py", "test_none")]


def test_anyone_reads_the_notices_for_families(sqlite_council):
    page = sqlite_council.visitor().open("/privacy")
    assert "Assessments" not in page.headings

    for title in ("Your plan and your privacy, for children", "Privacy notice for parents"):
        text = page.follow(title).text
        assert "Version 1" in text
    assert sqlite_council.visitor().open("/privacy/nobody").status == 404
    assert sqlite_council.visitor().open("/records/assessments/impact-assessment").heading != (
        "Data protection impact assessment")


def test_whoever_signs_in_first_is_shown_the_notice_once_each_version(council, monkeypatch):
    page = council.sign_in("wilma")
    page = page.follow("how Pepway keeps what you")
    page = page.press("I have read this")
    assert "You are asked again only when the notice changes." in page.whole
    asked = "how Pepway keeps what you and others write"
    assert asked not in page.whole
    assert asked not in council.sign_in("wilma").whole

    text = TEXTS / "practitioner.md"
    changed = text.read_text(encoding="utf-8").replace("version 2", "version 3")
    notice.cache_clear()
    monkeypatch.setattr(Path, "read_text", lambda _path, **_how: changed)
    assert asked in council.sign_in("wilma").whole
    monkeypatch.undo()
    notice.cache_clear()


def test_iris_reads_the_assessments(sqlite_council):
    page = sqlite_council.sign_in("iris").visitor.open("/privacy")

    assert "What is left" in page.follow("Data protection impact assessment").headings
    assert "Sign-out" in page.follow("OWASP ASVS 5.0, level 2").text
