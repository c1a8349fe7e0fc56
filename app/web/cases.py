"""Cases: the list of those that one may see, and the page of each: what is due, its course, sheet, evidence, money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from app.cases.models import Case
from app.cases.queries import CaseFilter, CaseScope, get_case, list_seen_cases
from app.casework.open_appeal import AppealRefused, open_appeal
from app.casework.paper_words import name_indicators
from app.casework.withdraw_appeal import WithdrawalRefused, withdraw_appeal
from app.casework.work import Doer, make_case_target, make_contract_target
from app.clock import get_china_day
from app.contracts.queries import list_contracts
from app.db import reading, transaction
from app.i18n import format_number
from app.permissions import AUTHORITY_ROLES, PARTY_ROLES, Permission, Viewer, may
from app.processes.queries import get_source, get_trail
from app.tasks.queries import list_open_tasks
from app.web.access import get_session, get_viewer, needs, require_here
from app.web.case_page import make_steps, read_case_page, read_rows
from app.web.case_sides import Names, find_reader
from app.web.case_timeline import make_progress
from app.web.case_words import ENTRY_CAUSES, ENTRY_KINDS, MANNERS, PROCESS_NAMES, name_operation
from app.web.due import show_date
from app.web.filters import show_points, show_role
from app.web.letters import DELIVERIES
from app.web.numbers import ID, read_number
from app.web.periods import QUARTER
from app.web.sheets import show_value
from app.web.site import get_now
from app.web.states import STATES
from app.web.words import _, say

blueprint = Blueprint("cases", __name__)
PAGE = 50
BPMN = "application/xml; charset=utf-8"


@blueprint.app_context_processor
def add_words() -> dict[str, object]:
    """Give templates the words of cases."""
    return {
        "process_names": PROCESS_NAMES,
        "entry_kinds": ENTRY_KINDS,
        "entry_causes": ENTRY_CAUSES,
        "deliveries": DELIVERIES,
        "operation": name_operation,
        "manners": MANNERS,
        "names_of": name_indicators,
    }


@blueprint.app_template_filter("value")
def show(value: object) -> str:
    """Return a fact's value in words of the reader's language."""
    return show_value(value, _("yes"), _("no"))  # type: ignore[arg-type]  # templates hand in facts only


@blueprint.app_template_filter("day")
def show_day(moment: dt.datetime | None) -> str:
    """Return the day in China that a moment falls on."""
    return show_date(None if moment is None else get_china_day(moment))


@blueprint.app_template_filter("signed")
def show_signed(points: Decimal | None) -> str:
    """Return points with their sign."""
    if not points:
        return show_points(points)
    return ("+" if points > 0 else "−") + show_points(abs(points))


blueprint.add_app_template_filter(format_number, "plain")


@blueprint.get("/cases")
@needs(Permission.SEE_INBOX)
def list_all() -> str:
    """List the cases that the viewer may see, newest first."""
    viewer, wanted = get_viewer(), _read_filter()
    with reading() as connection:
        before = read_number("before")
        found = list_seen_cases(connection, make_case_scope(viewer), wanted, before, PAGE + 1)
        contracts = [
            one for one in list_contracts(connection) if may(viewer, Permission.SEE_CONTRACT, make_contract_target(one))
        ]
    shown = found[:PAGE]
    return render_template(
        "cases/list.html",
        rows=shown,
        wanted=wanted,
        contracts=contracts,
        states={code: state for code, state in STATES.items() if code in LISTED_STATES},
        is_further=before is not None,
        further=_link_further(shown[-1].case, wanted) if len(found) > PAGE else "",
    )


LISTED_STATES = (
    "to_file",
    "returned",
    "under_review",
    "scoring",
    "to_confirm",
    "to_sign",
    "rectifying",
    "termination_proposed",
    "under_appeal",
    "settling",
    "published",
    "withdrawn",
    "archived",
)


@blueprint.get(f"/cases/<{ID}:case_id>")
@needs(Permission.SEE_CASE)
def show_case(case_id: int) -> str:
    """Show everything about a case on one page."""
    with reading() as connection:
        case, viewer = _get_case(connection, case_id)
        page = read_case_page(connection, case, viewer, get_now())
    return render_template("cases/case.html", found=page, case=case)


@blueprint.post(f"/cases/<{ID}:case_id>/appeal")
@needs(Permission.APPEAL)
def appeal(case_id: int) -> AnyResponse:
    """Open the appeal against a published result; a refusal stays on record and is told."""
    person = get_session().person
    with transaction() as connection:
        case = get_case(connection, case_id)
        doer = Doer(person.id, person.name, require_here(Permission.APPEAL, make_case_target(case)))
        opened = open_appeal(connection, doer, case_id, get_now())
        tasks = [] if isinstance(opened, AppealRefused) else list_open_tasks(connection, opened.id)
    if isinstance(opened, AppealRefused):
        flash(say(opened.message), "danger")
        return redirect(url_for("cases.show_case", case_id=case_id), 303)
    return redirect(url_for("tasks.show_task", task_id=tasks[0].id), 303)


@blueprint.post(f"/cases/<{ID}:case_id>/appeal/withdraw")
@needs(Permission.WITHDRAW_APPEAL)
def withdraw(case_id: int) -> AnyResponse:
    """Withdraw an appeal that isn't answered yet, with the reason; a refusal is told."""
    person, reason = get_session().person, request.form.get("reason", "")
    try:
        with transaction() as connection:
            case = get_case(connection, case_id)
            doer = Doer(person.id, person.name, require_here(Permission.WITHDRAW_APPEAL, make_case_target(case)))
            withdraw_appeal(connection, doer, case_id, reason, get_now())
        flash(_("The appeal is withdrawn; the published result stands."), "success")
    except WithdrawalRefused as error:
        flash(say(error.message), "danger")
    return redirect(url_for("cases.show_case", case_id=case_id), 303)


