"""Cases ticked in the list, as the addresses of pages that do something with them name them."""

from collections.abc import Collection
from uuid import UUID

from flask import request, url_for

from engine.errors import NotFound

CASES, GIVEN = "cases", "given"
"""Of an address: the chosen cases, and the steps of them that were given to others before."""


def cases_named() -> list[UUID]:
    """The chosen ones; none where the whole list is meant."""
    return ids_named(CASES)


def ids_named(key: str) -> list[UUID]:
    """Raises `NotFound` for what is none."""
    named = request.args.get(key, "")
    try:
        return [UUID(each) for each in named.split(",")] if named else []
    except ValueError as not_an_id:
        raise NotFound from not_an_id


def still_to_give_of_them(given: Collection[UUID] = ()) -> str | None:
    """The page of what is left to give, when these steps are given too; None where no cases were
    chosen."""
    if CASES not in request.args:
        return None
    given = sorted({*ids_named(GIVEN), *given})
    return url_for("cases.chosen.give", cases=request.args[CASES],
                   given=",".join(map(str, given)) or None)
