"""A real `pepway serve` with sixteen people at work: how long a completion takes them, what the
process holds in memory, and how much their pages weigh.

Everyone opens a task, thinks for a second, sends its form and is shown what comes next.
"""

import gzip
import http.client
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from bench_stores import copied, on_disk, postgres, postgres_council, sqlite_council
from council_pages import CouncilPages
from figures import Figure, p95
from large_council import SIZES
from postgres import Postgres
from running import memory_mb, rests, serving, wait_until
from sqlalchemy import func, select
from steps import Step, steps_to_do

from engine.store.models import IS_RUNNING, Case
from engine.work import Work, query

SHARE = 0.1
CLIENTS, TASKS_EACH, THINKS = 16, 12, 1.0
WARMING = 16
"""Tasks that are done first and not counted: a new process reads diagrams and pages once."""
MEDIAN_MS, P95_MS = 25, 60
MEMORY_MB, PAGE_KB, STATE_KB = 200, 60, 4

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_SEEN = re.compile(r'name="(seen-[^"]+)" value="(\d+)"')
_COOKIE = re.compile(r"pepway=[^;]+")
_ASSETS = re.compile(r'(?:href|src)="(/static/built/[^"]+\.(?:css|js))"')


def figures() -> Iterator[Figure]:
    large = SIZES["large"]
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        made = sqlite_council(large, SHARE)
        yield from _measure("sqlite", copied(made, Path(folder), None), Path(folder))
    with postgres(kept=True) as server, tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        url = _copy(server)
        try:
            yield from _measure("postgresql", url, Path(folder))
        finally:
            server.drop(url)


def _copy(server: Postgres) -> str:
    return copied(postgres_council(server, SIZES["large"], SHARE), Path(), server)


def _measure(store: str, url: str, folder: Path) -> Iterator[Figure]:
    with closing(CouncilPages(url)) as pages:
        largest = largest_state(pages.system) / 1024
        prepared = _prepare(pages)
        worker = pages.busiest("social_worker")
        cookie = pages.cookie(worker.id)
    with serving(url, folder) as (site, process):
        wait_until(lambda: rests(process), 300)
        weights = _weights(Browser(site, cookie), worker.case_id, prepared[0].step.task_id)
        _all_at_work(site, prepared[:WARMING])
        work = _all_at_work(site, prepared[WARMING:])
        memory = memory_mb(process)
    done = work.completed or [float("inf")]
    value = statistics.median(done)
    failed = f", {work.failed} failed" if work.failed else ""
    told = f"{CLIENTS} clients{failed}"
    yield Figure(f"complete over HTTP, median, {told}", store, value, "ms", None, None,
                 f"<= {MEDIAN_MS} ms", value <= MEDIAN_MS and not work.failed)
    yield Figure(f"complete over HTTP, p95, {told}", store, p95(done), "ms", None, None,
                 f"<= {P95_MS} ms", p95(done) <= P95_MS and not work.failed)
    yield Figure("open a task over HTTP, p95", store, p95(work.opened), "ms", None, None, "", None)
    yield Figure("memory of the web process", store, memory, "MB", None, None,
                 f"<= {MEMORY_MB} MB", memory <= MEMORY_MB)
    yield Figure("largest state of a running case", store, largest, "KB", None, None,
                 f"<= {STATE_KB} KB", largest <= STATE_KB)
    for page, weight in weights.items():
        yield Figure(f"{page} over the wire, with its assets", store, weight, "KB", None, None,
                     f"<= {PAGE_KB} KB", weight <= PAGE_KB)


@query
def largest_state(work: Work) -> int:
    return work.session.scalar(select(func.max(func.length(Case.state))).where(IS_RUNNING)) or 0


@dataclass(frozen=True, slots=True)
class Prepared:
    step: Step
    cookie: str
    """Of who has it."""


def _prepare(pages: CouncilPages) -> list[Prepared]:
    cookie = cache(pages.cookie)
    return [Prepared(step, cookie(step.holder))
            for step in steps_to_do(pages, WARMING + CLIENTS * TASKS_EACH)]


@dataclass
class AtWork:
    opened: list[float] = field(default_factory=list)
    completed: list[float] = field(default_factory=list)
    failed: int = 0


def _all_at_work(site: str, prepared: list[Prepared]) -> AtWork:
    """Each client takes the next task that nobody has taken."""
    work, waiting, lock = AtWork(), list(reversed(prepared)), threading.Lock()

    def client(number: int) -> None:
        time.sleep(number * THINKS / CLIENTS)
        while True:
            with lock:
                if not waiting:
                    return
                task = waiting.pop()
            _do(Browser(site, task.cookie), task, work)

    clients = [threading.Thread(target=client, args=(each,)) for each in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return work


def _do(browser: "Browser", task: Prepared, work: AtWork) -> None:
    address = f"/tasks/{task.step.task_id}"
    begun = time.perf_counter()
    page = browser.get(address).decode()
    work.opened.append((time.perf_counter() - begun) * 1000)
    time.sleep(THINKS)
    fields = [*fields_of(page), *task.step.typed, ("do", "complete")]
    begun = time.perf_counter()
    arrived = browser.post(address, fields)
    browser.get(arrived)
    ms = (time.perf_counter() - begun) * 1000
    if arrived.endswith("/done"):
        work.completed.append(ms)
    else:
        work.failed += 1
    browser.close()
    time.sleep(THINKS)


def fields_of(page: str) -> list[tuple[str, str]]:
    """What the form of a task sends beside its answers."""
    csrf = _CSRF.search(page)
    return [("csrf_token", csrf.group(1) if csrf else ""), ("nonce", uuid4().hex),
            *_SEEN.findall(page)]


class Browser:
    """One connection and one cookie, kept as browsers keep them."""

    def __init__(self, site: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(site, timeout=60)
        self._headers = {"Cookie": f"pepway={cookie}", "Accept-Encoding": "gzip"}
        self.last_weight = self.last_status = 0

    def get(self, address: str) -> bytes:
        body = self._ask("GET", address)[1]
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    def post(self, address: str, fields: list[tuple[str, str]]) -> str:
        """Where the browser is sent on to."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response, _ = self._ask("POST", address, urlencode(fields), kind)
        return urlsplit(response.headers.get("Location", "")).path

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, address: str, body: str = "", more: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, address, body or None, {**self._headers, **(more or {})})
        response = self._connection.getresponse()
        content = response.read()
        if new := _COOKIE.search(response.headers.get("Set-Cookie", "")):
            self._headers["Cookie"] = new.group()
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        self.last_weight, self.last_status = head + len(content), response.status
        return response, content


def _weights(browser: Browser, case_id: UUID, task_id: UUID) -> dict[str, float]:
    """Kilobytes of a page as they travel, with every style and script that it names."""
    found = {}
    for name, address in (("My tasks", "/tasks"), ("a task's form", f"/tasks/{task_id}"),
                          ("a case", f"/cases/{case_id}")):
        page = browser.get(address).decode()
        weight = browser.last_weight
        for asset in set(_ASSETS.findall(page)):
            browser.get(asset)
            weight += browser.last_weight
        found[name] = weight / 1024
    browser.close()
    return found
