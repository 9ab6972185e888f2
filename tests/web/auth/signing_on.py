"""The council's sign-on at work, as a process of its own, and people at browsers who go there."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from beginning import AUDIT_KEY
from sign_on_provider import CLIENT_ID, CLIENT_SECRET, TENANT
from sqlalchemy import func, select
from visitor import Page, Visitor

from engine.domain import SYSTEM
from engine.store.models import Audit
from web.app import create_app
from web.auth import provider_of
from web.settings import Settings
from workflows.identities import Claimed, expect_identity, link_identity
from workflows.secret_hash import hash_of
from workflows.sessions import WebSession


@dataclass
class Provider:
    root: str

    @property
    def issuer(self):
        return f"{self.root}/{TENANT}/v2.0"

    def is_told(self, **told):
        requests.post(f"{self.root}/admin", json=told, timeout=30).raise_for_status()

    def was_asked(self, name):
        """What each request of this name had with it, since it was last told something."""
        seen = requests.get(f"{self.root}/admin", timeout=30).json()
        return [asked for each, asked in seen if each == name]


@dataclass
class SignOn:
    """A council whose people sign in at the provider."""

    council: Any
    provider: Provider
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        self.app = create_app(
            self.council.installation,
            Settings(**{
                "secret_key": "s" * 32, "audit_key": AUDIT_KEY.decode(), "demo": True,
                "sign_on_issuer": self.provider.issuer, "sign_on_client_id": CLIENT_ID,
                "sign_on_client_secret": CLIENT_SECRET, **self.settings,
            }),
            self.council.wall_clock,
        )
        self.app.jinja_env.bytecode_cache = self.council.app.jinja_env.bytecode_cache
        self.system = self.council.installation.acting(SYSTEM)
        self.is_told()

    def is_told(self, **told):
        """What the provider does from here on; it goes by the same clock."""
        self.provider.is_told(now=int(self.council.wall_clock.now().timestamp()), **told)

    def begins_anew(self):
        """As after a start: nothing is known of the provider."""
        self.app.extensions["pepway_provider"] = provider_of(
            self.app.extensions["pepway_settings"])

    def visitor(self) -> Visitor:
        return Visitor(self.app.test_client())

    def link(self, name: str, subject: str) -> None:
        secret = expect_identity(self.system, self.council.people[name], self.provider.issuer)
        link_identity(self.system, hash_of(secret), Claimed(self.provider.issuer, subject))

    def invitation(self, name: str) -> str:
        secret = expect_identity(self.system, self.council.people[name], self.provider.issuer)
        return f"/link/{secret}"

    def leave(self, visitor: Visitor, address: str = "/sign-in/council") -> str:
        """Where Pepway sends the browser."""
        answer = visitor.client.get(address)
        assert answer.status_code == 302
        return answer.headers["Location"]

    def at_provider(self, address: str) -> str:
        """What the provider sends the browser back with."""
        answer = requests.get(address, allow_redirects=False, timeout=30)
        assert answer.status_code == 302
        return answer.headers["Location"]

    def arrive(self, visitor: Visitor, address: str) -> Page:
        parts = urlsplit(address)
        return visitor.open(f"{parts.path}?{parts.query}")

    def sign_in(self, visitor: Visitor, address: str = "/sign-in/council") -> Page:
        """There and back, following every redirect that is Pepway's own."""
        away = self.leave(visitor, address)
        if urlsplit(away).netloc in ("", "127.0.0.1:8000"):
            return self.arrive(visitor, away)
        return self.arrive(visitor, self.at_provider(away))

    def audited(self, action: str) -> list[Audit]:
        with self.system.begin(writing=False) as work:
            rows = work.session.scalars(
                select(Audit).where(Audit.action == action).order_by(Audit.at, Audit.id)
            ).all()
            work.session.expunge_all()
        return list(rows)

    def sessions(self) -> int:
        with self.system.begin(writing=False) as work:
            count = select(func.count()).select_from(WebSession)
            return work.session.scalar(count.where(WebSession.ended.is_(None))) or 0

    def reference(self, page: Page) -> str:
        return page.text.rpartition("this reference: ")[2].split()[0]
