"""A council as it is for real, what leaves it by mail, and its sign-on, a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from signing_on import Provider, SignOn
from sqlalchemy import select
from visitor import Phone

from engine.background import Message
from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from workflows.telling.letters import letter_for

PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture
def real(council):
    """Outside the demonstration: everybody is asked for a second factor."""
    return council.outside_the_demonstration()


@pytest.fixture
def phone(council):
    return Phone(council.wall_clock)


@pytest.fixture
def owner(real, phone):
    """Wilma, who has set up her app in this browser some days ago, and signed out."""
    visitor = real.visitor()
    visitor.sign_in_with("wilma@council.example", phone).press("Sign out")
    real.later(days=3)
    return visitor


@pytest.fixture
def mailbox(council):
    """The letters to a person so far, the oldest first, each made as it leaves."""

    def read(name):
        with council.by("vera").begin(writing=False) as work:
            rows = work.session.scalars(
                select(Outbox).filter_by(person_id=council.people[name]).order_by(Outbox.seq)
            )
            messages = [Message(r.id, r.kind, r.person_id, r.data, r.case_id) for r in rows]
        by = council.installation.acting(SYSTEM)
        letters = [letter_for(by, message, PUBLIC) for message in messages]
        return [letter for letter in letters if letter is not None]

    return read


@pytest.fixture
def refusals(council):
    """Why signing in was refused, each time."""

    def read():
        with council.by("vera").begin(writing=False) as work:
            rows = work.session.scalars(
                select(Audit).filter_by(action="sign_in_refused").order_by(Audit.seq)
            )
            return [row.data["why"] for row in rows]

    return read


@pytest.fixture(scope="session")
def provider_process():
    program = Path(__file__).with_name("sign_on_provider.py")
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
        yield Provider(f"http://127.0.0.1:{int(process.stdout.readline())}")
        process.kill()


@pytest.fixture
def sign_on(council, provider_process):
    return SignOn(council, provider_process)
