"""A name is found however its accents, apostrophes and dashes are typed"""

import unicodedata
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LONGEST = 100
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "þ": "th",
                       "æ": "ae", "œ": "oe"})
CHILD = sa.table("child", sa.column("id", sa.Uuid()), sa.column("given_names"),
                 sa.column("known_as"), sa.column("family_name"))
ENDING = sa.table("name_ending", sa.column("ending"), sa.column("child_id", sa.Uuid()))


def upgrade() -> None:
    _keep(_endings)


def downgrade() -> None:
    _keep(_endings_before)


def _keep(endings: Callable[[Sequence[str]], set[str]]) -> None:
    children = op.get_bind().execute(sa.select(CHILD)).all()
    op.execute(sa.delete(ENDING))
    op.bulk_insert(ENDING, [
        {"ending": ending, "child_id": row.id} for row in children
        for ending in endings((row.given_names, row.known_as, row.family_name))
    ])


def _endings(names: Sequence[str]) -> set[str]:
    whole = [_folded(name) for name in names]
    words = {*whole, *(_folded(word) for name in names for word in name.split())}
    return {word[at:at + LONGEST] for word in words for at in range(len(word))}


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().translate(PLAIN)
    return "".join(letter for letter in plain if letter.isalnum())


def _endings_before(names: Sequence[str]) -> set[str]:
    words = unicodedata.normalize("NFKC", " ".join(names)).casefold().split()
    return {word[at:at + LONGEST] for word in words for at in range(len(word))}
