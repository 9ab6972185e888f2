"""The case system, as administrators keep it: named once, tried, paused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.errors import NotFound
from engine.forms import Field, Form, valid_answers
from engine.store.base import new_id
from engine.work import Work, query, verb
from workflows.accounts.sealing import Sealing
from workflows.filing.again import hold_back, let_go
from workflows.filing.leaving import ToFile, reference_in
from workflows.filing.table import CaseSystem, the_case_system
from workflows.webhooks.addresses import must_be_an_address
from workflows.webhooks.signing import exchange_secret, new_secret, secrets_of

TRIAL = "case_system_tried"
FORM = Form("case_system", "The case system", (
    Field("address", "text", "Its address", "address", required=True, max_length=500,
          hint="It begins with https://. Inside the council's own network only what the settings "
               "of Pepway allow is reached"),
))


@dataclass(frozen=True, slots=True)
class CaseSystemView:
    address: str
    named_at: datetime
    paused_at: datetime | None
    old_until: datetime | None
    tried_at: datetime | None
    try_said: str


@query
def case_system(work: Work) -> CaseSystemView | None:
    """None until one is named."""
    row = the_case_system(work)
    if row is None:
        return None
    both = row.old_until if row.old_until and row.old_until > work.now else None
    return CaseSystemView(row.address, row.named_at, row.paused_at, both, row.tried_at,
                          row.try_said)


@verb
def name_case_system(
    work: Work, answers: Mapping[str, Any], sealing: Sealing, *, loopback: bool
) -> str:
    """Its secret, told this once; where one was named before only its address changes, and nothing
    is told. What is signed from now on goes there, and what has not arrived.

    `loopback`: as for `add_webhook`. Raises `AnswersInvalid`.
    """
    address = str(valid_answers(FORM, answers)["address"])
    must_be_an_address(address, loopback=loopback)
    row = the_case_system(work)
    if row is not None:
        row.address = address
        work.audit("change_case_system", about=f"case_system:{row.id}")
        return ""
    system_id, secret = new_id(), new_secret()
    work.session.add(CaseSystem(
        id=system_id, address=address, secret=sealing.seal(system_id, secret), old_secret=None,
        old_until=None, named_by=work.actor.id, named_at=work.now, paused_at=None, tried_at=None,
        try_said="",
    ))
    work.audit("name_case_system", about=f"case_system:{system_id}")
    return secret


@verb
def change_case_systems_secret(work: Work, sealing: Sealing) -> str:
    """As `change_secret` of a program. Raises `NotFound`."""
    row = _named(work)
    work.audit("change_case_systems_secret", about=f"case_system:{row.id}")
    return exchange_secret(row, sealing, work.now)


@verb
def pause_filing(work: Work) -> None:
    """What is signed meanwhile waits. Raises `NotFound`."""
    row = _named(work)
    if row.paused_at is None:
        row.paused_at = work.now
        hold_back(work)
        work.audit("pause_filing", about=f"case_system:{row.id}")


@verb
def resume_filing(work: Work) -> None:
    """All that has waited leaves. Raises `NotFound`."""
    row = _named(work)
    if row.paused_at is not None:
        row.paused_at = None
        let_go(work)
        work.audit("resume_filing", about=f"case_system:{row.id}")


@verb
def try_case_system(work: Work) -> None:
    """An invented plan is sent within a minute, and once. Raises `NotFound`."""
    row = _named(work)
    row.tried_at, row.try_said = work.now, ""
    work.tell(TRIAL, None)
    work.audit("try_case_system", about=f"case_system:{row.id}")


@query
def trial_to_send(work: Work, trial_id: UUID, sealing: Sealing) -> ToFile | None:
    row = the_case_system(work)
    if row is None:
        return None
    return ToFile(trial_id, row.address, secrets_of(row, sealing, work.now), work.now, None)


@verb
def note_trial(work: Work, answer: bytes | None, failure: str = "") -> None:
    """What came of it; `answer` is None where it did not arrive."""
    row = the_case_system(work)
    if row is None:
        return
    called = reference_in(answer) if answer is not None else None
    received = f"Received{f', reference {called}' if called else ''}"
    row.try_said = failure if answer is None else received


def _named(work: Work) -> CaseSystem:
    row = the_case_system(work)
    if row is None:
        raise NotFound
    return row
