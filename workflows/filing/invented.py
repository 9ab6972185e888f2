"""An invented plan, with which an administrator tries the case system: nobody's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflows.documents.contents import Contents, Part
from workflows.documents.copies import GivenCopy
from workflows.filing.leaving import PURPOSE, RECIPIENT

NAME, BORN_ON = "Robin Invented", date(2016, 5, 4)
SAID = "This plan is invented, to try the connection. There is no such child."
NOBODY = UUID(int=0)


def invented_copy(trial_id: UUID, on: date) -> GivenCopy:
    held = Contents(NAME, [("Born", "4 May 2016")], 1, NOBODY,
                    [Part("What works", [("For whoever reads it", SAID)])])
    return GivenCopy(trial_id, 1, PURPOSE, RECIPIENT, on, "INVENTED", held)


def invented_data(trial_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": str(trial_id),
        "child": {"id": str(NOBODY), "reference": "INVENTED", "council_number": None,
                  "name": NAME, "born_on": BORN_ON.isoformat()},
        "case": {"id": str(NOBODY), "reference": "INVENTED"},
        "plan": {"version": 1, "prepared_at": at.isoformat(), "signed_at": at.isoformat(),
                 "signatures": []},
        "record": {"what_works.learning": SAID},
    }
