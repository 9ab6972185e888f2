"""`pepway consistency`: what does not fit together is named, and an exit says that there is any."""

import json
import sqlite3
from contextlib import closing


def test_a_break_is_named_and_a_whole_is_praised(pepway, settings, sqlite_council):
    case_id = sqlite_council.gathering()

    assert pepway("consistency").answer == "Everything fits together.\n"

    with closing(sqlite3.connect(sqlite_council.installation.database.file)) as connection:
        connection.execute("DELETE FROM task WHERE element = 'record_carer_view'")
        connection.commit()
    said = pepway("consistency", "--json")
    assert said.code == 1
    assert said.remark.endswith("1 of what was looked over does not fit together.\n")
    [line] = said.answer.splitlines()
    assert json.loads(line)["what"] == f"case:{case_id}"
    assert [each["kind"] for each in json.loads(line)["misfits"]] == ["task-missing"]
    said = pepway("consistency")
    assert "The case waits for “Record the carer's contribution”, and nobody has" in said.answer
