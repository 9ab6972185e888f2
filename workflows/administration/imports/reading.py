"""Reading a CSV file as spreadsheets write it: with or without a mark of UTF-8, with commas or
semicolons; or the same rows from a program. What a cell holds is text; one that a spreadsheet would
run is refused."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.errors import AnswersInvalid
from engine.forms import Option

LARGEST, MOST_ROWS = 2_000_000, 20_000
"""Bytes; rows below the header."""
LONGEST_CELL = 1_000
_YES_OR_NO = {"yes": True, "y": True, "true": True, "1": True,
              "no": False, "n": False, "false": False, "0": False}
FORMULA = ("=", "+", "@", "\t", "\r")
"""A spreadsheet that opens such a cell again may run it."""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    """As it stands in the header; capitals and blanks do not matter."""
    required: bool = True
    longest: int = 200
    explains: str = ""
    """What to write there."""


@dataclass(frozen=True, slots=True)
class Wrong:
    row: int
    """As a spreadsheet counts: the header of a file is row 1."""
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Told:
    row: int
    """As in `Wrong`."""
    sentence: str


Source = str | Sequence[Mapping[str, str]]
"""The text of a CSV file; or rows by the column's title, of which the first is row 1."""


@dataclass(slots=True)
class Row:
    number: int
    cells: Mapping[str, str]
    """By the column's title."""
    wrong: list[Wrong] = field(default_factory=list)

    def says(self, column: str, sentence: str) -> None:
        self.wrong.append(Wrong(self.number, column, sentence))

    def day(self, column: str) -> date | None:
        """Of an empty cell None; one that is no day is said."""
        text = self.cells[column]
        if not text:
            return None
        try:
            if "/" in text:
                day, month, year = (int(part) for part in text.split("/"))
                found = date(year, month, day)
            else:
                found = date.fromisoformat(text)
        except ValueError:
            self.says(column, "Write the day as 2026-07-31 or 31/07/2026")
            return None
        if not 1900 <= found.year <= 2100:
            self.says(column, "Write a year between 1900 and 2100")
            return None
        return found

    def yes(self, column: str) -> bool | None:
        """Of an empty cell None; what is neither yes nor no is said."""
        word = self.cells[column].casefold()
        if word and word not in _YES_OR_NO:
            self.says(column, "Write yes or no")
        return _YES_OR_NO.get(word)

    def one_of(self, column: str, options: Sequence[Option]) -> str:
        """The choice that has this value or label, however its capitals are; of an empty cell
        nothing."""
        word = " ".join(self.cells[column].split()).casefold()
        for each in options:
            if word and word in (each.value.casefold(), each.label.casefold()):
                return each.value
        if word:
            labels = "; ".join(each.label for each in options)
            self.says(column, f"Write one of these: {labels}")
        return ""


def text_of(content: bytes) -> str:
    """Raises `AnswersInvalid` for a file that is too large or no text in UTF-8."""
    if not content.strip():
        raise AnswersInvalid({"file": "Choose a file that is not empty"})
    if len(content) > LARGEST:
        raise AnswersInvalid({"file": "The file is larger than 2 MB. Import it in parts"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswersInvalid({"file": "The file is no CSV in UTF-8. In your spreadsheet, save it "
                                      "as “CSV UTF-8”"}) from None
    if "\0" in text:
        raise AnswersInvalid({"file": "The file is no CSV. In your spreadsheet, save it as "
                                      "“CSV UTF-8”"})
    return text


def rows_in(source: Source, columns: Sequence[Column]) -> list[Row]:
    """Raises `AnswersInvalid` where there are no such columns, no rows, or too many."""
    return _rows_of_file(source, columns) if isinstance(source, str) else _sent(source, columns)


def _sent(rows: Sequence[Mapping[str, str]], columns: Sequence[Column]) -> list[Row]:
    if not rows:
        raise AnswersInvalid({"rows": "Send at least one row"})
    if len(rows) > MOST_ROWS:
        raise AnswersInvalid({"rows": f"Send at most {MOST_ROWS:,} rows at a time"})
    titles = {_plain(each.title) for each in columns}
    unknown = {title for row in rows for title in row if _plain(title) not in titles}
    if unknown:
        raise AnswersInvalid({"rows": f"There is no column {min(unknown)[:80]}"})
    found = []
    for number, sent in enumerate(rows, start=1):
        cells = {_plain(title): cell for title, cell in sent.items()}
        found.append(_row(number, {
            each.title: cells.get(_plain(each.title), "").strip() for each in columns}, columns))
    return found


def _rows_of_file(text: str, columns: Sequence[Column]) -> list[Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""),
                        delimiter=_delimiter(text), strict=True)
    try:
        header = [_plain(cell) for cell in next(reader, [])]
        at = _places(header, columns)
        rows = []
        for number, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                rows.append(_row(number, _by_title(cells, columns, at), columns))
            if len(rows) > MOST_ROWS:
                raise AnswersInvalid({
                    "file": f"The file has more than {MOST_ROWS:,} rows. Import it in parts"})
    except csv.Error:
        raise AnswersInvalid({"file": f"The file cannot be read near line {reader.line_num}: a "
                                      "quotation mark is not closed, or a cell is too long"
                              }) from None
    if not rows:
        raise AnswersInvalid({"file": "The file has no rows below its header"})
    return rows


def _by_title(
    cells: Sequence[str], columns: Sequence[Column], at: Mapping[str, int]
) -> dict[str, str]:
    return {each.title: cells[at[each.title]].strip()
            if each.title in at and at[each.title] < len(cells) else "" for each in columns}


def _row(number: int, found: Mapping[str, str], columns: Sequence[Column]) -> Row:
    row = Row(number, found)
    for each in columns:
        text = found[each.title]
        if each.required and not text:
            row.says(each.title, "This cell is empty")
        elif text.startswith(FORMULA):
            row.says(each.title, "This cell begins as a formula does. Write the value itself")
        elif len(text) > each.longest:
            row.says(each.title, f"Use {each.longest:,} characters or fewer")
        elif any(ord(letter) < 32 for letter in text):
            row.says(each.title, "Remove line breaks and characters that cannot be shown")
    return row


def _places(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    at = {each.title: header.index(_plain(each.title)) for each in columns
          if _plain(each.title) in header}
    missing = [each.title for each in columns if each.required and each.title not in at]
    if missing:
        words = "column" if len(missing) == 1 else "columns"
        raise AnswersInvalid({"file": f"The file has no {words} {', '.join(missing)}. The first "
                                      "row names the columns"})
    return at


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)
