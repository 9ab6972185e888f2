"""Whoever runs Pepway can say what is in it: each locked package, with its version and hash."""

import base64
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest
from environments import COMMIT

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
SCRIPTS = json.loads((ROOT / "package-lock.json").read_text())["packages"]


@pytest.fixture(scope="module")
def bill():
    return made_bill()


def made_bill():
    made = subprocess.run(
        [sys.executable, ROOT / ".ci" / "bill_of_materials.py"], check=True, capture_output=True,
        text=True, env={**os.environ, "SOURCE_DATE_EPOCH": COMMIT},
    )
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def parts(bill):
    return {each["purl"].replace("%40", "@"): each for each in bill["components"]}


def hashes(part):
    return {each["content"] for each in part["hashes"]}


def test_every_locked_python_package_is_in_it(parts):
    blocks = re.split(r"\n(?=\w)", LOCK)
    locked = [block for block in blocks if re.match(r"[\w.-]+==", block)]
    assert len(locked) > 50

    for block in locked:
        name, version = re.match(r"([\w.-]+)==([^\s;]+)", block).groups()
        assert hashes(parts[f"pkg:pypi/{name.lower()}@{version}"]) == set(
            re.findall(r"sha256:(\w+)", block)), name


def test_what_is_built_into_the_pages_is_in_it_and_nothing_else_of_npm(parts):
    built = [each.name.removesuffix("-LICENSE.txt")
             for each in (ROOT / "web/static/built").glob("*-LICENSE.txt")]
    assert "bpmn-js" in built

    shipped = {}
    for path, package in SCRIPTS.items():
        called = path.rpartition("node_modules/")[2]
        if called.replace("/", "-") in built:
            name = package.get("name", called)
            digest = base64.b64decode(package["integrity"].partition("-")[2]).hex()
            shipped[f"pkg:npm/{name}@{package['version']}"] = {digest}
    assert {"pkg:npm/preact@10.15.1", "pkg:npm/preact@10.29.8"} <= shipped.keys()
    assert {purl: hashes(part) for purl, part in parts.items()
            if purl.startswith("pkg:npm/")} == shipped


def test_whatever_a_council_runs_has_a_licence(parts):
    without = {purl for purl, part in parts.items()
               if part["scope"] == "required" and not part.get("licenses")}

    assert without == {"pkg:pypi/brotlicffi@1.2.1.0"}, "which is for PyPy"
    assert parts["pkg:pypi/psycopg@3.3.9"]["licenses"] == [
        {"license": {"id": "LGPL-3.0-only"}}]
    [of_its_own] = parts["pkg:npm/bpmn-js@18.31.1"]["licenses"]
    assert "bpmn.io" in of_its_own["license"]["text"]["content"]


def test_it_is_what_cyclonedx_says_a_bill_is(bill):
    schemas = files("cyclonedx.schema") / "_res"
    whole, *others = ((f"{name}.SNAPSHOT.schema.json",
                       json.loads((schemas / f"{name}.SNAPSHOT.schema.json").read_text()))
                      for name in ("bom-1.6", "spdx", "jsf-0.82"))
    registry = jsonschema_rs.Registry([(f"http://cyclonedx.org/schema/{name}", each)
                                       for name, each in others])
    rules = jsonschema_rs.validator_for(whole[1], registry=registry, validate_formats=True)

    assert [each.message for each in rules.iter_errors(bill)] == []
    assert not rules.is_valid({**bill, "serialNumber": "of no kind"})


def test_it_says_what_is_run_and_what_only_builds_and_tests(parts):
    scopes = {purl.split("@")[0]: part["scope"] for purl, part in parts.items()}

    for name in ("flask", "sqlalchemy", "werkzeug", "psycopg-binary", "jinja2"):
        assert scopes[f"pkg:pypi/{name}"] == "required", name
    for name in ("pytest", "mypy", "pip-audit", "playwright"):
        assert scopes[f"pkg:pypi/{name}"] == "excluded", name


@pytest.mark.xdist_group("installed")
def test_the_wheel_holds_it(bill, wheel):
    beside = json.loads(wheel.with_name("pepway.cdx.json").read_text())

    with zipfile.ZipFile(wheel) as content:
        [name] = [each for each in content.namelist() if each.endswith("pepway.cdx.json")]
        assert ".dist-info/sboms/" in name
        assert json.loads(content.read(name)) == beside == bill
