"""Whoever runs Pepway can say what is in it: each locked package, with its version and hash."""

import base64
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
SCRIPTS = json.loads((ROOT / "package-lock.json").read_text())["packages"]


@pytest.fixture(scope="module")
def bill():
    made = subprocess.run([sys.executable, ROOT / ".ci" / "bill_of_materials.py"], check=True,
                          capture_output=True, text=True)
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


def test_everything_that_is_built_into_the_pages_is_in_it(parts):
    built = [each.name.removesuffix("-LICENSE.txt")
             for each in (ROOT / "web/static/built").glob("*-LICENSE.txt")]
    assert "bpmn-js" in built

    of_npm = {purl.removeprefix("pkg:npm/").rpartition("@")[0].replace("/", "-"): part
              for purl, part in parts.items() if purl.startswith("pkg:npm/")}
    assert set(built) - set(of_npm) == set()
    for path, package in SCRIPTS.items():
        name = path.rpartition("node_modules/")[2]
        if name.replace("/", "-") in built:
            digest = base64.b64decode(package["integrity"].partition("-")[2]).hex()
            part = parts[f"pkg:npm/{name}@{package['version']}"]
            assert hashes(part) == {digest}


def test_it_says_what_is_run_and_what_only_builds_and_tests(parts):
    scopes = {purl.split("@")[0]: part["scope"] for purl, part in parts.items()}

    for name in ("flask", "sqlalchemy", "werkzeug", "psycopg-binary", "jinja2"):
        assert scopes[f"pkg:pypi/{name}"] == "required", name
    for name in ("pytest", "mypy", "pip-audit", "playwright"):
        assert scopes[f"pkg:pypi/{name}"] == "excluded", name


def test_the_wheel_holds_it(bill):
    """`setup` stays as it is: nothing is installed while tests run."""
    subprocess.run([shutil.which("make"), "-s", "-o", "setup", "dist"], cwd=ROOT, check=True,
                   capture_output=True)
    version = bill["metadata"]["component"]["version"]
    [wheel] = (ROOT / "dist").glob(f"pepway-{version}-*.whl")

    with zipfile.ZipFile(wheel) as parts:
        [name] = [each for each in parts.namelist() if each.endswith("pepway.cdx.json")]
        assert ".dist-info/sboms/" in name
        assert json.loads(parts.read(name))["bomFormat"] == "CycloneDX"
        assert "web/static/built/manifest.json" in parts.namelist()
