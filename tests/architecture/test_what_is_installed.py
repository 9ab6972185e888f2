"""What is installed is named exactly, on both sides, and from nowhere in particular."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = json.loads((ROOT / "package-lock.json").read_text())["packages"]


def named(requirement):
    """`psycopg[binary]==3.3.9` as `psycopg`, `3.3.9`, the way the lock writes them."""
    name, version = re.fullmatch(r"([\w.-]+)(?:\[.*\])?==(\S+)", requirement).groups()
    return re.sub(r"[-_.]+", "-", name).lower(), version


def test_every_python_package_is_locked_as_the_project_asks():
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE))

    assert {name: locked.get(name) for name, _ in map(named, asked)} == dict(map(named, asked))


def test_every_python_package_has_a_hash():
    blocks = re.split(r"\n(?=\w)", LOCK)
    without = [block for block in blocks if "==" in block and "--hash=sha256:" not in block]

    assert without == []


def test_every_script_package_is_exact_and_has_a_hash():
    root = PACKAGES[""]
    asked = {**root.get("dependencies", {}), **root.get("devDependencies", {})}
    exact = {name: version.rpartition("@")[2] for name, version in asked.items()}
    """A package under another name is asked for as `npm:preact@10.15.1`."""
    without = [path for path, package in PACKAGES.items() if path and "integrity" not in package]

    assert {name: PACKAGES[f"node_modules/{name}"]["version"] for name in asked} == exact
    assert without == []


@pytest.mark.parametrize("text", [LOCK, json.dumps(PACKAGES)], ids=["python", "npm"])
def test_no_lock_file_says_where_packages_come_from(text):
    places = re.findall(r'--index-url|--find-links|"resolved"|\.whl\b|\.tgz\b|file:', text)

    assert places == []
