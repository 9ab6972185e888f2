"""Which stores a test runs on: both, unless what it tells is words on pages.

A verb, a query, a lock, what is counted and who sees what are held to both stores, in `engine/` and
`workflows/` above all. A story of the web about what a page says goes through the same verbs, and
runs on one: half of a module on each, by the test's name, so that each page is met on both.
"""

from collections import Counter
from zlib import crc32

STORES = ("sqlite", "postgresql")

TOLD_ON_ONE = {
    "web/actions": "how an owner keeps an action up",
    "web/admin/test_calendars.py": "closures and terms on the administrator's pages",
    "web/admin/test_long_imports.py": "the pages of an import in the background",
    "web/admin/test_people.py": "accounts on the administrator's pages",
    "web/admin/test_schools_and_imports.py": "schools and files on the administrator's pages",
    "web/admin/test_settings_and_teams.py": "settings and teams on the administrator's pages",
    "web/api/test_around_a_child.py": "what a program is answered about people and versions",
    "web/api/test_board.py": "the board's numbers, which the board's own tests count",
    "web/api/test_changes_told.py": "what a case system is answered that tells of a change",
    "web/api/test_generated_client.py": "that the OpenAPI text is enough for a client",
    "web/api/test_looked_after_told.py": "what a case system is answered that tells of a child",
    "web/api/test_sent_once.py": "what a program is answered where it asks again",
    "web/api/test_tokens.py": "what a program is answered about its token",
    "web/api/test_unchanged.py": "what a program is answered that has read it before",
    "web/api/test_webhooks.py": "what programs are told, and the pages of it",
    "web/api/test_working.py": "what a program is answered about a task",
    "web/attached": "what is taken as a file, and how it is told",
    "web/auth/test_asking_again.py": "the page that asks for a code once more",
    "web/auth/test_by_mail.py": "the pages behind a letter",
    "web/auth/test_refusing_sign_on.py": "what a provider may answer; it reaches no table",
    "web/auth/test_second_factor.py": "the pages that set up an app and ask for its code",
    "web/auth/test_sign_on.py": "the way to the council's provider and back",
    "web/auth/test_signing_in.py": "the page to sign in, and what follows",
    "web/auth/test_where.py": "browsers in words",
    "web/cases/test_case_page.py": "what the page of a case says",
    "web/cases/test_changing_a_case.py": "the pages that change a case",
    "web/contributing": "the pages behind a link",
    "web/documents/test_pictures_and_files.py": "what a document looks like",
    "web/documents/test_what_is_in_the_file.py": "what a document looks like",
    "web/documents/test_who_has_the_plan.py": "how receipts are told",
    "web/filing": "what the case system is sent, and the pages of it",
    "web/forms": "how questions are asked",
    "web/layout/test_headers.py": "headers of pages",
    "web/layout/test_shell.py": "the frame of each page",
    "web/meeting": "the screen of a meeting",
    "web/procedures": "procedures in words",
    "web/sections": "the page of a plan's sections",
    "web/studio": "the pages of process owners; what they do is tested in engine/ and workflows/",
    "web/tasks/test_delegating.py": "the pages of a colleague who fills in",
    "web/tasks/test_doing_a_task.py": "the page of a task",
    "web/tasks/test_forms_of_the_steps.py": "what each step asks",
    "web/tasks/test_help_with_targets.py": "help beside a question",
    "web/tasks/test_part_by_part.py": "a long form in parts",
    "web/tasks/test_what_stands_beside.py": "what is shown beside a form",
    "workflows/figures/test_came_true.py": "the forecast; `test_forecast.py` tells of both",
}
"""Folders and files below `tests`. In them a test is marked `both_stores` where it is about what
happens twice or at once, what is counted, or who sees what."""


def told(tests):
    """The tests of a run, without those that the other store has."""
    on = Counter(map(_story, tests))
    return [test for test in tests if on[_story(test)] == 1 or _runs(test)]


def _runs(test) -> bool:
    path = test.path.relative_to(test.config.rootpath / "tests").as_posix()
    is_told_on_one = any(path == place or path.startswith(f"{place}/") for place in TOLD_ON_ONE)
    if not is_told_on_one or test.get_closest_marker("both_stores"):
        return True
    return _store(test) == STORES[crc32(_story(test).encode()) % len(STORES)]


def _story(test) -> str:
    """What a test is called whatever it runs on."""
    if not _store(test):
        return test.nodeid
    file = test.nodeid.removesuffix(test.name)
    return f"{file}{test.originalname}[{test.callspec.id.replace(_store(test), '', 1)}]"


def _store(test) -> str:
    return test.callspec.params.get("store", "") if hasattr(test, "callspec") else ""
