"""What every import has in common: all rows are checked first, then all are taken in, or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from engine.errors import Refused
from engine.work import Work, query, verb
from workflows.administration.imports.reading import Column, Row, Wrong, rows_in

NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True, slots=True)
class Change:
    """What one row comes to; `do` writes it."""

    kind: str
    do: Callable[[Work], None] = lambda _: None
    child_id: UUID | None = None
    """Whose tasks are to be given again."""


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    title: str
    """As the end of “Import …”."""
    columns: tuple[Column, ...]
    explains: tuple[str, ...]
    """What to know of the columns, a sentence each."""
    weigh: Callable[[Work, Sequence[Row]], list[Change]]
    """A change for each row that has nothing wrong; what is wrong is said on the row."""
    after: Callable[[Work, Sequence[Change]], None] = lambda _work, _changes: None


@dataclass(frozen=True, slots=True)
class Checked:
    new: int
    changed: int
    same: int
    wrong: tuple[Wrong, ...]

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.same


@query
def check_rows(work: Work, kind: Kind, text: str) -> Checked:
    """What an import would do; nothing is written. Raises `AnswersInvalid` for no such file."""
    return _weighed(work, kind, text)[0]


@verb
def import_rows(work: Work, kind: Kind, text: str) -> Checked:
    """Take in all rows. Raises `Refused` where one is wrong, also one that has become so since."""
    checked, changes = _weighed(work, kind, text)
    if checked.wrong:
        raise Refused("Nothing was imported: rows of the file are wrong. Check it again.")
    for change in changes:
        change.do(work)
    work.session.flush()
    kind.after(work, changes)
    work.audit(f"import_{kind.key}", new=checked.new, changed=checked.changed, same=checked.same)
    return checked


def _weighed(work: Work, kind: Kind, text: str) -> tuple[Checked, list[Change]]:
    rows = rows_in(text, kind.columns)
    with work.for_the_council("rows are held against what is there; no child is shown"):
        changes = kind.weigh(work, rows)
    wrong = tuple(each for row in rows for each in row.wrong)
    counts = {name: sum(change.kind == name for change in changes)
              for name in (NEW, CHANGED, SAME)}
    return Checked(counts[NEW], counts[CHANGED], counts[SAME], wrong), changes


def said_once(rows: Sequence[Row], key: Callable[[Row], str], column: str) -> None:
    """The second of two rows that speak of the same is wrong."""
    first: dict[str, int] = {}
    for row in rows:
        said = key(row)
        if said and first.setdefault(said, row.number) != row.number:
            row.says(column, f"This stands in row {first[said]} already. Leave one of them out")
