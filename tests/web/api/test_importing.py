"""A program of the council's case system sends the children in care, each night."""

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid
from engine.store.models import Audit
from workflows.children import Child, child_with_number
from workflows.people import add_person
from workflows.tokens import add_token

ROW = {
    "number": "C-1", "given names": "Robin", "family name": "Quennell", "born on": "2015-05-04",
    "looked after since": "2026-03-25", "first placement": "2026-03-25", "planned": "no",
    "other area": "no", "social worker": "wilma@council.example",
}


@pytest.fixture
def nightly(council, program, password_hash):
    council.people["ada"] = add_person(
        council.installation.acting(SYSTEM), "Ada Jessop", "ada@council.example",
        ["administrator"], password_hash)
    return program("ada", "import")


def children(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(Child))


def send_file(program, text, query=""):
    response = program.client.post(
        f"/api/v1/imports/children{query}", data=text.encode(), content_type="text/csv",
        headers={"Authorization": f"Bearer {program.token}"})
    return response.status_code, response.get_json()


@pytest.mark.both_stores
def test_rows_are_tried_sent_and_sent_again(council, nightly):
    tried = nightly.post("/imports/children?dry_run=true", {"rows": [ROW]})
    assert (tried.status, tried.body["new"], tried.body["errors"]) == (200, 1, [])
    assert tried.body["rows"] == [
        {"row": 1, "sentence": "Initial PEP; the plan is due by Fri 10 Apr 2026"}]
    assert children(council) == 0

    done = nightly.post("/imports/children", {"rows": [ROW]}, Idempotency_Key="tonight")
    again = nightly.post("/imports/children", {"rows": [ROW]}, Idempotency_Key="tonight")
    tomorrow = nightly.post("/imports/children", {"rows": [ROW]}, Idempotency_Key="tomorrow")

    assert (done.status, done.body["new"], done.body["dry_run"]) == (200, 1, False)
    assert again.body == done.body
    assert (tomorrow.body["new"], tomorrow.body["same"]) == (0, 1)
    assert child_with_number(council.installation.acting(SYSTEM), "c-1")
    assert "Robin Quennell" in council.sign_in("wilma").text


def test_a_file_is_taken_as_well(council, nightly):
    text = f"{','.join(ROW)}\r\n{','.join(ROW.values())}\r\n"

    assert send_file(nightly, text, "?dry_run=true")[1]["rows"][0]["row"] == 2
    status, body = send_file(nightly, text)

    assert (status, body["new"]) == (200, 1)
    assert send_file(nightly, "a,b\n1,2\n")[0] == 422


def test_one_wrong_row_stops_all_and_is_told_by_row_and_column(council, nightly):
    rows = [ROW, {**ROW, "number": "C-2", "family name": "Other", "first placement": "2026-03-24"}]
    wrong = {"row": 2, "column": "first placement", "message": "The placement begins before the "
             "child became looked after. Check both dates"}

    tried = nightly.post("/imports/children?dry_run=true", {"rows": rows})
    refused = nightly.post("/imports/children", {"rows": rows})

    assert (tried.status, tried.body["errors"]) == (200, [wrong])
    assert refused.status == 422
    assert refused.body["errors"] == [{"path": "rows[2].first placement", **wrong}]
    assert children(council) == 0


@pytest.mark.both_stores
def test_who_asks_what_rows_come_to_is_on_record(council, nightly):
    wrong = {**ROW, "first placement": "2026-03-24"}
    nightly.post("/imports/children?dry_run=true", {"rows": [ROW]})
    nightly.post("/imports/children?dry_run=true", {"rows": [wrong]})
    nightly.post("/imports/children", {"rows": [wrong]})
    nightly.post("/imports/children", {"rows": [wrong]}, Idempotency_Key="tonight")

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        rows = work.session.scalars(select(Audit).where(
            Audit.action == "check_import_children").order_by(Audit.seq)).all()
        assert [(row.actor_id, row.data["wrong"]) for row in rows] == [
            (council.people["ada"], count) for count in (0, 1, 1, 1)]
        assert "Quennell" not in str([row.data for row in rows])


@pytest.mark.parametrize("body", [
    {}, {"rows": []}, {"rows": [{"number": 1}]}, {"rows": [{"nombre": "C-1"}]}, [],
    {"rows": [ROW], "more": 1},
])
def test_what_is_no_rows_is_said(nightly, body):
    assert nightly.post("/imports/children", body).status == 422


def test_what_there_is_no_such_import_of_is_not_there(nightly):
    assert nightly.post("/imports/pictures", {"rows": [ROW]}).status == 404


def test_only_an_administrators_program_imports_and_does_nothing_else(council, program, nightly):
    with pytest.raises(AnswersInvalid):
        add_token(council.installation.acting(SYSTEM), council.people["wilma"],
                  frozenset({"import"}))

    assert program("ada", "read", "write").post("/imports/children", {"rows": [ROW]}).status == 403
    assert nightly.get("/children").status == 403
    assert nightly.post("/cases", {}).status == 403
    assert children(council) == 0
