"""Files from people we do not trust: a sentence that says what to do, and nothing else happens."""

import pytest

from engine.spiff.xml import MOST_BYTES, Unreadable, read_xml

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
BILLION = (
    HEAD + '<!DOCTYPE a [<!ENTITY b "haha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"Dear all, please find attached", "not well-formed XML"),
        (b"%PDF-1.7 \xe2\xe3\xcf\xd3", "not XML in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not well-formed XML"),
        (b"<a>", "not well-formed XML"),
        (f"{HEAD}<a/>".encode("utf-16"), "not XML in UTF-8"),
        ("<a/>".encode("utf-16-le"), "not well-formed XML"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "UTF-8"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), "UTF-8"),
        (b"<a>" + b"x" * MOST_BYTES + b"</a>", "larger than 2 MB"),
        (f"{HEAD}<!DOCTYPE a><a/>".encode(), "DOCTYPE"),
        (f'{HEAD}<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>'.encode(), "DOCTYPE"),
        (BILLION.encode(), "DOCTYPE"),
        (f'{HEAD}<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'.encode(),
         "DOCTYPE"),
        (b"<a>&undefined;</a>", "not well-formed XML"),
        (b"<a>" * 400 + b"</a>" * 400, "more than 256 elements inside each other"),
        (b"<a>" * 5000 + b"</a>" * 5000, "more than 256 elements inside each other"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(content, said):
    with pytest.raises(Unreadable, match=said) as refused:
        read_xml(content)
    assert refused.value.message.endswith(".")


def test_a_plain_file_is_read_without_comments_and_instructions():
    root = read_xml(f"﻿{HEAD}<?go away?><a><!-- no --><b name='é'/></a>".encode())
    assert [(child.tag, child.get("name")) for child in root] == [("b", "é")]


def test_a_doctype_in_a_text_is_only_text():
    assert read_xml(b"<a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_another_file_that_is_named_is_not_read(tmp_path):
    (tmp_path / "secret.xml").write_text("<secret/>")
    root = read_xml(b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="'
                    + (tmp_path / "secret.xml").as_uri().encode() + b'"/></a>')
    assert [child.tag for child in root.iter()] == [
        "a", "{http://www.w3.org/2001/XInclude}include"
    ]
