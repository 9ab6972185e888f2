"""What a request asks of the list of cases, and the address that asks the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from flask import request

from engine.work import Acting, Work
from web.reading import reading
from web.typed import FORM_ID, form_id, sent_back, words_posted
from workflows.case_list.asked import KEYS, Asked, Understood, understood
from workflows.case_list.filters import ALL_STATUSES
from workflows.case_list.presets import ALL
from workflows.case_list.views import Views, views_of

LIST = "/cases"
VIEW = "view"
FINISHED_TOO = ("status", ALL_STATUSES)


@dataclass(frozen=True)
class Question:
    """The list as a request asks for it."""

    by: Work | Acting
    views: Views
    read: Understood
    search: str
    """A name stands in no address: it is found by the id of its form."""

    @property
    def asked(self) -> Asked:
        return self.read.asked

    @property
    def is_plain(self) -> bool:
        return not (self.search or self.asked.filters)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        return _said(self.asked)

    def address(
        self, path: str = LIST, asked: Asked | None = None, **more: str | int | None
    ) -> str:
        """That asks for the same, or for this, of the same search."""
        pairs = [*_said(asked or self.asked), *self._search()]
        pairs += [(key, str(value)) for key, value in more.items() if value is not None]
        return f"{path}?{urlencode(pairs)}"

    @property
    def key(self) -> str:
        """Of the view that asks the same, if there is one."""
        if self.search:
            return ""
        same = set(self.asked.pairs())
        return next((view.key for view in self.views.all if set(view.pairs) == same), "")

    def without_search(self) -> str:
        return f"{LIST}?{urlencode(self.pairs)}"

    def _search(self) -> Iterator[tuple[str, str]]:
        if self.search:
            yield FORM_ID, form_id()


def question() -> Question:
    """The view that the address names; else what it says; and the bare list opens with the view
    that this person has chosen for it."""
    by = reading()
    views = views_of(by)
    pairs = [(key, value) for key in KEYS for value in request.args.getlist(key)]
    named = request.args.get(VIEW)
    view, missing = None, list[str]()
    if named is not None:
        view = views.get(named)
        missing = [] if view else ["This view is not there any more. All that run are shown"]
    elif not pairs and FORM_ID not in request.args:
        view = views.first
    read = understood(by, view.pairs if view else pairs)
    read = Understood(read.asked, read.chosen, (*missing, *read.problems))
    search = words_posted(sent_back(LIST)).get("search", "")[:100].strip()
    return Question(by, views, read, search)


def posted_pairs() -> list[tuple[str, str]]:
    """What a form asks for, by the names of its boxes."""
    return [(key, value) for key in KEYS for value in request.form.getlist(key)]


def address_of(pairs: list[tuple[str, str]]) -> str:
    return f"{LIST}?{urlencode(pairs or [(VIEW, ALL)])}"


def _said(asked: Asked) -> list[tuple[str, str]]:
    """Never nothing: the bare list is whatever somebody has chosen to see first."""
    return list(asked.pairs()) or [(VIEW, ALL)]
