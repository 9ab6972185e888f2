"""Every diagram of bpmn/ opens in the studio's bpmn-js, which knows all that is written in it."""

import json
import subprocess

import pytest
from chromium import ROOT

DIAGRAMS = sorted((ROOT / "bpmn").glob("*/*.bpmn"))
REVIEW = ROOT / "bpmn/review-pep/review-pep.bpmn"

EDITOR = """
import Modeler from 'bpmn-js/lib/Modeler';
import { openEditor } from './editor.js';

const importXML = Modeler.prototype.importXML;
let warnings;
Modeler.prototype.importXML = async function (...given) {
  const result = await importXML.apply(this, given);
  warnings = result.warnings.map(({ message }) => message);
  return result;
};

function* within(element, seen = new Set()) {
  if (!element?.$type || seen.has(element)) return;
  seen.add(element);
  yield element;
  for (const { name } of element.$descriptor.properties) {
    for (const each of [element[name]].flat()) yield* within(each, seen);
  }
}

window.open_in_studio = async (xml) => {
  document.body.innerHTML = '<div id="canvas" style="height: 600px"></div>';
  const modeler = await openEditor(document.getElementById('canvas'), xml);
  const elements = [...within(modeler.getDefinitions())];
  return {
    warnings,
    unknown: elements.flatMap((each) => Object.keys(each.$attrs)
      .filter((name) => name.startsWith('pepway:')).map((name) => `${each.id} ${name}`)),
    known: elements.filter((each) => each.guidance).length,
    shapes: modeler.get('elementRegistry').filter((each) => each.businessObject?.id).length,
  };
};
"""
"""The studio's own editor, with what it is told and does not show."""


@pytest.fixture(scope="module")
def bundle():
    return subprocess.run(
        [ROOT / "node_modules/.bin/esbuild", "--bundle", "--format=iife", "--loader=js"],
        input=EDITOR, cwd=ROOT / "web/assets/studio", check=True, capture_output=True, text=True,
    ).stdout


@pytest.fixture
def opened(browser, bundle):
    """What bpmn-js makes of a diagram."""
    page = browser.new_page()
    page.set_content("<!doctype html><title>Studio</title><body></body>")
    page.add_script_tag(content=bundle)
    yield lambda xml: page.evaluate(f"open_in_studio({json.dumps(xml)})")
    page.close()


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_opens_without_a_warning_and_with_all_its_attributes(opened, path):
    xml = path.read_text(encoding="utf-8")
    found = opened(xml)
    assert (found["warnings"], found["unknown"]) == ([], [])
    assert found["known"] == xml.count(" pepway:guidance=")
    assert found["shapes"] >= xml.count("<bpmndi:BPMNShape ")


def test_an_attribute_that_the_studio_does_not_know_is_noticed(opened):
    xml = REVIEW.read_text(encoding="utf-8")
    assert opened(xml.replace("pepway:guidance=", "pepway:advice=", 1))["unknown"] != []


def test_a_shape_of_nothing_is_noticed(opened):
    xml = REVIEW.read_text(encoding="utf-8")
    assert opened(xml.replace('<bpmn:endEvent id="', '<bpmn:endEvent id="no_', 1))["warnings"]
