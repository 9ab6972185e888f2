"""Hands signed plans to the case system: the document and its data in one JSON object.

JSON with the document in base64, and not `multipart/form-data`: the signature is over one text, one
schema holds for all of it, and what councils put before their case systems takes JSON as it is.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from engine.background import Message, NotDelivered
from engine.work import Acting
from web.documents.rendering import pdf_of
from web.sending.outside import Outside, Signed, post_signed
from web.settings import Settings
from web.typesetting import NotMade
from workflows.accounts.sealing import Sealing
from workflows.council import council_name
from workflows.documents.copies import GivenCopy
from workflows.filing.invented import invented_copy, invented_data
from workflows.filing.leaving import (
    ToFile,
    copy_to_file,
    keep_made,
    note_filed,
    note_not_made,
    to_file,
)
from workflows.filing.schema import address_of_schema
from workflows.filing.system import note_trial, trial_to_send

SECONDS_TO_MAKE = 20
"""Of the half minute that a delivery has; what is made by its end is sent at the next try."""
MOST_READ = 4_096
"""Of an answer; a reference is short."""


def filer_of(by: Acting, settings: Settings, outside: Outside) -> Callable[[Message], None]:
    """What the background does with a signed plan. Raises `NotDelivered`."""
    sealing, schema = Sealing(settings.secret_keys), address_of_schema(settings.public_url)

    def file(message: Message) -> None:
        filing = to_file(by, message.id, sealing)
        if filing is not None:
            body = filing.body or _made(by, filing.id, schema)
            note_filed(by, filing.id, _posted(outside, filing, body))

    return file


def trier_of(by: Acting, settings: Settings, outside: Outside) -> Callable[[Message], None]:
    """What the background does with an invented plan: it is sent once, and what came of it is kept
    for whoever tries."""
    sealing, schema = Sealing(settings.secret_keys), address_of_schema(settings.public_url)

    def send(message: Message) -> None:
        trial = trial_to_send(by, message.id, sealing)
        if trial is None:
            return
        try:
            copy = invented_copy(trial.id, by.today)
            body, _ = _body(copy, invented_data(trial.id, trial.at), council_name(by), schema,
                            test=True)
            note_trial(by, _posted(outside, trial, body))
        except NotMade:
            note_trial(by, None, "The document could not be made")
        except NotDelivered as fault:
            note_trial(by, None, fault.reason)

    return send


def _made(by: Acting, filing_id: UUID, schema: str) -> bytes:
    """Once: what is kept is sent each time."""
    copy, data, council = copy_to_file(by, filing_id)
    try:
        body, sha256 = _body(copy, data, council, schema, test=False)
    except NotMade:
        note_not_made(by, filing_id)
        raise NotDelivered("The document could not be made") from None
    keep_made(by, filing_id, body, sha256)
    return body


def _body(
    copy: GivenCopy, data: dict[str, Any], council: str, schema: str, *, test: bool
) -> tuple[bytes, str]:
    """With the SHA-256 of the document. Raises `NotMade`."""
    pdf = pdf_of(copy, council, SECONDS_TO_MAKE)
    sha256 = hashlib.sha256(pdf).hexdigest()
    return json.dumps({
        "schema": schema, "test": test, **data,
        "document": {
            "name": f"{copy.purpose.key}-{copy.case_reference}-copy-{copy.number}.pdf",
            "media_type": "application/pdf", "copy": copy.number, "sha256": sha256,
            "content": base64.b64encode(pdf).decode(),
        },
    }).encode(), sha256


def _posted(outside: Outside, filing: ToFile, body: bytes) -> bytes:
    """The beginning of what it answers. `Idempotency-Key` says the same as `webhook-id`."""
    key = {"Idempotency-Key": f"msg_{filing.id}"}
    return post_signed(outside, Signed(filing.id, filing.address, filing.secrets, filing.at, body,
                                       key), read=MOST_READ)
