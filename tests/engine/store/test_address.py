"""Where a database is: a file, a server, or several servers of which one takes writes."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from engine.store.address import conninfo, read_address


def libpq(url):
    """What libpq is told."""
    return conninfo_to_dict(conninfo(read_address(url)))


@pytest.mark.parametrize("query", ["", "?target_session_attrs=read-write"])
def test_of_several_hosts_the_one_that_takes_writes_is_used(query):
    said = libpq(f"postgresql://pepway:p%40ss@one.example:5433,[::1]:5434/council{query}")

    assert said["host"] == "one.example,::1"
    assert said["port"] == "5433,5434"
    assert said["target_session_attrs"] == "read-write"
    assert (said["user"], said["password"], said["dbname"]) == ("pepway", "p@ss", "council")


def test_hosts_without_a_port_have_the_usual_one():
    said = libpq("postgres://one,two/council")

    assert said["host"] == "one,two"
    assert "port" not in said


def test_every_commit_is_durable_whatever_else_the_address_asks():
    said = libpq("postgresql://h/council?options=-csynchronous_commit%3Doff")

    assert said["options"].endswith(" -csynchronous_commit=on")


def test_no_query_is_compiled_unless_the_address_asks_for_it():
    assert "-cjit=off" in libpq("postgresql://h/council")["options"]
    asked = libpq("postgresql://h/council?options=-cjit%3Don")["options"]
    assert asked.index("-cjit=off") < asked.index("-cjit=on")


def test_a_server_that_has_vanished_is_noticed_soon_or_as_the_address_says():
    assert libpq("postgresql://h/council")["connect_timeout"] == "3"
    assert libpq("postgresql://h/council?connect_timeout=9")["connect_timeout"] == "9"


def test_a_socket_is_an_address_too():
    said = libpq("postgresql:///council?host=/run/postgresql")

    assert (said["host"], said["dbname"]) == ("/run/postgresql", "council")
    assert "target_session_attrs" not in said
