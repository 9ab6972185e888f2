"""A child's plan before it is signed, an administrator, and a case system that a test starts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from engine.background import Embedded
from engine.domain import SYSTEM
from web.sending import delivery
from web.settings import Settings
from workflows.accounts import passwords
from workflows.people import add_person
from workflows.resources import case_resource


@dataclass
class Filing:
    """A council whose signed plans go to a case system."""

    council: Any
    receiver: Any
    ada: Any
    """The administrator's browser."""
    case_id: UUID
    child_id: UUID

    def name_case_system(self, address=""):
        page = self.ada.open("/admin/case-system").follow("Name the case system")
        page = page.fill({"Its address": address or self.receiver.address}).press("Save")
        assert "Signed plans go to this address" in page.whole, page.text
        return page.tree.xpath("//code")[0].text_content()

    def sign(self):
        self.council.both_sign()
        self.council.do("viktor", "assure_quality", quality_rating="green")

    def round(self, **settings):
        """One look of the background at what waits."""
        kept = Settings(secret_key=self.council.app.extensions["pepway_settings"].secret_key,
                        audit_key="a" * 32, **{"demo": True, **settings})
        Embedded(self.council.installation, delivery(self.council.installation, kept)).one_round()

    def case_page(self, name="wilma"):
        return self.council.sign_in(name).visitor.open(f"/cases/{self.case_id}")

    def administration(self):
        """Signed in anew, for hours go by in a story."""
        self.ada = self.council.sign_in("ada").visitor
        return self.ada.open("/admin")


@pytest.fixture
def filing(retold, receiver):
    council, (case_id, child_id) = retold(before_the_signatures)
    return Filing(council, receiver, council.sign_in("ada").visitor, case_id, child_id)


def before_the_signatures(council):
    council.people["ada"] = add_person(
        council.installation.acting(SYSTEM), "Ada Jessop", "ada@council.example",
        ["administrator"], passwords.hash_password("demonstration"))
    case_id = council.to_signatures(placement_address="9 Hidden Lane")
    return case_id, case_resource(council.by("vera"), case_id).child_id
