"""Settings: `PEPWAY_*` of the environment, typed and checked at start."""

import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from engine.errors import Refused, SettingsWrong
from engine.store.address import is_database_url

PREFIX = "PEPWAY_"
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?")
EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
TOKEN = re.compile(r"[!-~]{32,}")
_ID = r"[0-9a-fA-F-]{36}"
NOTIFY_KEY = re.compile(rf"(?:.*-)?{_ID}-{_ID}")
ENTRA_HOSTS = frozenset({"login.microsoftonline.com", "sts.windows.net"})
ENTRA_TENANT = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""What a council's own network lies in; this machine and what is beside it on the wire does not."""


class Settings(BaseModel):
    """Each field is the setting `PEPWAY_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = "sqlite:///var/pepway.db"
    secret_key: str = ""
    old_secret_keys: str = ""
    """Keys of before, with commas between them: what they signed and sealed is still read."""
    audit_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    proxies: int = 0
    """How many proxies stand before Pepway, each of which says whom it speaks for."""
    demo: bool = False
    today: datetime | None = None
    """Where the demonstration's clock starts, London time."""
    mail_url: str = ""
    mail_from: str = ""
    notify_key: str = ""
    notify_template: str = ""
    notify_url: str = "https://api.notifications.service.gov.uk"
    metrics_token: str = ""
    """Whoever brings it may read what is measured; without one nobody may."""
    log_format: Literal["text", "json"] = "text"
    slow_query_ms: int = 0
    """Statements that take so long are logged; 0: none."""
    private_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Of the council's own, in which programs and the case system may be reached."""
    sign_on_issuer: str = ""
    sign_on_client_id: str = ""
    sign_on_client_secret: str = ""
    sign_on_name: str = "Sign in with your council account"
    sign_on_require_mfa: bool = False

    @field_validator("today", mode="before")
    @classmethod
    def _moment(cls, value: str) -> datetime:
        msg = "write a day, 2026-03-25, or a time in London, 2026-03-25T09:00"
        if not MOMENT.fullmatch(value):
            raise ValueError(msg)
        try:
            return datetime.fromisoformat(value if "T" in value else f"{value}T09:00")
        except ValueError as problem:
            raise ValueError(msg) from problem

    @field_validator("demo", mode="before")
    @classmethod
    def _demonstration(cls, value: str | bool) -> bool:
        return _yes_or_no(value, "write 1 for the demonstration, or 0")

    @field_validator("sign_on_require_mfa", mode="before")
    @classmethod
    def _second_step(cls, value: str | bool) -> bool:
        return _yes_or_no(value, "write 1 to ask for a second step, or 0")

    @field_validator("mail_url")
    @classmethod
    def _mail(cls, value: str) -> str:
        msg = "must be smtp://host:25 or smtps://user@host:465"
        if value and _host_of(value, ("smtp", "smtps"), msg) is None:
            raise ValueError(msg)
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not EMAIL.fullmatch(value):
            msg = "must be an e-mail address, pepway@council.example"
            raise ValueError(msg)
        return value

    @field_validator("notify_key")
    @classmethod
    def _notify_key(cls, value: str) -> str:
        if value and not NOTIFY_KEY.fullmatch(value):
            msg = "must be a whole key of GOV.UK Notify: its name, and two ids"
            raise ValueError(msg)
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not is_database_url(value):
            msg = "must be sqlite:///a/file.db or postgresql://user@host/name"
            raise ValueError(msg)
        return value

    @field_validator("public_url", "notify_url")
    @classmethod
    def _address(cls, value: str) -> str:
        msg = "must begin with https:// (plain http is for 127.0.0.1 only)"
        if _host_of(value, ("https",), msg) or _host_of(value, ("http",), msg) in LOOPBACK:
            return value
        raise ValueError(msg)

    @field_validator("metrics_token")
    @classmethod
    def _token(cls, value: str) -> str:
        if value and not TOKEN.fullmatch(value):
            msg = "write at least 32 characters, without spaces"
            raise ValueError(msg)
        return value

    @field_validator("proxies", mode="before")
    @classmethod
    def _number(cls, value: str | int) -> int:
        if not re.fullmatch("[0-9]", str(value)):
            msg = "write how many proxies stand before Pepway, 1 for one"
            raise ValueError(msg)
        return int(value)

    @field_validator("private_networks", mode="before")
    @classmethod
    def _networks(
        cls, value: str | tuple[IPv4Network | IPv6Network, ...]
    ) -> tuple[IPv4Network | IPv6Network, ...]:
        if not isinstance(value, str):
            return value
        msg = "write the council's own networks, 10.20.0.0/16,10.30.4.0/24"
        try:
            networks = tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
        except ValueError as problem:
            raise ValueError(msg) from problem
        if not all(any(each.version == own.version and each.subnet_of(own)  # type: ignore[arg-type]
                       for own in PRIVATE) for each in networks):
            raise ValueError(msg)
        return networks

    @field_validator("log_format", mode="before")
    @classmethod
    def _format(cls, value: str) -> str:
        if value not in ("text", "json"):
            msg = "write text, or json for one object a line"
            raise ValueError(msg)
        return value

    @field_validator("slow_query_ms", mode="before")
    @classmethod
    def _milliseconds(cls, value: str | int) -> int:
        if not re.fullmatch("[0-9]{1,6}", str(value)):
            msg = "write milliseconds, 500 for half a second, or 0"
            raise ValueError(msg)
        return int(value)

    @property
    def secret_keys(self) -> list[str]:
        """The newest first."""
        return [self.secret_key, *(key for key in self.old_secret_keys.split(",") if key)]

    @field_validator("sign_on_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        """Entra answers for every tenant of the world where none is named."""
        if not value:
            return value
        parts = urlsplit(cls._address(value))
        if parts.query or parts.fragment:
            msg = "must be the issuer as its discovery document writes it, without ? and #"
            raise ValueError(msg)
        if parts.hostname in ENTRA_HOSTS and not ENTRA_TENANT.fullmatch(parts.path):
            msg = "must name the council's own tenant: https://login.microsoftonline.com/ID/v2.0"
            raise ValueError(msg)
        return value

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def sends(self) -> bool:
        """Whether messages leave Pepway."""
        return bool(self.mail_url or self.notify_key)

    @property
    def sender(self) -> str:
        return self.mail_from or f"pepway@{self.public_host}"


def _yes_or_no(value: str | bool, otherwise: str) -> bool:
    """Raises `ValueError(otherwise)` for any other word."""
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    word = str(value).lower()
    if word not in known:
        raise ValueError(otherwise)
    return known[word]


def _host_of(url: str, schemes: tuple[str, ...], otherwise: str) -> str | None:
    """The host of a URL of one of these schemes. Raises `ValueError(otherwise)` for no URL."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError as problem:
        raise ValueError(otherwise) from problem
    return parts.hostname if known else None


def read_settings(
    environment: Mapping[str, str] | None = None, *, may_make_keys: bool = True
) -> Settings:
    """The settings, or `SettingsWrong` with one sentence that names the one that is wrong.

    In the demonstration missing keys are made and kept in `var/`; else they are required. Where
    none may be made, raises `Refused` for one that is not there.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith(PREFIX)
    }
    try:
        settings = Settings.model_validate(given)
    except ValidationError as problem:
        raise SettingsWrong(_sentence(problem)) from problem
    if settings.today is not None and not settings.demo:
        raise SettingsWrong("PEPWAY_TODAY works in the demonstration only: set PEPWAY_DEMO=1.")
    if settings.mail_url and settings.notify_key:
        raise SettingsWrong("Set PEPWAY_MAIL_URL or PEPWAY_NOTIFY_KEY, not both.")
    if settings.notify_key and not settings.notify_template:
        raise SettingsWrong("PEPWAY_NOTIFY_TEMPLATE is missing. Set it to the id of a template.")
    _sign_on_is_whole(settings)
    return _with_keys(settings, may_make_keys=may_make_keys)


def _sign_on_is_whole(settings: Settings) -> None:
    parts = ("sign_on_issuer", "sign_on_client_id", "sign_on_client_secret")
    missing = [name for name in parts if not getattr(settings, name)]
    if missing and len(missing) < len(parts):
        raise SettingsWrong(
            f"{PREFIX}{missing[0].upper()} is missing. The council's sign-on wants an issuer, a "
            "client id and a client secret."
        )


def _with_keys(settings: Settings, *, may_make_keys: bool) -> Settings:
    missing = [name for name in ("secret_key", "audit_key") if not getattr(settings, name)]
    if missing and not settings.demo:
        name = f"{PREFIX}{missing[0].upper()}"
        raise SettingsWrong(f"{name} is missing. Set it to at least 32 random characters.")
    made = {name: _kept_key(name, may_make_keys=may_make_keys) for name in missing}
    settings = settings.model_copy(update=made)
    for name in ("secret_key", "audit_key"):
        if len(getattr(settings, name)) < 32:
            raise SettingsWrong(f"{PREFIX}{name.upper()} is shorter than 32 characters.")
    if any(len(key) < 32 for key in settings.secret_keys):
        raise SettingsWrong("PEPWAY_OLD_SECRET_KEYS holds a key shorter than 32 characters.")
    return settings


def _kept_key(name: str, *, may_make_keys: bool) -> str:
    path = Path("var") / name
    if not path.exists() and not may_make_keys:
        raise Refused(
            f"{PREFIX}{name.upper()} is missing, and there is no {path} in this folder. "
            "Set it, or go to the folder from which Pepway is served."
        )
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _sentence(problem: ValidationError) -> str:
    error = problem.errors()[0]
    name = f"{PREFIX}{str(error['loc'][0]).upper()}"
    if error["type"] == "extra_forbidden":
        known = ", ".join(f"{PREFIX}{field.upper()}" for field in Settings.model_fields)
        return f"There is no setting called {name}. Pepway knows {known}."
    return f"{name} is wrong: {error['msg'].removeprefix('Value error, ')}."
