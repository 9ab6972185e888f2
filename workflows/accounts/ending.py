"""Ending whatever is open in a person's name: sessions, halves of signing in, links by mail."""

from uuid import UUID

from sqlalchemy import delete

from engine.work import Work
from workflows.accounts.tables import AccountLink, HalfSignedIn
from workflows.sessions import WebSession


def end_everything_open(work: Work, person_id: UUID) -> None:
    for table in (WebSession, HalfSignedIn, AccountLink):
        work.session.execute(delete(table).where(table.person_id == person_id))
