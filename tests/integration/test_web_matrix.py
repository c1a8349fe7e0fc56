"""Roles × routes × {own case, another of the same authority, another organisation's}: every answer, allowed and denied.

The routes come from the application, what each needs from the table below: a route that is not there fails the test.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert
from werkzeug.test import TestResponse

from app.audit.values import Actor
from app.cases.models import Case, incidents
from app.db import transaction
from app.evidence.operations import Received, add_link, receive_file
from app.identity.operations import NewRole, add_organisation, add_person
from app.identity.rules import ROLES
from app.occurrences.operations import NewOccurrence, add_occurrence
from app.outbox.queries import list_by_case
from app.papers.operations import Filing, NewPaper, add_scan, issue_paper, receive_scan, reserve_number
from app.tasks.queries import list_open_tasks
from app.web.access import STATIC_ENDPOINTS
from app.web.evidence import get_store
from tests.integration.caseworld import Side, add_neighbour, make_side
from tests.integration.website import NOW, PASSWORD, SiteSettings, Visitor, make_site
from tests.paper_builders import make_letter
from tests.unit.test_evidence_samples import PDF

OWN, NEIGHBOUR, STRANGER = "own", "another of the same authority", "another organisation's"
RELATIONS = (OWN, NEIGHBOUR, STRANGER)
PARTY = frozenset({"party_staff", "party_head"})
SEPARATED = frozenset({"system_admin", "security_admin", "audit_admin"})
AUTHORITY = frozenset(ROLES) - PARTY - SEPARATED - {"process_admin"}
ANYBODY = "anybody"
"""Stands for a route that answers without signing in."""

Rule = Callable[[str, str], bool]
"""Whether a role is allowed, at a relation; for routes about nothing in particular the relation is `OWN`."""


@dataclass(frozen=True)
class Route:
    """What a route needs."""

    rule: Rule | str


def everybody(_role: str, _relation: str) -> bool:
    return True


def nobody(_role: str, _relation: str) -> bool:
    return False


def only(*roles: str) -> Rule:
    return lambda role, _relation: role in roles


def sees_the_case(role: str, relation: str) -> bool:
    """The authority's people see all its cases, a party its own; administrators see none."""
    return (role in AUTHORITY and relation != STRANGER) or (role in PARTY and relation == OWN)


def reads_the_letter(role: str, relation: str) -> bool:
    """Letters here are to the party's head: read by that person and by the authority's supervisor."""
    return (role == "supervisor" and relation != STRANGER) or (role == "party_head" and relation == OWN)


def supervises(role: str, relation: str) -> bool:
    return role == "supervisor" and relation != STRANGER


def works_on_the_filing(role: str, relation: str) -> bool:
    """The open task of every case here is its filing, which nobody returns: the party's clerk does it."""
    return role == "party_staff" and relation == OWN


def keeps_the_process(role: str, relation: str) -> bool:
    return role == "process_admin" and relation != STRANGER


has_work = only(*PARTY, *AUTHORITY)


def appeals(role: str, relation: str) -> bool:
    return role == "party_head" and relation == OWN


def amends_fees(role: str, relation: str) -> bool:
    return role == "supervisor" and relation != STRANGER


def keeps_the_register(role: str, relation: str) -> bool:
    return role in ("reviewer", "supervisor") and relation != STRANGER


def checks_the_register(role: str, relation: str) -> bool:
    return role in ("reviewer", "supervisor", "verifier") and relation != STRANGER


def is_the_party(role: str, relation: str) -> bool:
    return role in PARTY and relation == OWN


def files_scans(role: str, relation: str) -> bool:
    return role in {"reviewer", "appeal_handler", "finance", "supervisor"} and relation != STRANGER


adds_contracts = only("supervisor", "process_admin")

