"""Guessing the code of a link, by many at the same moment; what is forgotten with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from workflows.contributions.contributing import give_code, open_link, save_contribution
from workflows.contributions.links import State, invite_to_contribute, links_of
from workflows.contributions.table import Contribution
from workflows.new_day import begin_day


@pytest.fixture
def task(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    return case, case.open()["record_carer_view"].id


def test_many_guesses_at_once_are_five_at_most(small_council, task):
    case, task_id = task
    made = invite_to_contribute(small_council.by("wilma"), task_id, "carer", "Jo")
    anybody = small_council.installation.acting(SYSTEM)
    guesses = [f"{(int(made.code) + n) % 10**6:06}" for n in range(1, 25)]

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda guess: give_code(anybody, made.secret, guess), guesses))

    assert told == [None] * 24
    assert len(case.events("contribution_wrong_code")) == 5
    assert len(case.events("contribution_wrong_codes")) == 1
    assert give_code(anybody, made.secret, made.code) is None
    assert open_link(anybody, made.secret, "").state is State.WRONG_CODES


def test_the_code_of_one_link_does_not_open_another(small_council, task):
    _, task_id = task
    wilma, anybody = small_council.by("wilma"), small_council.installation.acting(SYSTEM)
    one = invite_to_contribute(wilma, task_id, "carer", "Jo")
    other = invite_to_contribute(wilma, task_id, "carer", "Pat")
    assert give_code(anybody, other.secret, one.code) is None or one.code == other.code

    session = give_code(anybody, one.secret, one.code)

    assert open_link(anybody, one.secret, session).asked is not None
    assert open_link(anybody, other.secret, session).asked is None


def test_a_code_may_be_typed_with_spaces_and_dashes(small_council, task):
    _, task_id = task
    made = invite_to_contribute(small_council.by("wilma"), task_id, "carer", "Jo")
    anybody = small_council.installation.acting(SYSTEM)
    assert give_code(anybody, made.secret, f" {made.code[:3]} - {made.code[3:]} ")


def test_the_right_code_gives_no_more_guesses(small_council, task):
    _, task_id = task
    made = invite_to_contribute(small_council.by("wilma"), task_id, "carer", "Jo")
    anybody = small_council.installation.acting(SYSTEM)
    wrong = f"{(int(made.code) + 1) % 10**6:06}"
    for code in (wrong, wrong, made.code, wrong, wrong, wrong):
        give_code(anybody, made.secret, code)
    [link] = links_of(small_council.by("wilma"), task_id)
    assert link.state is State.WRONG_CODES


def test_what_was_begun_and_never_sent_is_forgotten_with_the_link(small_council, task):
    _, task_id = task
    made = invite_to_contribute(small_council.by("wilma"), task_id, "carer", "Jo")
    anybody = small_council.installation.acting(SYSTEM)
    session = give_code(anybody, made.secret, made.code)
    save_contribution(anybody, made.secret, session, {"carers_view": "Half a thought"})

    small_council.clock.move_on(timedelta(days=6))
    begin_day(anybody)
    assert kept(anybody) == [{"carers_view": "Half a thought"}]

    small_council.clock.move_on(timedelta(days=1))
    begin_day(anybody)
    assert kept(anybody) == [{}]
    assert open_link(anybody, made.secret, session).state is State.RUN_OUT


def kept(anybody):
    with anybody.begin(writing=False) as work:
        return list(work.session.scalars(select(Contribution.answers)))
