"""Pages travel compressed to browsers that can read them."""

import gzip

import brotli
import pytest

READ_BY = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(("reads", "sent"), [("gzip, deflate, br", "br"), ("gzip", "gzip")])
def test_a_browser_is_sent_the_same_page_in_fewer_bytes(council, reads, sent):
    plain = council.visitor().client.get("/accessibility")
    small = council.visitor().client.get("/accessibility", headers={"Accept-Encoding": reads})

    assert small.headers["Content-Encoding"] == sent
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Cookie" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accessibility" in READ_BY[sent](small.data).decode()


def test_a_browser_that_does_not_and_a_short_answer_get_it_as_it_is(council):
    client = council.visitor().client

    assert "Content-Encoding" not in client.get("/accessibility").headers
    short = client.get("/healthz", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in short.headers