TABLE: dict[str, Route] = {
    "GET /": Route(everybody),
    "GET /healthz": Route(ANYBODY),
    "GET /sign-in": Route(ANYBODY),
    "POST /sign-in": Route(ANYBODY),
    "POST /sign-in/demo": Route(nobody),
    "POST /sign-out": Route(ANYBODY),
    "POST /session/stay": Route(everybody),
    "POST /language": Route(ANYBODY),
    "GET /account": Route(everybody),
    "GET /account/password": Route(everybody),
    "POST /account/password": Route(everybody),
    "GET /inbox": Route(has_work),
    "GET /board": Route(only("approver", "second_approver", "supervisor", "finance")),
    "GET /cases": Route(has_work),
    "GET /cases/<case_id>": Route(sees_the_case),
    "GET /cases/<case_id>/diagram.bpmn": Route(sees_the_case),
    "GET /cases/<case_id>/steps.json": Route(sees_the_case),
    "POST /cases/<case_id>/appeal": Route(appeals),
    "POST /cases/<case_id>/appeal/withdraw": Route(appeals),
    "GET /cases/<case_id>/sheet.<kind>": Route(sees_the_case),
    "GET /papers/<paper_id>.<kind>": Route(sees_the_case),
    "GET /papers/<paper_id>/scans": Route(files_scans),
    "POST /papers/<paper_id>/scans": Route(files_scans),
    "GET /cases/<case_id>/sheet/scans": Route(files_scans),
    "POST /cases/<case_id>/sheet/scans": Route(files_scans),
    "GET /scans/<scan_id>": Route(sees_the_case),
    "GET /contracts/<contract_id>/ledger.xlsx": Route(sees_the_case),
    "POST /contracts/<contract_id>/fee": Route(amends_fees),
    "GET /contracts": Route(has_work),
    "GET /contracts/<contract_id>": Route(sees_the_case),
    "GET /contracts/new": Route(adds_contracts),
    "POST /contracts": Route(adds_contracts),
    "GET /occurrences": Route(has_work),
    "GET /occurrences/new": Route(nobody),
    "GET /occurrences/<occurrence_id>": Route(sees_the_case),
    "GET /occurrences/<occurrence_id>/files/<which>": Route(sees_the_case),
    "POST /occurrences/<occurrence_id>/answer": Route(is_the_party),
    "POST /occurrences/<occurrence_id>/check": Route(checks_the_register),
    "GET /contracts/<contract_id>/occurrences/new": Route(keeps_the_register),
    "POST /contracts/<contract_id>/occurrences": Route(keeps_the_register),
    "GET /mailbox": Route(everybody),
    "GET /mailbox/<letter_id>": Route(reads_the_letter),
    "GET /mailbox/<letter_id>/html": Route(reads_the_letter),
    "POST /mailbox/<letter_id>/resend": Route(supervises),
    "GET /accounts": Route(only("system_admin")),
    "GET /accounts/<person_id>": Route(only("system_admin")),
    "POST /accounts/<person_id>/unlock": Route(only("system_admin")),
    "POST /accounts/<person_id>/disable": Route(only("system_admin")),
    "POST /accounts/<person_id>/enable": Route(only("system_admin")),
    "POST /accounts/<person_id>/password": Route(only("system_admin")),
    "GET /audit": Route(only("audit_admin")),
    "POST /audit/verify": Route(only("audit_admin")),
    "GET /incidents": Route(only("process_admin")),
    "POST /incidents/<incident_id>/retry": Route(keeps_the_process),
    "GET /evidence/<evidence_id>": Route(sees_the_case),
    "POST /tasks/<task_id>/evidence": Route(works_on_the_filing),
    "POST /tasks/<task_id>/evidence/<evidence_id>/withdraw": Route(works_on_the_filing),
    "GET /tasks/<task_id>": Route(sees_the_case),
    "POST /tasks/<task_id>/payments": Route(nobody),
    "POST /tasks/<task_id>/payments/<payment_id>/reverse": Route(nobody),
    "POST /tasks/<task_id>/claim": Route(works_on_the_filing),
    "POST /tasks/<task_id>/release": Route(sees_the_case),
    "POST /tasks/<task_id>/draft": Route(works_on_the_filing),
    "POST /tasks/<task_id>/draft/drop": Route(works_on_the_filing),
    "POST /tasks/<task_id>/estimate": Route(works_on_the_filing),
    "POST /tasks/<task_id>/complete": Route(works_on_the_filing),
    "POST /tasks/<task_id>/return": Route(nobody),
    "GET /diagrams": Route(everybody),
    "GET /diagrams/<name>": Route(everybody),
    "GET /diagrams/<name>/source.bpmn": Route(everybody),
}
CLERK = Actor(1, "经办人")
ENDS_THE_SESSION = ("POST /sign-out", "POST /sign-in")
ALLOWED = {200, 204, 302, 303, 422}
DENIED = {403, 404}


