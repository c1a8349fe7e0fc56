"""`kaohe bench web`: what people wait for: the real server, real sign-ins, real forms, over kept connections.

The server is the one that `kaohe serve` runs, in a process of its own without the clock; this process plays all people,
one request after the other.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import mean, median
from urllib.parse import urlencode

from app.cases.models import Case
from app.casework.work import QUARTER, Doer
from app.clock import SystemClock
from app.db import transaction
from app.identity.operations import set_password
from benchmarks.case import Tables
from benchmarks.databases import use_tables
from benchmarks.inbox import find_quantiles, open_others, seed_tasks
from benchmarks.world import TEXT, WORKLOAD, World, find_open_task

HOST = "127.0.0.1"
SERVER = "import sys; from app.cli.serve import run_site; run_site(sys.argv[1], int(sys.argv[2]))"
PASSWORD = "Bench-Mark-2026"  # noqa: S105  # of people who exist in a benchmark only
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
SECONDS_TO_START = 60
OK, SEE_OTHER = 200, 303


@dataclass(frozen=True)
class PostCost:
    """Milliseconds of completing a step over HTTP; step "" stands for all of a case's together."""

    database: str
    way: str
    step: str
    milliseconds: float


@dataclass(frozen=True)
class GetCost:
    """Milliseconds of a page: half of the tries took at most p50, 95 % at most p95."""

    database: str
    page: str
    p50: float
    p95: float


@dataclass(frozen=True)
class ServerCost:
    """Seconds from the server's start to its first page, and the peak memory of the process that answers."""

    database: str
    start_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class WebCosts:
    """Everything measured over HTTP on one kind of database."""

    posts: list[PostCost]
    gets: list[GetCost]
    server: ServerCost


