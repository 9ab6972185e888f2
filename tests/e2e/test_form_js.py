"""Every form of bpmn/ opens in the studio's form-js, and comes back as it was; tables do, too."""

import json
import subprocess

import pytest
from chromium import ROOT

FORMS = sorted((ROOT / "bpmn").glob("*/*.form"))
BUILT = ROOT / "web/static/built"
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:pepway="urn:pepway:dmn:1"
    xmlns:other="urn:other" id="file" name="Often" namespace="urn:d">
  <decision id="often" name="How often">
    <extensionElements>
      <other:note by="someone">kept</other:note>
      <pepway:tests>
        <pepway:test name="A red plan">
          <pepway:given name="rating">"red"</pepway:given>
          <pepway:expect name="weeks">2</pepway:expect>
        </pepway:test>
      </pepway:tests>
    </extensionElements>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="in" label="How good?">
        <inputExpression id="asks" typeRef="string"><text>rating</text></inputExpression>
      </input>
      <output id="out" name="weeks" typeRef="number" />
      <rule id="rule_1">
        <description>Because</description>
        <inputEntry id="a"><text>"red"</text></inputEntry>
        <outputEntry id="b"><text>2</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""
EDITORS = """
import { openEditor as openForm } from './form-editor/editor.js';
import { openEditor as openTable } from './decision-editor/editor.js';

const place = () => {
  document.body.innerHTML = '<div id="canvas" style="height: 600px"></div>';
  return document.getElementById('canvas');
};
window.form_and_back = async (schema) => (await openForm(place(), schema, {})).form();
window.form_with_words = async (schema, key, words) => {
  const { editor, form } = await openForm(place(), schema, {});
  const field = editor.get('formFieldRegistry').getAll().find((each) => each.key === key);
  editor.get('modeling').editFormField(field, 'label', words);
  return form();
};
window.table_and_back = async (xml) => {
  const editor = await openTable(place(), xml, () => {});
  return (await editor.saveXML({ format: true })).xml;
};
"""
"""The studio's own editors."""


@pytest.fixture(scope="module")
def page(browser):
    bundle = subprocess.run(
        [ROOT / "node_modules/.bin/esbuild", "--bundle", "--format=iife", "--loader=js",
         "--alias:preact=preact-for-form-js"],
        input=EDITORS, cwd=ROOT / "web/assets", check=True, capture_output=True, text=True,
    ).stdout
    opened = browser.new_page()
    opened.set_content("<!doctype html><title>Studio</title><body></body>")
    opened.add_script_tag(content=bundle)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_form_that_is_opened_and_saved_says_the_same(page, path):
    content = path.read_text(encoding="utf-8")
    back = page.evaluate(f"form_and_back({content})")
    assert json.dumps(back, indent=2, ensure_ascii=False) + "\n" == content


def test_of_a_question_that_is_worded_otherwise_only_the_words_change(page):
    content = (ROOT / "bpmn/initial-pep/set_targets_and_actions.form").read_text(encoding="utf-8")
    old = "Is it for the short or the long term?"
    key = next(each["key"] for group in json.loads(content)["components"]
               for one in group.get("components", []) for each in one.get("components", [])
               if each.get("label") == old)
    back = page.evaluate(f"form_with_words({content}, {json.dumps(key)}, 'What shall be?')")
    assert json.dumps(back, indent=2, ensure_ascii=False) + "\n" == content.replace(
        old, "What shall be?")


def test_the_tests_of_a_table_and_what_others_wrote_come_back(page):
    back = page.evaluate(f"table_and_back({json.dumps(TABLE)})")
    for kept in ('<other:note by="someone">kept</other:note>', '<pepway:test name="A red plan">',
                 '<pepway:given name="rating">"red"</pepway:given>',
                 '<pepway:expect name="weeks">2</pepway:expect>', "<description>Because"):
        assert kept in back
