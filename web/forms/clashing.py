"""Answers that two people changed: which they are, and both of them in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flask import g

from engine.domain import Kept
from engine.errors import Clash
from engine.forms import Form
from web.access import may_see
from web.reading import reading
from workflows.answers_in_words import in_words
from workflows.people import names
from workflows.task_page import sees


class Asked(Protocol):
    """A form, and what the record holds for it by key."""

    @property
    def form(self) -> Form: ...

    @property
    def kept(self) -> Mapping[str, Kept]: ...


def clashes_in(
    asked: Asked, raw: Mapping[str, Any], seen: Mapping[str, int], keys: Sequence[str]
) -> tuple[Clash, ...]:
    """Which answers somebody else changed since the form was opened, as they stand now."""
    kept = asked.kept
    return tuple(
        Clash(key, field.path, field.label, raw[key], kept[key].value, kept[key].version,
              kept[key].by, kept[key].at)
        for field in asked.form.inputs()
        if (key := field.key) in keys and key in kept and key in raw
        and kept[key].version != seen.get(key)
    )


def in_both_words(form: Form, clashes: Sequence[Clash]) -> list[dict[str, Any]]:
    """For `forms/clash.html`."""
    called = names(reading(), [clash.by for clash in clashes])
    return [
        {
            "clash": clash,
            "field": (field := form.input(clash.key)),
            "current": in_words(field, clash.current)
                if sees(g.acting.actor.id, clash, may_see) else None,
            "typed": in_words(field, clash.typed),
            "who": called.get(clash.by, "") if clash.by else "",
        }
        for clash in clashes
    ]
