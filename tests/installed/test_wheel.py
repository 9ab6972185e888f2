"""The wheel holds all that Pepway needs to run, and is the same whoever makes it."""

import os
import shutil
import subprocess
import zipfile
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path

import pytest
from environments import ROOT, make_dist

pytestmark = pytest.mark.xdist_group("installed")

FOLDERS = ("bpmn", "engine", "workflows", "web")
NO_PART = ("web/assets/", "web/static/built/")
"""Sources of what is built, and what an earlier build has left."""
OF_NO_CHECKOUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "dist", "tests",
                                        "__pycache__", ".*_cache", ".hypothesis")


@pytest.fixture(scope="module")
def content(wheel):
    """By name."""
    with zipfile.ZipFile(wheel) as parts:
        return {each: parts.read(each) for each in parts.namelist()}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Another checkout, in another folder, whose files were written at another time."""
    folder = tmp_path_factory.mktemp("elsewhere") / "another" / "pepway"
    shutil.copytree(ROOT, folder, ignore=OF_NO_CHECKOUT, copy_function=shutil.copyfile)
    return folder


def test_it_holds_every_file_of_the_four_folders(content):
    files = {path.relative_to(ROOT).as_posix()
             for folder in FOLDERS for path in (ROOT / folder).rglob("*")
             if path.is_file() and "__pycache__" not in path.parts}
    of_this_tree = {each for each in files if not each.startswith(NO_PART)}
    built = {f"web/static/built/{path.name}" for path in (ROOT / "web/static/built").iterdir()}

    assert {each for each in content if ".dist-info/" not in each} == of_this_tree | built
    for each in ("bpmn/initial-pep/initial-pep.bpmn", "web/typesetting/document.typ",
                 "engine/store/migrations/env.py", "web/static/built/bpmn-js-LICENSE.txt",
                 "engine/store/migrations/versions/0005_procrastinate_3_10_0.sql"):
        assert each in content


def test_it_says_what_it_is(content):
    [about] = (message_from_bytes(text) for name, text in content.items()
               if name.endswith(".dist-info/METADATA"))
    [command] = (text.decode() for name, text in content.items()
                 if name.endswith(".dist-info/entry_points.txt"))
    [licence] = (text for name, text in content.items()
                 if name.endswith(".dist-info/licenses/LICENSE"))

    assert about["License-Expression"] == "EUPL-1.2"
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert "Private :: Do Not Upload" in about.get_all("Classifier")
    assert command.splitlines() == ["[console_scripts]", "pepway = web.cli:main"]
    for package in ("engine", "workflows", "web"):
        assert f"{package}/py.typed" in content


def test_another_checkout_gives_the_same_bytes(wheel, elsewhere):
    again = make_dist(elsewhere / "dist", elsewhere)

    for each in (wheel, wheel.with_name("pepway.cdx.json"), wheel.with_name("requirements.txt")):
        assert again.with_name(each.name).read_bytes() == each.read_bytes(), each.name


def test_another_checkout_builds_the_same_scripts_and_styles(elsewhere):
    (elsewhere / "node_modules").symlink_to(ROOT / "node_modules")
    built = elsewhere / "web" / "static" / "built"
    shutil.rmtree(built)

    subprocess.run([shutil.which("node"), "web/assets/build.mjs"], cwd=elsewhere, check=True,
                   capture_output=True)

    assert _digests(built) == _digests(ROOT / "web" / "static" / "built")


def _digests(folder: Path) -> dict[str, str]:
    return {each.name: sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}


@pytest.mark.parametrize("missing", ["web/static/built/manifest.json", "dist/pepway.cdx.json"])
def test_a_wheel_that_would_not_be_whole_is_not_made(elsewhere, missing):
    (elsewhere / "dist").mkdir(exist_ok=True)
    for each in (elsewhere / "dist").glob("*"):
        each.unlink()
    kept = elsewhere / "web/static/built/manifest.json"
    words = kept.read_bytes()
    (elsewhere / "dist/pepway.cdx.json").write_text("{}")
    (elsewhere / missing).unlink()
    try:
        made = subprocess.run(
            [ROOT / ".venv/bin/hatchling", "build", "--target", "wheel", "--directory", "dist"],
            cwd=elsewhere, check=False, capture_output=True, text=True, env=os.environ,
        )
    finally:
        kept.write_bytes(words)

    assert made.returncode != 0
    assert "a wheel is made by `make dist`" in made.stderr
    assert list((elsewhere / "dist").glob("*.whl")) == []
