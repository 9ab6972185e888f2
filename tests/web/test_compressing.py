"""Pages travel compressed to browsers that can read them."""

import gzip

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_browser_that_reads_gzip_is_sent_the_same_page_in_fewer_bytes(council):
    plain = council.visitor().client.get("/accessibility")
    small = council.visitor().client.get("/accessibility", headers=GZIP)

    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Cookie" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accessibility" in gzip.decompress(small.data).decode()


def test_a_browser_that_does_not_and_a_short_answer_get_it_as_it_is(council):
    client = council.visitor().client

    assert "Content-Encoding" not in client.get("/accessibility").headers
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    refused = {"Accept-Encoding": "gzip;q=0"}
    assert "Content-Encoding" not in client.get("/accessibility", headers=refused).headers