def list_routes(app: Flask) -> list[str]:
    """Every route of the application by method and path, its files aside."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in STATIC_ENDPOINTS:
            path = re.sub(r"<[^<>]*:(\w+)>", r"<\1>", rule.rule)
            found += [f"{method} {path}" for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_stands_in_the_table(app: Flask) -> None:
    make_site(app)
    assert sorted(list_routes(app)) == sorted(TABLE)


@dataclass(frozen=True)
class Things:
    """What routes are about, by the names in their paths, at one relation."""

    case_id: int
    contract_id: int
    letter_id: int
    incident_id: int
    task_id: int
    evidence_id: int
    person_id: int
    paper_id: int
    occurrence_id: int
    scan_id: int
    payment_id: int = 1
    which: str = "record"
    name: str = "contract-quarter"
    kind: str = "pdf"


def make_things(case: Case) -> Things:
    """The things of a case: its first letter to the party's head, a failed step, an account that nobody uses."""
    with transaction() as connection:
        failed = {"case_id": case.id, "operation": "publish_result", "message": "x", "tries": 3, "state": "open"}
        added = connection.execute(insert(incidents).values(**failed, first_at=NOW, last_at=NOW)).inserted_primary_key
        proof = add_link(connection, CLERK, case.id, "training", 0, "https://example.org/", case.party_id, NOW)
        spare = add_person(connection, None, f"spare-{case.id}", "备用", "", case.party_id, PASSWORD, [], NOW)
        letters, task = list_by_case(connection, case.id), list_open_tasks(connection, case.id)[0]
        reserved = reserve_number(connection, case.authority_id, NOW)
        letter = make_letter().to_data()
        new = NewPaper("rectification_notice", case.contract_id, case.id, "整改通知书", letter)
        paper_id = issue_paper(connection, reserved, new, None, NOW)
        scanned = receive_scan(get_store(), "用印件.pdf", io.BytesIO(PDF))
        scan = add_scan(connection, Filing(scanned, "sealed"), None, spare.id, NOW, paper_id=paper_id)
        told = NewOccurrence("valid_complaints", NOW.date(), "热线", "投诉", make_file())
        occurrence_id = add_occurrence(connection, case.contract_id, told, spare.id, NOW, NOW)
    assert added is not None
    numbers = (task.id, proof.id, spare.id, paper_id, occurrence_id, scan.id)
    return Things(case.id, case.contract_id, letters[-1].id, int(added[0]), *numbers)


def make_file() -> Received:
    """A file in the site's store."""
    return receive_file(get_store(), "情况.txt", io.BytesIO("电梯停运".encode()))


def make_world() -> tuple[Side, dict[str, Things]]:
    """A side whose people visit, its authority's other vendor, and another authority's case; everybody who there is."""
    side, stranger = make_side("hongshan"), make_side("songshan")
    with transaction() as connection:
        operator = add_organisation(connection, None, "operator", "平台运营单位", "operator", NOW)
        for role in sorted(SEPARATED | {"local_authority", "finance"}):
            where = operator if role in SEPARATED else side.authority
            name = side.name(role)
            roles = [NewRole(role)]
            add_person(connection, None, name, name, "", where.id, PASSWORD, roles, NOW, must_change_password=False)
    things = {OWN: side.case, NEIGHBOUR: add_neighbour(side), STRANGER: stranger.case}
    return side, {relation: make_things(case) for relation, case in things.items()}


def ask(visitor: Visitor, route: str, things: Things) -> TestResponse:
    """Send a route's request about one of the things."""
    method, _space, path = route.partition(" ")
    path = re.sub(r"<(\w+)>", lambda found: str(getattr(things, found[1])), path)
    return visitor.get(path) if method == "GET" else visitor.post(path)


def list_questions(relations: dict[str, Things]) -> Iterator[tuple[str, str, Things]]:
    """Every route at every relation that makes a difference; those that end the session last."""
    for route in sorted(TABLE, key=lambda one: one in ENDS_THE_SESSION):
        for relation, things in relations.items():
            if "<" in route or relation == OWN:
                yield route, relation, things


def is_allowed(route: str, answer: TestResponse) -> bool | None:
    """Whether an answer lets somebody in; None for one that is neither in nor out."""
    leads_away = answer.headers.get("Location", "").startswith("/sign-in") and route != "POST /sign-out"
    is_sent_away = leads_away or answer.status_code == 401
    if answer.status_code in ALLOWED and not is_sent_away:
        return True
    return False if answer.status_code in DENIED or is_sent_away else None


def test_the_whole_matrix(app: Flask, tmp_path: Path) -> None:
    make_site(app, SiteSettings(data_folder=tmp_path))
    side, relations = make_world()
    wrong, asked = [], 0
    for role in ROLES:
        visitor = Visitor(app)
        assert visitor.sign_in(side.name(role)).status_code == 303, role
        for route, relation, things in list_questions(relations):
            rule = TABLE[route].rule
            wanted = True if isinstance(rule, str) else rule(role, relation)
            answer = ask(visitor, route, things)
            asked += 1
            if is_allowed(route, answer) != wanted:
                wrong.append((role, route, relation, answer.status_code, wanted))
    assert wrong == []
    assert asked == len(ROLES) * len(list(list_questions(relations)))


def test_nobody_is_let_in_without_signing_in(app: Flask, tmp_path: Path) -> None:
    make_site(app, SiteSettings(data_folder=tmp_path))
    _side, relations = make_world()
    visitor, wrong = Visitor(app), []
    for route, relation, things in list_questions(relations):
        answer = ask(visitor, route, things)
        wanted = TABLE[route].rule == ANYBODY
        if is_allowed(route, answer) != wanted:
            wrong.append((route, relation, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("demo", [False, True])
def test_the_demonstration_adds_its_own_pages_only(app: Flask, *, demo: bool) -> None:
    make_site(app, SiteSettings(demo=demo))
    assert set(list_routes(app)) - set(TABLE) == ({"GET /_look"} if demo else set())
