"""Text as the fonts that come with Typst can show it: PDF/UA allows no letter that no font has.

`letters.txt` holds the letters of those fonts; a test compares it with the fonts.
"""

import unicodedata
from bisect import bisect_right
from enum import Enum
from pathlib import Path
from typing import Any

UNKNOWN = "□"
"""Stands for a letter that cannot be shown."""
JOINERS = "\u200c\u200d"
LONGEST_WORD, PIECE = 40, 16
"""A word of more letters may be broken into pieces, for a column may be too narrow for it. An
e-mail address is seldom longer, and is copied whole."""

_RANGES = [
    (int(first, 16), int(last, 16))
    for first, last in (
        line.split("-")
        for line in (Path(__file__).parent / "letters.txt").read_text().split()
    )
]
_FIRSTS = [first for first, _ in _RANGES]


class Showing(Enum):
    """How much of what was typed is tried, first the most."""

    EVERY_LETTER = "every letter that a font has"
    WITHOUT_MARKS = "and no marks, which no font may have together with their letter"
    PLAIN = "letters of western Europe alone"


def displayable(data: Any, showing: Showing = Showing.EVERY_LETTER) -> Any:
    """The same data, every text in it with a stand-in for what cannot be shown."""
    if isinstance(data, str):
        shown = "".join(_shown(each, showing) for each in unicodedata.normalize("NFC", data))
        return breakable(shown) if shown.strip() or not data.strip() else UNKNOWN
    if isinstance(data, dict):
        return {key: displayable(value, showing) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [displayable(value, showing) for value in data]
    return data


def has_letter(letter: str) -> bool:
    at = bisect_right(_FIRSTS, ord(letter)) - 1
    return at >= 0 and ord(letter) <= _RANGES[at][1]


def breakable(text: str) -> str:
    """A word without an end gets places where a line may end, which are not seen."""
    return "\n".join(
        " ".join(
            word if len(word) <= LONGEST_WORD else "\u200b".join(
                word[at:at + PIECE] for at in range(0, len(word), PIECE)
            )
            for word in line.split(" ")
        )
        for line in text.split("\n")
    )


def _shown(letter: str, showing: Showing) -> str:
    category = unicodedata.category(letter)
    if letter == "\n" or _is_kept(letter, category, showing):
        return letter
    if category in ("Zs", "Zl", "Zp") or letter == "\t":
        return " "
    if category in ("Cc", "Cf", "Mn", "Me", "Sk"):
        return ""
    if category == "So":
        return f"({unicodedata.name(letter, 'picture').lower()})"
    return UNKNOWN


def _is_kept(letter: str, category: str, showing: Showing) -> bool:
    if showing is Showing.PLAIN:
        return has_letter(letter) and letter < "\u0180"
    if showing is Showing.WITHOUT_MARKS and category in ("Mn", "Me"):
        return False
    return letter in JOINERS or has_letter(letter)
