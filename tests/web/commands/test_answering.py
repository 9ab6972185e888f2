"""Everyone who asks is answered; once Pepway is told to stop, whoever comes later is refused."""

import socket
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from web.commands.answering import answer
from web.commands.listening import taken_address


class Slow:
    """An application that answers when it may, with whom the request is said to be for."""

    def __init__(self):
        self.begun, self.may_answer = Event(), Event()

    def __call__(self, environ, start_response):
        self.begun.set()
        assert self.may_answer.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ.get("HTTP_X_FORWARDED_FOR", "nobody").encode()]


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture(params=[1], ids=["behind-a-proxy"])
def proxies(request):
    return request.param


@pytest.fixture
def served(slow, proxies):
    """The port, what tells it to stop, and the thread that ends then."""
    stop = Event()
    with taken_address("127.0.0.1", 0) as sockets:
        running = Thread(target=answer, args=(slow, sockets, stop),
                         kwargs={"behind_proxies": proxies > 0})
        running.start()
        yield sockets[0].getsockname()[1], stop, running
        slow.may_answer.set()
        stop.set()
        running.join(10)
        assert not running.is_alive()


def ask(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/", b"words", {"X-Forwarded-For": "198.51.100.7"})
    return connection


def is_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_who_has_asked_is_answered_and_who_comes_later_is_refused(slow, served):
    port, stop, running = served
    asked = [ask(port) for _ in range(12)]
    assert slow.begun.wait(10)

    stop.set()
    while not is_refused(port):
        pass
    slow.may_answer.set()

    assert [each.getresponse().status for each in asked] == [200] * 12
    for each in asked:
        each.close()
    running.join(10)
    assert not running.is_alive()


@pytest.mark.parametrize(("proxies", "believed"), [(0, b"nobody"), (1, b"198.51.100.7")],
                         indirect=["proxies"])
def test_a_proxy_is_believed_only_where_there_is_one(slow, served, believed):
    slow.may_answer.set()
    asked = ask(served[0])

    assert asked.getresponse().read() == believed
    asked.close()


def test_as_many_as_work_at_the_end_of_a_term_are_answered_over_connections_that_they_keep(
        slow, served):
    slow.may_answer.set()
    kept = []

    for _ in range(150):
        browser = ask(served[0])
        kept.append(browser)
        assert browser.getresponse().read()

    for browser in kept:
        browser.close()
