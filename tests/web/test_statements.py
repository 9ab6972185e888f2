"""What a page sends to the database does not grow with the number of cases."""

from datetime import timedelta

from sqlalchemy import event
from visitor import where_it_leads

from engine.tasks import list_tasks

MOST_FOR_A_FORM = 18
MINUTE = timedelta(minutes=1)
MORE = 12

PAGES = {
    "wilma": ("/tasks", "/actions", "/cases", "/cases?status=all", "/find?search=testerby"),
    "tara": ("/tasks", "/actions", "/cases"),
    "vera": ("/tasks", "/cases", "/cases?search=testerby", "/find", "/find?search=testerby",
             "/board", "/board/initial-pep/initiate_pep", "/board/initial-pep/initiate_pep?late=1"),
    "max": ("/cases", "/board", "/board/initial-pep/initiate_pep"),
}


class Statements:
    """Everything that is sent while a page is made, in order."""

    def __init__(self, database):
        self.sent = []
        event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_more):
        self.sent.append(statement)

    def of(self, client, address):
        self.sent.clear()
        assert client.get(address).status_code == 200
        return list(self.sent)


def _visit(council, statements):
    """By person and page, what a second visit a minute later sends: nothing is read for the first
    time then."""
    found = {}
    for name, addresses in PAGES.items():
        client = council.sign_in(name).visitor.client
        for address in addresses:
            leads_to = where_it_leads(client, address)
            client.get(leads_to)
            council.clock.move_on(MINUTE)
            found[name, address] = statements.of(client, leads_to)
    return found


def test_lists_boards_and_counts_send_as_much_for_many_cases_as_for_a_few(council):
    statements = Statements(council.installation.database)
    for number in range(2):
        council.start_case(family_name=f"Testerby {number}")
    few = _visit(council, statements)
    for number in range(MORE):
        council.start_case(family_name=f"Testerby {number + 2}")

    many = _visit(council, statements)

    grown = {page: sent for page, sent in many.items() if len(sent) > len(few[page])}
    assert not grown
    assert all(few.values())


def test_a_page_is_told_from_one_transaction_and_reads_nothing_twice(council):
    case_id = council.start_case()
    wilma = council.sign_in("wilma").visitor.client
    statements = Statements(council.installation.database)
    task = list_tasks(council.by("wilma"), case_id=case_id, mine=True)[0]
    begun = []
    event.listen(council.installation.database.engine, "begin", begun.append)

    form = statements.of(wilma, f"/tasks/{task.id}")

    assert len(begun) == 2, "one to read, one to note who looked"
    assert len([each for each in form if each.startswith("SELECT")]) <= MOST_FOR_A_FORM


def test_the_page_of_a_case_sends_as_much_however_many_others_there_are(council):
    statements = Statements(council.installation.database)
    case_id = council.start_case()
    client = council.sign_in("wilma").visitor.client
    client.get(f"/cases/{case_id}")
    council.clock.move_on(MINUTE)
    few = statements.of(client, f"/cases/{case_id}")
    for _ in range(6):
        council.start_case()
    council.clock.move_on(MINUTE)

    assert len(statements.of(client, f"/cases/{case_id}")) <= len(few)


def test_the_board_asks_once_for_all_procedures(council):
    council.start_case()
    statements = Statements(council.installation.database)
    client = council.sign_in("vera").visitor.client

    for address in ("/board", "/board?day=2026-03-20"):
        sent = [each for each in statements.of(client, address) if " FROM " in each]
        assert len(sent) == len(set(sent)), address
