"""A signed version that waits is made once, leaves, however often, and is received."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.errors import NotFound
from engine.store.models import Case
from engine.work import Work, verb
from workflows.accounts.sealing import Sealing
from workflows.council import council_name
from workflows.documents.copies import GivenCopy, give_copy, note_copy_not_made
from workflows.documents.purposes import PURPOSES
from workflows.documents.recipients import RECIPIENTS
from workflows.filing.data import data_of
from workflows.filing.table import held_filing, must_stay, the_case_system
from workflows.webhooks.signing import secrets_of

PURPOSE, RECIPIENT = PURPOSES["plan"], RECIPIENTS["care_plan"]
REFERENCE = re.compile(r"[A-Za-z0-9#._/:-]{1,64}")
"""What is kept of a reference: an id, and no words."""


@dataclass(frozen=True, slots=True)
class ToFile:
    """A signed version that may leave now."""

    id: UUID
    address: str
    secrets: tuple[str, ...]
    at: datetime
    body: bytes | None
    """None: it is to be made first."""


@verb
def to_file(work: Work, filing_id: UUID, sealing: Sealing) -> ToFile | None:
    """None where it must not leave, or has arrived. Whether the record is restricted is asked each
    time: what was made of it before is thrown away."""
    row, system = held_filing(work, filing_id), the_case_system(work)
    if row is None or row.received_at or row.by_hand or system is None or system.paused_at:
        return None
    if must_stay(work, row.child_id):
        row.by_hand, row.body = True, None
        work.event(work.session.get_one(Case, row.case_id), "plan_not_filed", version=row.version)
        return None
    return ToFile(row.id, system.address, secrets_of(system, sealing, work.now), work.now,
                  row.body)


@verb
def copy_to_file(work: Work, filing_id: UUID) -> tuple[GivenCopy, dict[str, Any], str]:
    """A numbered copy, the data beside it, and the council's name. A number that was given before,
    and under which nothing left, is noted."""
    row = held_filing(work, filing_id)
    if row is None:
        raise NotFound
    if row.copy_id is not None:
        note_copy_not_made(work, row.child_id, row.copy_id)
    copy = give_copy(work, row.child_id, PURPOSE, RECIPIENT, lambda _class: True,
                     "goes to the case system", row.version)
    row.copy_id = copy.id
    return copy, data_of(work, row, RECIPIENT), council_name(work)


@verb
def note_not_made(work: Work, filing_id: UUID) -> None:
    row = held_filing(work, filing_id)
    if row is not None and row.copy_id is not None:
        note_copy_not_made(work, row.child_id, row.copy_id)
        row.copy_id = None


@verb
def keep_made(work: Work, filing_id: UUID, body: bytes, sha256: str) -> None:
    """From here on the same is sent each time."""
    row = held_filing(work, filing_id)
    if row is not None:
        row.body, row.sha256 = body, sha256


@verb
def note_filed(work: Work, filing_id: UUID, answer: bytes) -> None:
    row = held_filing(work, filing_id)
    if row is None or row.received_at is not None:
        return
    row.received_at, row.reference, row.body = work.now, reference_in(answer), None
    work.event(work.session.get_one(Case, row.case_id), "plan_filed", version=row.version,
               reference=row.reference)
    work.audit("file_plan", child_id=row.child_id, about=f"plan_filing:{row.id}",
               version=row.version, sha256=row.sha256)


def reference_in(answer: bytes) -> str | None:
    """Of whatever a case system answers."""
    try:
        said: Any = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    found = said.get("reference") if isinstance(said, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) if REFERENCE.fullmatch(str(found)) else None
