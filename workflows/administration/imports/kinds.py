"""What every import has in common: all rows are checked first, then all are taken in, or none."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from engine.errors import AnswersInvalid, Refused
from engine.work import Acting, Work, query, verb
from workflows.administration.imports.reading import Column, Row, Source, Told, Wrong, rows_in

NEW, CHANGED, SAME, LEFT = "new", "changed", "same", "left"
"""`LEFT`: nothing is done with the row, and `says` tells why."""
WRITTEN_AT_A_TIME = 100
"""Rows, so that a large file needs no more memory than a small one."""
MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What one row comes to; `do` writes it."""

    kind: str
    do: Callable[[Work], None] = lambda _: None
    child_id: UUID | None = None
    """Whose tasks are to be given again."""
    row: Row | None = None
    says: str = ""
    """What the row comes to, for whoever looks before anything is done."""
    is_tried: bool = False
    """A verb of a running case does it, and may refuse it: so it is tried before it is promised.
    What it refuses it says by column."""


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    title: str
    """As the end of “Import …”."""
    columns: tuple[Column, ...]
    explains: tuple[str, ...]
    """What to know of the columns, a sentence each."""
    example: tuple[Mapping[str, str], ...]
    """Rows of the example file, by the column's title."""
    weigh: Callable[[Work, Sequence[Row]], list[Change]]
    """A change for each row that has nothing wrong; what is wrong is said on the row."""
    after: Callable[[Work, Sequence[Change]], None] = lambda _work, _changes: None
    belongs_to: Callable[[Row], Hashable] | None = None
    """Of kinds that move cases, for which a row takes hundredths of a second and not thousandths:
    many of these are taken in part by part, and rows that belong to the same stand in one part."""


@dataclass(frozen=True, slots=True)
class Checked:
    new: int
    changed: int
    same: int
    wrong: tuple[Wrong, ...]
    left: int = 0
    """Rows with which nothing is done."""
    told: tuple[Told, ...] = ()
    """What single rows come to, of kinds that say it."""

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.same + self.left


class RowsWrong(Refused):
    """Nothing was imported: rows of the file are wrong. Check it again."""

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__()
        self.wrong = wrong


Watch = Callable[[int, int], None]
"""Called with how many rows are done, and how many there are."""


def check_rows(
    by: Acting | Work, kind: Kind, source: Source,
    worth_trying: Callable[[Checked], bool] = lambda _checked: True,
) -> Checked:
    """What an import would do; nothing is done, but that it was asked is on record, for the answer
    tells whom Pepway knows. Raises `AnswersInvalid` for no such file.

    What is left to the verbs of a running case is done, and taken back: the two cannot differ.
    It takes as long as the import; `worth_trying` says whether it is worth that.
    """
    acting = by.acting if isinstance(by, Work) else by
    checked, changes = _read(by, kind, source)
    if (not checked.wrong and any(change.is_tried for change in changes)
            and worth_trying(checked)):
        checked = replace(checked, wrong=_tried(replace(acting, answer=None), kind, source))
    note_checked(acting, kind, checked.wrong, rows=checked.rows)
    return checked


@verb
def note_checked(
    work: Work, kind: Kind, wrong: Sequence[Wrong], rows: int | None = None
) -> None:
    """That rows were held against what is here, also where an import was refused for them."""
    work.audit(f"check_import_{kind.key}", wrong=len(wrong), rows=rows)


@verb
def import_rows(
    work: Work, kind: Kind, source: Source, watch: Watch = lambda _done, _all: None
) -> Checked:
    """Take in all rows. Raises `RowsWrong` where one is wrong, also one that has become so since.
    """
    return take_in(work, kind, rows_in(source, kind.columns), watch=watch)


def take_in(
    work: Work, kind: Kind, rows: Sequence[Row], about: str = "",
    watch: Watch = lambda _done, _all: None,
) -> Checked:
    """As `import_rows`, of these rows; where it raises, what was written is to be taken back."""
    checked, changes = _weighed(work, kind, rows)
    wrong = checked.wrong or _done(work, changes, watch)
    if wrong:
        raise RowsWrong(wrong)
    work.session.flush()
    kind.after(work, changes)
    work.audit(f"import_{kind.key}", about=about, new=checked.new, changed=checked.changed,
               same=checked.same)
    return checked


@query
def weigh_rows(work: Work, kind: Kind, source: Source) -> Checked:
    """As `check_rows`, without trying what the verbs of a running case may refuse."""
    return _weighed(work, kind, rows_in(source, kind.columns))[0]


@query
def _read(work: Work, kind: Kind, source: Source) -> tuple[Checked, list[Change]]:
    return _weighed(work, kind, rows_in(source, kind.columns))


def _tried(by: Acting, kind: Kind, source: Source) -> tuple[Wrong, ...]:
    try:
        with by.begin() as work:
            _, changes = _weighed(work, kind, rows_in(source, kind.columns))
            raise _TakenBack(_done(work, [each for each in changes if each.is_tried]))
    except _TakenBack as taken_back:
        return taken_back.wrong


class _TakenBack(Exception):
    """Carries what was refused out of a transaction that is rolled back."""

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__()
        self.wrong = wrong


def _done(
    work: Work, changes: Sequence[Change], watch: Watch = lambda _done, _all: None
) -> tuple[Wrong, ...]:
    """What was refused meanwhile; then the transaction is not to be kept."""
    wrong: list[Wrong] = []
    for number, change in enumerate(changes, start=1):
        try:
            change.do(work)
        except AnswersInvalid as problem:
            row = change.row.number if change.row else 0
            wrong += [Wrong(row, column, said) for column, said in problem.errors.items()]
        if number % WRITTEN_AT_A_TIME == 0 or number == len(changes):
            work.write()
            watch(number, len(changes))
    return tuple(wrong)


def _weighed(work: Work, kind: Kind, rows: Sequence[Row]) -> tuple[Checked, list[Change]]:
    with work.for_the_council("rows are held against what is there; no child is shown"):
        changes = kind.weigh(work, rows)
    wrong = tuple(each for row in rows for each in row.wrong)
    told = tuple(Told(change.row.number, change.says) for change in changes
                 if change.row and change.says)
    counts = {name: sum(change.kind == name for change in changes)
              for name in (NEW, CHANGED, SAME, LEFT)}
    return Checked(counts[NEW], counts[CHANGED], counts[SAME], wrong, counts[LEFT], told), changes


def said_once(rows: Sequence[Row], key: Callable[[Row], str], column: str) -> None:
    """The second of two rows that speak of the same is wrong."""
    first: dict[str, int] = {}
    for row in rows:
        said = key(row)
        if said and first.setdefault(said, row.number) != row.number:
            row.says(column, f"This stands in row {first[said]} already. Leave one of them out")


def in_parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """For a statement takes only so many values."""
    every = list(values)
    for begin in range(0, len(every), MOST_VALUES):
        yield every[begin:begin + MOST_VALUES]
