"""`pepway backup` and `pepway restore` do the whole of it, or say in one sentence why not."""

import json
import os
import pty
import pwd
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from engine.background import OnlyOne
from engine.store.database import Database
from engine.store.schema import MIGRATIONS, known_revisions

PEPWAY = Path(sys.executable).with_name("pepway")
KEYS = {"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32}
POSTGRESQL = "postgresql://pepway@127.0.0.1:1/pepway"


@pytest.fixture(scope="session")
def wilmas(sqlite_template, tmp_path_factory):
    """A database with Wilma in it, made once."""
    file = tmp_path_factory.mktemp("wilma") / "pepway.db"
    shutil.copyfile(sqlite_template, file)
    add("Wilma", file)
    return file


@pytest.fixture
def database(wilmas, tmp_path):
    """Pepway's database, with Wilma in it."""
    return Path(shutil.copyfile(wilmas, tmp_path / "pepway.db"))


@pytest.fixture
def copy(database, pepway, tmp_path):
    """A backup in a folder of its own."""
    (tmp_path / "safe").mkdir()
    assert pepway("backup", tmp_path / "safe" / "monday.db").code == 0
    return tmp_path / "safe" / "monday.db"


def add(name, file):
    """In a process of its own, which has let go of the database when it ends."""
    subprocess.run(
        [PEPWAY, "user", "add", "--name", f"{name} Ashdown", "--email", f"{name}@council.example",
         "--role", "social_worker", "--password", "three random words"],
        check=True, env=_environment(file),
    )


def _environment(file):
    return {**os.environ, **KEYS, "PEPWAY_DATABASE_URL": f"sqlite:///{file}"}


def people(file):
    with closing(sqlite3.connect(file)) as rows:
        return [name for name, in rows.execute("SELECT name FROM person ORDER BY name")]


def audited(file):
    """Every row that was written about the whole database: what was done, and more of it."""
    with closing(sqlite3.connect(file)) as rows:
        found = rows.execute(
            "SELECT action, data FROM audit WHERE about = 'database' ORDER BY seq").fetchall()
    return [(action, json.loads(data)) for action, data in found]


def operator():
    return pwd.getpwuid(os.getuid()).pw_name


def refused(said, sentence):
    assert said.code == 1
    assert said.is_one_sentence()
    assert sentence in said.remark
    assert said.answer == ""
    return True


def test_a_backup_and_its_way_back(pepway, database, copy):
    add("Xavier", database)

    said = pepway("restore", copy)

    assert said.code == 0
    assert said.answer.startswith(f"{database} is what {copy} holds. The old one is kept as ")
    assert people(database) == ["Wilma Ashdown"]
    [kept] = database.parent.glob("pepway-until-*.db")
    assert str(kept) in said.answer
    assert people(kept) == ["Wilma Ashdown", "Xavier Ashdown"]
    assert pepway("audit", "verify").answer.startswith("No row was altered: ")


def test_the_answer_to_a_program_is_one_object(pepway, database, tmp_path):
    made = pepway("backup", tmp_path / "copy.db", "--json")
    put_back = pepway("restore", tmp_path / "copy.db", "--json")

    [of_backup], [of_restore] = made.objects, put_back.objects
    assert of_backup["file"] == str(tmp_path / "copy.db")
    assert of_backup["database"] == of_restore["database"] == str(database)
    assert of_backup["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert of_backup["revision"] == of_restore["revision"]
    assert people(of_restore["kept"]) == ["Wilma Ashdown"]
    assert (made.remark, put_back.remark) == ("", "")


def test_both_say_how_much_there_is_and_say_the_same(pepway, database, tmp_path):
    [made] = pepway("backup", tmp_path / "copy.db", "--json").objects
    [put_back] = pepway("restore", tmp_path / "copy.db", "--json").objects

    assert made["rows"] == put_back["rows"]
    assert made["rows"] == {"audit": 2, "case": 0, "event": 0, "release": 0, "task": 0}


def test_the_audit_says_who_made_a_backup_and_who_put_it_back(pepway, database, copy):
    assert audited(database)[-1] == audited(copy)[-1] == (
        "back_up_database", {"operator": operator(), "file": str(copy)}
    )
    before = audited(copy)

    assert pepway("restore", copy).code == 0

    assert audited(database) == [
        *before, ("restore_database", {"operator": operator(), "file": str(copy)})
    ]
    assert audited(copy) == before
    [kept] = database.parent.glob("pepway-until-*.db")
    assert audited(kept) == before
    assert pepway("audit", "verify").code == 0


def test_a_backup_that_was_refused_is_in_no_audit(pepway, database, copy):
    before = audited(database)

    assert refused(pepway("backup", copy), "exists already")

    assert audited(database) == before


def test_a_backup_before_an_upgrade_is_made_and_says_that_no_audit_has_it(
    pepway, wilmas, database, tmp_path
):
    database.unlink()
    _make_of_revision("0004", database, people_of=wilmas)

    said = pepway("backup", tmp_path / "copy.db")

    assert said.code == 0
    assert said.is_one_sentence()
    assert "This backup is not in the audit" in said.remark
    assert people(tmp_path / "copy.db") == ["Wilma Ashdown"]


def test_a_terminal_shows_how_far_it_is_and_a_program_reads_the_answer_alone(database, tmp_path):
    terminal, its_end = pty.openpty()
    said = subprocess.run(
        [PEPWAY, "backup", tmp_path / "copy.db", "--json"],
        env=_environment(database), stdout=subprocess.PIPE, stderr=its_end, check=True, text=True,
    )
    os.close(its_end)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)

    assert "Copying and checking" in shown
    assert "100%" in shown
    assert json.loads(said.stdout)["file"] == str(tmp_path / "copy.db")


def test_a_restore_where_there_is_nothing_yet(pepway, settings, copy, tmp_path):
    elsewhere = tmp_path / "new machine" / "pepway.db"
    settings.setenv("PEPWAY_DATABASE_URL", f"sqlite:///{elsewhere}")

    said = pepway("restore", copy, "--json")

    assert said.objects[0]["kept"] is None
    assert people(elsewhere) == ["Wilma Ashdown"]
    assert sorted(each.name for each in elsewhere.parent.iterdir()) == [
        "pepway.db", "pepway.db.lock"
    ]


def test_a_backup_is_replaced_only_when_asked(pepway, database, copy):
    add("Xavier", database)

    assert refused(pepway("backup", copy), f"{copy} exists already")
    assert people(copy) == ["Wilma Ashdown"]
    assert pepway("backup", copy, "--replace").code == 0
    assert people(copy) == ["Wilma Ashdown", "Xavier Ashdown"]


def test_a_database_in_use_is_not_replaced_by_a_backup(pepway, database, copy):
    with closing(sqlite3.connect(copy)) as used, used:
        used.execute("PRAGMA journal_mode = WAL")
        used.execute("UPDATE person SET name = 'Used'")

        assert refused(pepway("backup", copy, "--replace"), "is a database in use")


def test_the_database_is_not_its_own_backup(pepway, database, tmp_path):
    (tmp_path / "link.db").hardlink_to(database)

    for file in (database, tmp_path / "link.db"):
        assert refused(pepway("backup", file, "--replace"), "is the database itself")
        assert refused(pepway("restore", file), "is the database itself")


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("nowhere/copy.db", "There is no folder"), ("safe", "is a folder. Name a file in it")],
)
def test_a_place_that_cannot_be_is_said(pepway, copy, tmp_path, place, sentence):
    assert refused(pepway("backup", tmp_path / place), sentence)


