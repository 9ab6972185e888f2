"""`pepway figures anew`: thrown away, to be counted again while Pepway runs; nothing else is."""

import sqlite3
from contextlib import closing

FIGURES = ("figures_position", "clock", "lacking", "plan_figures", "section_rating", "premium_use",
           "step_time", "standing_day", "variant")


def rows(database, table):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608


def test_figures_are_thrown_away_and_the_record_is_not(
    pepway, settings, tmp_path, furnished_file
):
    database = tmp_path / "pepway.db"
    database.write_bytes(furnished_file[0].read_bytes())
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO step_time VALUES ('p', 'e', '2026-03-01', 'whole', 1, 1, 0)")
        connection.execute("INSERT INTO lacking VALUES ('c', 'no_plan', '2026-03-01')")
        connection.commit()
    people, on_record = rows(database, "person"), rows(database, "audit")

    said = pepway("figures", "anew")

    assert (said.code, said.remark) == (0, "")
    assert said.answer == (
        "The figures are thrown away. Pepway counts them again while it runs.\n"
    )
    assert [rows(database, table) for table in FIGURES] == [0] * len(FIGURES)
    assert (rows(database, "person"), rows(database, "audit")) == (people, on_record + 1)
