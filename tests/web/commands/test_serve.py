"""`pepway serve` either serves or says in one sentence why not, before it has made anything."""

import socket
import sqlite3

import pytest

from engine.errors import Refused
from web.commands.listening import taken_address


@pytest.fixture
def taken():
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_said_before_a_council_is_made(pepway, settings, taken, tmp_path):
    settings.setenv("PEPWAY_DEMO", "1")

    said = pepway("serve", "--port", taken)

    assert said.code == 1
    assert said.is_one_sentence()
    assert f"Port {taken} is in use" in said.remark
    assert not (tmp_path / "pepway.db").exists()


def test_two_that_start_together_do_not_both_get_the_port():
    with taken_address("127.0.0.1", 0) as (first,):
        port = first.getsockname()[1]
        with pytest.raises(Refused, match="in use"), taken_address("127.0.0.1", port):
            pass


@pytest.mark.parametrize("port", ["99999", "0", "-1", "eighty"])
def test_a_port_that_cannot_be_is_wrong_usage(pepway, port):
    said = pepway("serve", "--port", port)

    assert said.code == 2
    assert "Invalid value for '--port'" in said.remark


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a..b", "-"])
def test_an_address_that_is_not_here_is_said(pepway, host):
    said = pepway("serve", "--host", host, "--port", "8000")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "Choose another, such as 127.0.0.1" in said.remark


def test_a_database_server_that_does_not_answer_is_said(pepway, settings):
    settings.setenv("PEPWAY_DATABASE_URL", "postgresql://pepway:secret@127.0.0.1:1/pepway")

    for words in (["migrate"], ["audit", "verify"], ["serve", "--port", "8123"]):
        said = pepway(*words)
        assert said.code == 1
        assert said.is_one_sentence()
        assert "Check PEPWAY_DATABASE_URL" in said.remark
        assert "secret" not in said.remark


def test_a_file_that_is_no_database_is_said(pepway, settings, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all, " * 1000)
    settings.setenv("PEPWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'letter.txt'}")

    said = pepway("migrate")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "file is not a database" in said.remark


def test_a_folder_that_cannot_be_made_is_said(pepway, settings, tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    settings.setenv("PEPWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'pepway.db'}")

    for words in (["migrate"], ["serve", "--port", "8123"]):
        said = pepway(*words)
        assert said.code == 1
        assert said.is_one_sentence()


def test_a_database_of_a_later_version_is_left_alone(pepway, settings, tmp_path):
    assert pepway("migrate").code == 0
    _pretend_a_later_version(tmp_path / "pepway.db", serves=9999)

    said = pepway("migrate")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "another version of Pepway" in said.remark


def test_so_is_one_of_a_later_version_that_serves_this_one(pepway, settings, tmp_path):
    assert pepway("migrate").code == 0
    _pretend_a_later_version(tmp_path / "pepway.db", serves=1)

    said = pepway("migrate")

    assert said.code == 0
    assert "the tables of a later version, which serve this one too" in said.answer


def _pretend_a_later_version(file, *, serves):
    """`serves`: the earliest version that can work on its tables."""
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
        database.execute(f"PRAGMA user_version = {serves}")
    database.close()
