"""Views of the list that are kept: one's own, and those that a manager shares with the council.

A view is what was asked, as pairs of words; it is read as strictly as an address is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, Text, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import AnswersInvalid, NotAllowed, NotFound
from engine.store.base import Base, new_id
from engine.work import Work, query, verb
from workflows.access import decide
from workflows.case_list.asked import Asked
from workflows.case_list.presets import ALL, PRESETS
from workflows.people import one_at_a_time

LONGEST_NAME = 60
MOST = 30
"""Views of one person."""


class SavedView(Base):
    __tablename__ = "saved_view"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    """Who made it."""
    shared: Mapped[bool]
    """With everybody who sees the list; each sees in it what they may see."""
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[list[list[str]]] = mapped_column(JSON)
    """Pairs of key and value, as `Asked.pairs` says them."""
    made_at: Mapped[datetime]


class DefaultView(Base):
    """With which view the list opens for somebody."""

    __tablename__ = "default_view"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    view: Mapped[str] = mapped_column(String(36))
    """Key of a preset, or id of a view."""


@dataclass(frozen=True, slots=True)
class View:
    key: str
    name: str
    pairs: tuple[tuple[str, str], ...]
    own: bool = False
    shared: bool = False
    may_remove: bool = False


@dataclass(frozen=True, slots=True)
class Views:
    presets: Sequence[View]
    saved: Sequence[View]
    """Own ones first."""
    opens_with: str
    """Key of the view that the bare list is."""

    @property
    def all(self) -> Sequence[View]:
        return (*self.presets, *self.saved)

    def get(self, key: str) -> View | None:
        return next((view for view in self.all if view.key == key), None)

    @property
    def first(self) -> View:
        return self.get(self.opens_with) or self.presets[0]


@query
def views_of(work: Work) -> Views:
    """Those that the actor can choose."""
    rows = work.session.execute(
        select(SavedView.id, SavedView.person_id, SavedView.shared, SavedView.name,
               SavedView.query)
        .where(_theirs(work))
        .order_by(SavedView.person_id != work.actor.id, func.lower(SavedView.name), SavedView.id)
    )
    shares = decide(work.actor, "share_view").allowed
    saved = [
        View(str(row.id), row.name, tuple((str(key), str(value)) for key, value in row.query),
             own=row.person_id == work.actor.id, shared=row.shared,
             may_remove=row.person_id == work.actor.id or shares)
        for row in rows
    ]
    presets = [View(key, preset.name, preset.query) for key, preset in PRESETS.items()]
    default = work.session.scalar(
        select(DefaultView.view).where(DefaultView.person_id == work.actor.id))
    return Views(presets, saved, default or ALL)


@verb
def save_view(work: Work, name: str, asked: Asked, *, shared: bool = False) -> UUID:
    """Keep what is asked under a name; one's own view of that name is replaced.

    Raises `AnswersInvalid`, and `NotAllowed` for sharing by whoever manages nothing.
    """
    name = " ".join(name.split())
    if not name:
        raise AnswersInvalid({"name": "Enter a name for the view"})
    if len(name) > LONGEST_NAME:
        raise AnswersInvalid({"name": f"The name must be {LONGEST_NAME} characters or fewer"})
    if name.casefold() in {preset.name.casefold() for preset in PRESETS.values()}:
        raise AnswersInvalid({"name": "Everybody has a view of this name. Enter another"})
    if shared and not decide(work.actor, "share_view").allowed:
        raise NotAllowed
    one_at_a_time(work)
    own = work.session.scalars(
        select(SavedView).where(SavedView.person_id == work.actor.id)).all()
    view = next((each for each in own if each.name.casefold() == name.casefold()), None)
    if view is None:
        if len(own) >= MOST:
            raise AnswersInvalid({"name": f"You have {MOST} views. Remove one of them first"})
        view = SavedView(id=new_id(), person_id=work.actor.id)
        work.session.add(view)
    view.name, view.shared, view.made_at = name, shared, work.now
    view.query = [list(pair) for pair in asked.pairs()]
    work.audit("share_view" if shared else "save_view", about=f"view:{view.id}")
    return view.id


@verb
def remove_view(work: Work, view_id: UUID) -> None:
    """One's own, or one that is shared, for whoever may share. Raises `NotFound`."""
    view = work.session.scalar(select(SavedView).where(SavedView.id == view_id, _theirs(work)))
    if view is None or not (view.person_id == work.actor.id
                            or decide(work.actor, "share_view").allowed):
        raise NotFound
    work.session.execute(delete(DefaultView).where(DefaultView.view == str(view_id)))
    work.session.delete(view)
    work.audit("remove_view", about=f"view:{view_id}")


@verb
def open_with(work: Work, key: str) -> None:
    """Let the list open with this view. Raises `AnswersInvalid` where there is no such view."""
    if views_of(work).get(key) is None:
        raise AnswersInvalid({"view": "Choose one of the views"})
    one_at_a_time(work)
    chosen = work.session.get(DefaultView, work.actor.id)
    if chosen is None:
        work.session.add(DefaultView(person_id=work.actor.id, view=key))
    else:
        chosen.view = key
    work.audit("open_with_view", about=f"view:{key}")


def _theirs(work: Work) -> ColumnElement[bool]:
    return or_(SavedView.person_id == work.actor.id, SavedView.shared)
