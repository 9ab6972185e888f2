"""The address of a database, as `PEPWAY_DATABASE_URL` has it: SQLite's file, or PostgreSQL's hosts.

PostgreSQL's is read by libpq's own rules. With several hosts (`postgresql://a:5432,b:5432/pepway`)
the one that takes writes is used, so that a standby takes over without anyone's changing a setting.
"""

from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgres", "postgresql+psycopg"})
NOT_COMPILED = "-cjit=off"
DURABLE = "-csynchronous_commit=on"
LONGEST_WAIT_FOR_A_LOCK = 15
"""Seconds. A process that hangs while it holds a case must not take all others with it."""
NOTICED_SOON = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""A server that has vanished with its machine is given up after some ten seconds, not the kernel's
quarter of an hour. Whatever the address says itself stands."""


def is_database_url(url: str) -> bool:
    """Whether Pepway can open a database at this address."""
    try:
        address = read_address(url)
    except (ArgumentError, ValueError):
        return False
    return address.drivername in DRIVERS and bool(address.database)


def read_address(url: str) -> URL:
    """Raises `ArgumentError` or `ValueError` where `url` is not a database's address."""
    driver = url.partition("://")[0]
    if not driver.startswith("postgres") or driver not in DRIVERS:
        return make_url(url)
    return _postgresql(f"postgresql{url.removeprefix(driver)}")


def conninfo(address: URL) -> str:
    """PostgreSQL's address as libpq takes it, for whoever opens connections of their own."""
    from psycopg.conninfo import make_conninfo

    named: dict[str, Any] = {
        "user": address.username, "password": address.password, "dbname": address.database,
        "host": address.host, "port": address.port, **address.query,
        "options": options(address),
    }
    return make_conninfo(**named)


def options(address: URL) -> str:
    """What PostgreSQL is told for each connection: nobody waits for ever, and what was acknowledged
    stays, whatever the address says.

    No query is compiled: ours read a few rows in milliseconds, and where a large council makes the
    planner expect many, compiling alone took 140 ms.
    """
    waiting = f"-clock_timeout={LONGEST_WAIT_FOR_A_LOCK}s"
    said = str(address.query.get("options", ""))
    return " ".join(each for each in (waiting, NOT_COMPILED, said, DURABLE) if each)


def _postgresql(url: str) -> URL:
    from psycopg import ProgrammingError  # not for `pepway check`, which starts fast
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError as problem:
        raise ArgumentError(str(problem)) from problem
    hosts, ports = said.pop("host", ""), said.pop("port", "")
    if not all(port.isdecimal() for port in ports.split(",") if port):
        msg = f"{ports} is no port."
        raise ValueError(msg)
    address = URL.create(
        "postgresql+psycopg", said.pop("user", None), said.pop("password", None),
        database=said.pop("dbname", None),
    )
    if "," in hosts:
        said = {"target_session_attrs": "read-write", **said, "host": hosts,
                "port": ports.strip(",") and ports}
    else:
        address = address.set(host=hosts or None, port=int(ports) if ports else None)
    named = {name: value for name, value in said.items() if value}
    return address.set(query={**NOTICED_SOON, **named})
