"""Limits, ratings of sections and where cases stand, added up; names in an order; schools' words"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

LONGEST = 100
BETWEEN = re.compile(r"[\s,;/\-\u2010-\u2015]+")
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "þ": "th",
                       "æ": "ae", "œ": "oe"})
OPEN = sa.text("met_on IS NULL AND ended_on IS NULL")
IS_NONE = sa.text("cases = 0")
INDICES = {
    "ix_person_name": ("person", ["name", "id"]),
    "ix_person_team": ("person", ["team_id"]),
    "ix_school_name": ("school", ["name"]),
    "ix_limit_count_stands": ("limit_count", ["stands", "due_on", "deadline", "cases"]),
}
clock = sa.table(
    "clock", sa.column("deadline"), sa.column("due_on", sa.Date()), sa.column("met_on", sa.Date()),
    sa.column("ended_on", sa.Date()), sa.column("explained", sa.Boolean()),
    sa.column("at_pace_on", sa.Date()), sa.column("at_limits_on", sa.Date()),
)
rated = sa.table("section_rating", sa.column("month", sa.Date()), sa.column("section"),
                 sa.column("rating"))


def upgrade() -> None:
    op.add_column("figures_position", sa.Column("stands", sa.Boolean(), nullable=False,
                                                server_default=sa.false()))
    _count("limit_count", [
        sa.Column("deadline", sa.String(4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stands", sa.String(16), nullable=False),
    ], sa.select(clock.c.deadline, clock.c.due_on, _stands().label("stands")))
    _count("section_count", [
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("section", sa.String(64), nullable=False),
        sa.Column("rating", sa.String(16), nullable=False),
    ], sa.select(rated.c.month, rated.c.section, rated.c.rating))
    op.create_table(
        "case_standing",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "element", name="pk_case_standing"),
    )
    op.create_index("ix_case_standing_child_id", "case_standing", ["child_id"])
    _count("standing_count", [
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
    ])
    _index("ix_clock_due", "clock", ["deadline", "due_on", "met_on", "ended_on", "explained",
                                     "child_id", "case_id", "team_id", "school_id"])
    _index("ix_clock_open", "clock", ["due_on", "deadline", "at_pace_on", "at_limits_on",
                                      "child_id", "met_on", "ended_on"], OPEN)
    _index("ix_lacking_what", "lacking", ["what", "since", "child_id"])
    _index("ix_plan_figures_month", "plan_figures",
           ["month", "rating", "own_voice", "targets", "smart", "judged", "met", "child_id"])
    _index("ix_premium_use_month", "premium_use",
           ["month", "purpose", "effect", "uses", "pounds", "child_id"])
    op.drop_index("ix_section_rating_month", "section_rating")
    for name, (table, columns) in INDICES.items():
        op.create_index(name, table, columns)
    _keep_words_of_schools()


def downgrade() -> None:
    op.drop_table("school_word")
    for name, (table, _) in INDICES.items():
        op.drop_index(name, table)
    op.create_index("ix_section_rating_month", "section_rating", ["month", "section", "rating"])
    _index("ix_premium_use_month", "premium_use", ["month"])
    _index("ix_plan_figures_month", "plan_figures", ["month"])
    _index("ix_lacking_what", "lacking", ["what", "since"])
    _index("ix_clock_open", "clock", ["due_on"], OPEN)
    _index("ix_clock_due", "clock", ["deadline", "due_on", "met_on", "ended_on", "explained"])
    for name in ("standing_count", "case_standing", "section_count", "limit_count"):
        op.drop_table(name)
    op.drop_column("figures_position", "stands")


def _count(name: str, key: list[sa.Column[object]], each: sa.Select[object] | None = None) -> None:
    """A table that counts `each` by `key`; the background counts what is not counted here."""
    columns = [column.name for column in key]
    counts = op.create_table(
        name, *key, sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*columns, name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_none", name, ["cases"], sqlite_where=IS_NONE,
                    postgresql_where=IS_NONE)
    if each is not None:
        rows = each.subquery()
        op.execute(counts.insert().from_select(
            [*columns, "cases"], sa.select(*rows.c, sa.func.count()).group_by(*rows.c)))


def _index(name: str, table: str, columns: list[str], only: sa.TextClause | None = None) -> None:
    """In place of the one of that name."""
    op.drop_index(name, table)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def _stands() -> sa.ColumnElement[str]:
    known = clock.c
    late = sa.case((known.explained, "late explained"), else_="late")
    is_late = sa.func.coalesce(known.at_pace_on, known.at_limits_on) > known.due_on
    return sa.case(
        (known.met_on <= known.due_on, "on time"),
        (known.met_on > known.due_on, late),
        (known.ended_on <= known.due_on, "ended before"),
        (known.ended_on > known.due_on, late),
        (sa.and_(is_late, known.explained), "risk explained"),
        (is_late, "at risk"),
        (known.explained, "open explained"),
        else_="open",
    )


def _keep_words_of_schools() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    table = op.create_table(
        "school_word",
        sa.Column("word", sa.String(LONGEST, collation="C" if postgresql else None),
                  nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name="fk_school_word_school_id_school"),
        sa.PrimaryKeyConstraint("word", "school_id", name="pk_school_word"),
        sqlite_with_rowid=False,
    )
    school = sa.table("school", sa.column("id", sa.Uuid()), sa.column("name"))
    op.bulk_insert(table, [
        {"word": word, "school_id": row.id} for row in op.get_bind().execute(sa.select(school))
        for word in _words(row.name)
    ])
    op.create_index("ix_school_word_school_id", "school_word", ["school_id"])


def _words(name: str) -> set[str]:
    words = {*map(_folded, BETWEEN.split(name)), _folded(name)}
    return {word[:LONGEST] for word in words if word}


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().translate(PLAIN)
    return "".join(letter for letter in plain if letter.isalnum())
