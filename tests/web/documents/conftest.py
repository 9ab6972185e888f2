"""A child's plan that everyone has written their part of, and documents of it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from reading_pdf import Pdf
from sqlalchemy import delete, select

from workflows.pep.plan import RecordValue, RecordVersion
from workflows.resources import case_resource


@dataclass
class Plan:
    council: Any
    case_id: UUID
    child_id: UUID
    browsers: dict[str, Any] = field(default_factory=dict)
    """By person, each signed in once."""

    def ask(self, by, document, recipient="", **asked):
        """This person chooses a document and whom it is for, and sends the form."""
        if by not in self.browsers:
            self.browsers[by] = self.council.sign_in(by).visitor
        browser = self.browsers[by]
        form = browser.open(f"/children/{self.child_id}/documents/{document}")
        return browser.client.post(
            f"/children/{self.child_id}/documents/{document}", query_string=asked,
            data={"csrf_token": form.token, "recipient": recipient},
        )

    def document(self, by, document, recipient, **asked):
        answer = self.ask(by, document, recipient, **asked)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
        return Pdf(answer.get_data())

    def write(self, values):
        """Stand these values, by path, in the version that is being worked on."""
        with self.council.by("vera").begin() as work:
            version = work.session.scalar(
                select(RecordVersion.id).where(RecordVersion.child_id == self.child_id,
                                               RecordVersion.state == "open")
            )
            work.session.execute(delete(RecordValue).where(
                RecordValue.version_id == version, RecordValue.path.in_(list(values))))
            work.session.add_all(
                RecordValue(version_id=version, path=path, value=value, valid=True, version=1,
                            by=self.council.people["wilma"], at=work.now)
                for path, value in values.items()
            )


@pytest.fixture
def plan(retold):
    """Robin's plan after the meeting, before the signatures."""
    council, (case_id, child_id) = retold(discussed)
    return Plan(council, case_id, child_id)


@pytest.fixture
def sqlite_plan(sqlite_council):
    return written(sqlite_council)


def written(council):
    return Plan(council, *discussed(council))


def discussed(council):
    case_id = council.to_signatures(placement_address="9 Hidden Lane")
    return case_id, case_resource(council.by("vera"), case_id).child_id
