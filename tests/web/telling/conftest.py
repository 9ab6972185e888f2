"""A council whose messages leave: by a real mail server, or by what speaks as Notify."""

import socket
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from beginning import AUDIT_KEY
from quick import QUICK
from sqlalchemy import select
from visitor import Visitor

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.background.outbox import waiting
from engine.domain import SYSTEM
from engine.store.models import Case, Outbox
from web.app import create_app
from web.sending import delivery
from web.settings import Settings
from workflows.people import add_person
from workflows.telling.choices import choose_how_to_be_told

HOST = "127.0.0.1"
PUBLIC = "https://pep.council.example"


@dataclass
class PostOffice:
    """A real SMTP server on loopback, with the refusals that a test wants."""

    port: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    """What it says to a recipient."""
    answers: list[str] = field(default_factory=list)
    """What it says to the next messages instead of taking them."""
    mails: list[Any] = field(default_factory=list)
    _controller: Controller | None = None

    def open(self):
        self._controller = Controller(self, hostname=HOST, port=self.port or free_port())
        self._controller.start()
        self.port = self._controller.port

    def close(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.rcpt_tos[0].partition("@")[0],
                           message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"

    def to(self, name):
        return [mail for to, mail in self.mails if to == name]

    def subjects(self, name):
        return [mail["Subject"] for mail in self.to(name)]


def free_port():
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]


@dataclass
class TellingCouncil:
    """The council at work, with what happens behind it."""

    council: Any
    settings: Settings
    adapter: Any

    def worker(self):
        """Another one on the same database."""
        installation = self.council.installation
        return self.adapter(installation, delivery(installation, self.settings))

    def round(self):
        """Until nothing may leave any more: of each case one message leaves at a time."""
        worker = self.worker()
        worker.one_round()
        with self.council.by("vera").begin(writing=False) as work:
            more = work.session.scalars(waiting(work.now)).first()
        if more:
            self.round()

    def move_to(self, moment):
        self.council.clock.move_to(moment)

    def later(self, **by):
        self.council.clock.move_on(timedelta(**by))

    def choose(self, name, choice):
        choose_how_to_be_told(self.council.by(name), choice)

    def sign_in(self, name):
        """In a Pepway with these settings."""
        app = create_app(self.council.installation, self.settings, self.council.wall_clock)
        return Visitor(app.test_client()).sign_in(f"{name}@council.example")

    def reference(self, case_id):
        with self.council.by("vera").begin(writing=False) as work:
            return work.session.get_one(Case, case_id).reference

    def to(self, name, **of):
        """What was written to this person."""
        return self.messages(person_id=self.council.people[name], **of)

    def messages(self, **of):
        with self.council.by("vera").begin(writing=False) as work:
            return list(work.session.scalars(
                select(Outbox).filter_by(**of).order_by(Outbox.seq)
            ))


@pytest.fixture
def with_ada(council, password_hash):
    """The council has an administrator as well."""
    council.people["ada"] = add_person(
        council.installation.acting(SYSTEM), "Ada Jesmond", "ada@council.example",
        ["administrator"], password_hash,
    )
    return council


@pytest.fixture
def new_telling(with_ada, store):
    def new(**settings):
        keys = {"secret_key": "s" * 32, "audit_key": AUDIT_KEY.decode(), "demo": True}
        adapter = Embedded if store == "sqlite" else _quick
        return TellingCouncil(with_ada, Settings(**keys, **settings), adapter)

    return new


def _quick(installation, deliver):
    return Distributed(installation, deliver, pace=QUICK)


@pytest.fixture
def post_office():
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture
def telling(new_telling, post_office):
    """By mail. The links name the council's own address, as people's mails do."""
    return new_telling(mail_url=f"smtp://{HOST}:{post_office.port}")
