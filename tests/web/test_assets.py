"""What the browser is sent: light, without what belongs to GOV.UK alone, and with its licences."""

import gzip
import json
from pathlib import Path

import pytest

BUILT = Path(__file__).parents[2] / "web" / "static" / "built"
MANIFEST = json.loads((BUILT / "manifest.json").read_text())
KILOBYTE = 1024


def sent(name):
    """Bytes over the wire."""
    return len((BUILT / f"{MANIFEST[name]}.gz").read_bytes())


def test_a_practitioners_page_gets_little():
    assert sent("site.js") + sent("site.css") <= 45 * KILOBYTE


@pytest.mark.parametrize(("editor", "most"), [
    ("studio", 250), ("form-editor", 475), ("decision-editor", 325)])
def test_a_page_of_the_studio_gets_no_more_than_its_editor_needs(editor, most):
    """Of the 600 KB that such a page may have, its own words need the rest."""
    names = ("site.js", "site.css", "diagram.css", f"{editor}.js", f"{editor}.css")
    assert sum(sent(name) for name in names) <= most * KILOBYTE


@pytest.mark.parametrize("name", [
    "site.css", "studio.css", "form-editor.css", "decision-editor.css"])
def test_no_typeface_of_gov_uk_and_nothing_fetched_from_elsewhere(name):
    style = (BUILT / MANIFEST[name]).read_text()

    assert "GDS Transport" not in style
    assert "url(http" not in style
    assert "url(//" not in style


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_the_compressed_file_is_the_file(name):
    plain = (BUILT / MANIFEST[name]).read_bytes()

    assert gzip.decompress((BUILT / f"{MANIFEST[name]}.gz").read_bytes()) == plain


@pytest.mark.parametrize("package", ["govuk-frontend", "bpmn-js", "diagram-js", "preact"])
def test_the_licence_of_what_is_bundled_goes_with_it(package):
    text = (BUILT / f"{package}-LICENSE.txt").read_text()

    assert "Copyright" in text
    assert "Permission is hereby granted" in text