def test_a_database_that_is_not_there_is_not_made(pepway, tmp_path):
    assert refused(pepway("backup", tmp_path / "copy.db"), "There is no database")
    assert list(tmp_path.iterdir()) == []


def test_a_running_pepway_is_not_restored_under_its_feet(pepway, database, copy):
    running = OnlyOne(database)
    running.take()
    try:
        assert refused(pepway("restore", copy), "already running on this database file")
    finally:
        running.give_back()
    assert pepway("restore", copy).code == 0


def _text(file):
    file.write_text("Dear all, " * 1000)


def _nothing(file):
    file.write_bytes(b"")


def _of_another_program(file):
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE alembic_version (version_num)")
        other.execute("INSERT INTO alembic_version VALUES ('0004')")


def _half(file):
    file.write_bytes(file.read_bytes()[:20_000])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_text, "is no database of Pepway"),
        (_nothing, "is no database of Pepway"),
        (_of_another_program, "is no database of Pepway"),
        (_half, "malformed"),
        (os.remove, "There is no database"),
    ],
)
def test_what_is_no_backup_changes_nothing(pepway, database, copy, spoil, sentence):
    if spoil is not _half:
        copy.unlink()
        copy.touch()
    spoil(copy)
    before = sorted(database.parent.iterdir())

    assert refused(pepway("restore", copy), sentence)

    assert sorted(database.parent.iterdir()) in (before, sorted([*before, _lock(database)]))
    assert people(database) == ["Wilma Ashdown"]


def test_a_backup_of_a_newer_pepway_is_refused(pepway, database, copy):
    with closing(sqlite3.connect(copy)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = 'from_the_future'")

    assert refused(pepway("restore", copy), "was made by a newer version of Pepway")
    assert people(database) == ["Wilma Ashdown"]


def test_a_backup_of_an_older_pepway_gets_the_tables_of_this_one(
    pepway, database, wilmas, tmp_path
):
    older = tmp_path / "older.db"
    _make_of_revision("0004", older, people_of=wilmas)
    database.unlink()

    said = pepway("restore", older, "--json")

    assert said.code == 0
    assert said.objects[0]["revision"] == max(known_revisions())
    assert people(database) == ["Wilma Ashdown"]
    assert pepway("audit", "verify").code == 0
    with closing(sqlite3.connect(older)) as still:
        assert still.execute("SELECT version_num FROM alembic_version").fetchone() == ("0004",)


def test_the_restored_file_is_read_by_whoever_read_the_old_one(pepway, database, copy):
    database.chmod(0o640)

    assert pepway("restore", copy).code == 0

    assert database.stat().st_mode & 0o777 == 0o640


def test_postgresql_has_tools_of_its_own(pepway, settings, tmp_path):
    settings.setenv("PEPWAY_DATABASE_URL", POSTGRESQL)

    assert refused(pepway("backup", tmp_path / "copy.db"), "pg_basebackup")
    assert refused(pepway("restore", tmp_path / "copy.db"), "pg_restore")


def test_a_backup_without_a_file_is_wrong_usage(pepway):
    assert pepway("backup").code == 2
    assert pepway("restore").code == 2


def _make_of_revision(revision, file, people_of):
    database, config = Database(f"sqlite:///{file}"), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.engine.dispose()
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute("ATTACH ? AS theirs", (str(people_of),))
        then = ", ".join(row[1] for row in rows.execute("PRAGMA main.table_info(person)"))
        rows.execute(f"INSERT INTO person ({then}) SELECT {then} FROM theirs.person")  # noqa: S608


def _lock(database):
    return database.with_name(f"{database.name}.lock")
