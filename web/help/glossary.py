"""The words of the field and of Pepway, from one file, which README points to as well."""

import tomllib
from dataclasses import dataclass
from functools import cache

from web.help.guides import HERE


@dataclass(frozen=True, slots=True)
class Term:
    word: str
    meaning: str
    also: tuple[str, ...] = ()
    """Short and other names of it."""

    @property
    def id(self) -> str:
        return "-".join("".join(c if c.isalnum() else " " for c in self.word.lower()).split())

    @property
    def whole(self) -> str:
        return f"{self.word} ({', '.join(self.also)})" if self.also else self.word


@cache
def glossary() -> tuple[Term, ...]:
    """By the alphabet."""
    rows = tomllib.loads((HERE / "glossary.toml").read_text(encoding="utf-8"))["term"]
    terms = [Term(row["word"], row["meaning"], tuple(row.get("also", ()))) for row in rows]
    return tuple(sorted(terms, key=lambda term: term.word.casefold()))
