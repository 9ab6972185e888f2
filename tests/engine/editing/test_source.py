"""A file is written again with every byte that was not changed, however others wrote it."""

from pathlib import Path

import pytest

from engine.editing.source import Source
from engine.spiff.xml import read_xml

ROOT = Path(__file__).parents[3]
FILES = [*sorted((ROOT / "bpmn").glob("*/*.bpmn")),
         *sorted((ROOT / "tests/engine/checker/exports").glob("*.bpmn"))]

ODDLY_WRITTEN = b"""\xef\xbb\xbf<?xml version='1.0' encoding="utf-8"?>\r
<!-- before -->
<definitions   xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'
    id = 'd' other:mine="1 &gt; 0" xmlns:other="urn:other" >
  <process id="p"\tisExecutable='true'><!-- a > b --><?keep me?>
    <userTask  id='one' name="Say &quot;yes&quot;" other:colour="red" />
    <documentation><![CDATA[ <b>bold</b> ]]>&amp; more</documentation>
    <userTask id="two"></userTask  >
  </process   >
</definitions>
<!-- behind -->
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_not_changed_is_the_same_to_the_byte(path):
    assert Source(path.read_bytes()).written() == path.read_bytes()


def test_however_it_is_written_it_stays():
    assert Source(ODDLY_WRITTEN).written() == ODDLY_WRITTEN


def test_only_the_attribute_that_is_changed_is_written_anew():
    source = Source(ODDLY_WRITTEN)
    one = next(each for each in source.root.iter("{*}userTask") if each.get("id") == "one")
    one.set("name", 'Say "no" & go')
    one.set("{urn:pepway:bpmn:1}due", "P2D")

    written = source.written()

    read_xml(written)
    changed = ODDLY_WRITTEN.replace(
        b'name="Say &quot;yes&quot;" other:colour="red" />',
        b'name="Say &quot;no&quot; &amp; go" other:colour="red" pepway:due="P2D" />',
    ).replace(b'xmlns:other="urn:other" >',
              b'xmlns:other="urn:other" xmlns:pepway="urn:pepway:bpmn:1" >')
    assert written == changed


def test_an_attribute_that_is_taken_away_leaves_the_others():
    source = Source(ODDLY_WRITTEN)
    one = next(each for each in source.root.iter("{*}userTask") if each.get("id") == "one")
    del one.attrib["name"]

    assert b"<userTask  id='one' other:colour=\"red\" />" in source.written()