class Browser:
    """One person's browser: a kept connection, cookies, the form token of the last page."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> str:
        """Return a page; `LookupError` when the answer isn't 200."""
        return self.request("GET", path, None, OK)

    def post(self, path: str, fields: Mapping[str, object]) -> str:
        """Send a form with the token; `LookupError` when the answer isn't a redirection."""
        return self.request("POST", path, urlencode({"csrf_token": self.token, **fields}), SEE_OTHER)

    def request(self, method: str, path: str, body: str | None, expected: int) -> str:
        """Send a request; return the answer's text."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != expected:
            raise LookupError(f"{method} {path}: {answer.status}\n{text[:2000]}")
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return text

    def sign_in(self, username: str) -> None:
        """Sign in."""
        self.get("/sign-in")
        self.post("/sign-in", {"username": username, "password": PASSWORD})
        self.get("/inbox")


def measure_web(kind: str, cases: int, rounds: int, pages: int, waiting: int) -> WebCosts:
    """Return what steps and pages cost over HTTP, the inbox with `waiting` open tasks of four roles."""
    with use_tables(kind) as url, tempfile.TemporaryDirectory() as folder:
        world = World(SystemClock().now())
        give_passwords(world)
        with run_server(url, Path(folder)) as server:
            browsers = {}
            for username, doer in list_people(world):
                browsers[doer.id] = Browser(server.port)
                browsers[doer.id].sign_in(username)
            found = [_run_round(world, browsers, cases) for _ in range(rounds + 1)][1:]
            posts = [
                PostCost(kind, way, step, median(one[way][step] for one in found))
                for way, steps in found[0].items()
                for step in steps
            ]
            gets = list(measure_pages(kind, world, browsers, pages, waiting))
            return WebCosts(posts, gets, ServerCost(kind, server.seconds, read_peak(server.process.pid)))


def measure(kinds: Sequence[str], cases: int, rounds: int, pages: int, waiting: int) -> Tables:
    """Measure on each kind of database; return tables of plain figures."""
    found: Tables = {"steps": [], "pages": [], "server": []}
    for kind in kinds:
        costs = measure_web(kind, cases, rounds, pages, waiting)
        found["steps"] += [asdict(one) for one in costs.posts]
        found["pages"] += [asdict(one) for one in costs.gets]
        found["server"].append(asdict(costs.server))
    return found


def list_people(world: World) -> list[tuple[str, Doer]]:
    """Return user names with people."""
    people = [*world.cast.people.values(), *world.cast.scorers]
    return [(f"sim-{one.name}", one) for one in people]


def give_passwords(world: World) -> None:
    """Let everybody sign in."""
    with transaction() as connection:
        for _username, doer in list_people(world):
            set_password(connection, None, doer.id, PASSWORD, world.now, must_change_password=False)


def _run_round(world: World, browsers: Mapping[int, Browser], cases: int) -> dict[str, dict[str, float]]:
    found = {}
    for way in (WORKLOAD, QUARTER):
        times: dict[str, list[float]] = {}
        for case in world.open_cases(cases, way):
            _run_case(world, browsers, case, way, times)
        steps = {step: median(of) for step, of in times.items()}
        found[way] = {"": mean(steps.values()), **steps}
    return found


def _run_case(
    world: World, browsers: Mapping[int, Browser], case: Case, way: str, times: dict[str, list[float]]
) -> None:
    while task := find_open_task(case):
        browser, fields = browsers[world.find_doer(task).id], make_fields(world, task.step, way)
        begin = time.perf_counter()
        browser.post(f"/tasks/{task.id}/complete", fields)
        times.setdefault(task.step, []).append(1000 * (time.perf_counter() - begin))


def make_fields(world: World, step: str, way: str) -> dict[str, object]:
    """Return the fields of a step's page: about 300 bytes of words, and the facts where the quarter's diagram asks."""
    facts = {f"facts.{name}": _write(value) for name, value in world.facts.items()} if way == QUARTER else {}
    if step == "submit":
        return {**facts, "note": TEXT, "confirm": "yes"}
    return {**facts, "opinion": TEXT} if step == "review" else {"opinion": TEXT}


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def measure_pages(
    kind: str, world: World, browsers: Mapping[int, Browser], pages: int, waiting: int
) -> Iterator[GetCost]:
    """Yield the cost of pages: those without a database, a case and a task in the middle of its way, a full inbox."""
    case = world.open_cases(1, QUARTER)[0]
    times: dict[str, list[float]] = {}
    for _step in ("submit", "sign_submission", "check_completeness"):
        task = find_open_task(case)
        if task is not None:
            browsers[world.find_doer(task).id].post(
                f"/tasks/{task.id}/complete", make_fields(world, task.step, QUARTER)
            )
    task = find_open_task(case)
    seed_tasks(world, open_others(world), 0, waiting)
    reviewer = browsers[world.cast.people["reviewer"].id]
    paths = {"health": "/healthz", "inbox": "/inbox?tab=role", "case": f"/cases/{case.id}"}
    paths |= {"task": f"/tasks/{task.id}"} if task is not None else {}
    for name, path in paths.items():
        for _number in range(pages):
            begin = time.perf_counter()
            reviewer.get(path)
            times.setdefault(name, []).append(1000 * (time.perf_counter() - begin))
    for name, of in times.items():
        yield GetCost(kind, name, *find_quantiles(of))


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, and the seconds until it answered."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float


@contextmanager
def run_server(url: str, folder: Path) -> Iterator[Server]:
    """Run the web site's server on a database until the block ends."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "KAOHE_DATABASE_URL": url, "KAOHE_DATA": str(folder)}
    environment |= {"KAOHE_BASE_URL": f"http://{HOST}:{port}"}
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", SERVER, HOST, str(port)], env=environment)  # noqa: S603  # our own server
    try:
        _wait(process, port)
        yield Server(process, port, time.perf_counter() - begin)
    finally:
        process.terminate()
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        try:
            Browser(port).get("/sign-in")
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise LookupError("the server doesn't answer")


def read_peak(pid: int) -> float:
    """Return the peak memory in MB of the largest child of a process: the one that answers; 0 where nothing tells."""
    peaks = [0.0]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{child}/status").read_text())
            peaks.append(int(found.group(1)) / 1024 if found else 0.0)
    return max(peaks)