@blueprint.get(f"/cases/<{ID}:case_id>/diagram.bpmn")
@needs(Permission.SEE_CASE)
def show_diagram(case_id: int) -> Response:
    """Give the diagram that a case runs by."""
    with reading() as connection:
        case, _viewer = _get_case(connection, case_id)
        source = get_source(connection, case.instance_id)
    return make_response(source, 200, {"Content-Type": BPMN})


@blueprint.get(f"/cases/<{ID}:case_id>/steps.json")
@needs(Permission.SEE_CASE)
def show_steps(case_id: int) -> Response:
    """Give where a case stands and who did what, for its diagram."""
    with reading() as connection:
        case, viewer = _get_case(connection, case_id)
        rows, reader = read_rows(connection, case), find_reader(viewer, case)
        names = Names(reader, rows.people, rows.scorers)
        trail = get_trail(connection, case.instance_id)
    owners = {one.id: names.find(one.claimed_by or one.assigned_to) or show_role(one.role) for one in rows.open_tasks}
    return jsonify(make_progress(trail, rows.open_tasks, make_steps(rows, reader, names), owners))


def make_case_scope(viewer: Viewer) -> CaseScope:
    """Return which cases a viewer may see, by the roles held; one without a role there sees none."""
    authorities = {(one.organisation_id, one.programme) for one in viewer.holdings if one.role in AUTHORITY_ROLES}
    parties = {(one.organisation_id, one.programme) for one in viewer.holdings if one.role in PARTY_ROLES}
    return CaseScope(tuple(authorities), tuple(parties))


def _get_case(connection: Connection, case_id: int) -> tuple[Case, Viewer]:
    case = get_case(connection, case_id)
    return case, require_here(Permission.SEE_CASE, make_case_target(case))


def _read_filter() -> CaseFilter:
    """Return the filters that the address names; unknown values are left out."""
    period, status = request.args.get("period", "").strip().upper(), request.args.get("status", "")
    return CaseFilter(
        contract_id=read_number("contract"),
        period=period if QUARTER.fullmatch(period) else "",
        status=status if status in LISTED_STATES else "",
    )


def _link_further(last: Case, wanted: CaseFilter) -> str:
    query = {"contract": wanted.contract_id, "period": wanted.period, "status": wanted.status, "before": last.id}
    return f"{url_for('cases.list_all')}?{urlencode({name: one for name, one in query.items() if one})}"
