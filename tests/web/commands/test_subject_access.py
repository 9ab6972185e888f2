"""`pepway subject-access`: a ZIP for whoever asks, or one sentence that says why not."""

import zipfile

import pytest

from engine.domain import SYSTEM
from engine.work import Installation
from web.installation import open_installation
from web.settings import read_settings
from workflows.children import Child
from workflows.subject_access.requests import confirm_identity, get_request, open_request


@pytest.fixture
def asked(pepway, settings):
    installation: Installation = open_installation(read_settings())
    system = installation.acting(SYSTEM)
    with system.begin() as work:
        child = Child(reference="ABCD-EFGH", given_names="Robin", family_name="Testerby",
                      born_on=system.today.replace(year=2010, day=1),
                      looked_after_on=system.today)
        work.session.add(child)
        work.session.flush()
        request = open_request(work, child.id, asked_by="Robin", received_on=system.today)
    yield system, request, get_request(system, request).reference
    installation.database.engine.dispose()


def test_the_pack_is_written_once_identity_is_confirmed(asked, pepway, tmp_path):
    system, request, reference = asked
    said = pepway("subject-access", reference, "--out", "pack.zip")
    assert said.code == 1
    assert said.is_one_sentence()
    assert not (tmp_path / "pack.zip").exists()
    confirm_identity(system, request, system.today)

    said = pepway("subject-access", reference.lower().replace("-", " "), "--out", "pack.zip")

    assert said.code == 0
    assert said.answer.startswith("pack.zip: 0 answers, 0 files, 0 withheld")
    assert zipfile.ZipFile(tmp_path / "pack.zip").namelist() == ["subject-access.pdf"]
    assert (tmp_path / "pack.zip").stat().st_mode & 0o077 == 0
    again = pepway("subject-access", reference, "--out", "pack.zip")
    assert again.code == 1
    assert "exists already" in again.remark


def test_an_unknown_request_is_said(pepway, asked):
    said = pepway("subject-access", "nothing", "--out", "pack.zip")

    assert said.code == 1
    assert said.remark == "There is no request nothing.\n"


def test_a_council_keeps_records_longer_and_not_shorter(pepway):
    said = pepway("council", "keep", "--after-birth", "100")
    assert said.answer == ("Records are kept 100 years from birth, 15 from a death before 18, 100 "
                           "from an adoption order.\n")

    refused = pepway("council", "keep", "--after-death", "10")
    assert refused.code == 1
    assert refused.remark == "Enter a number of years from 15 to 200.\n"
