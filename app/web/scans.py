"""Scans filed back: a paper that was sealed or signed, a score sheet that its members signed; and their downloads.

A page shows the form in a dialog; at its own address the same form works without scripts and comes back as typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from app.cases.models import Case
from app.cases.queries import get_case
from app.casework.file_scan import file_paper_scan, file_sheet_scan, make_filing_target, require_approved_sheet
from app.casework.work import Doer, make_case_target, make_contract_target
from app.contracts.models import Contract
from app.db import reading, transaction
from app.errors import KaoheError, Message
from app.papers.models import Scan
from app.papers.operations import Filing, ScanRefused, receive_scan
from app.papers.queries import get_paper, get_scan, list_scans_of_paper, list_scans_of_sheets
from app.permissions import Permission
from app.web.access import get_session, get_viewer, may_here, needs, require_here
from app.web.errors import find_status
from app.web.evidence import get_store, send_stored
from app.web.numbers import ID, parse_number
from app.web.paths import keep_local
from app.web.scan_views import SCAN_KINDS, ScansView, view_paper_scans, view_sheet_scans
from app.web.site import get_now
from app.web.task_values import read_posted
from app.web.words import _

blueprint = Blueprint("scans", __name__)
Found = tuple[Case, ScansView]
"""The case that a scan is filed in, and what stands there already."""
File = Callable[[Connection, Doer, int, Filing, dt.datetime], Scan]
Answer = AnyResponse | tuple[str, int]


@blueprint.app_context_processor
def add_words() -> dict[str, object]:
    """Give templates the words of scans, and whether the viewer may file them for a contract."""

    def may_file(contract: Contract) -> bool:
        return may_here(Permission.FILE_SCAN, make_contract_target(contract))

    return {"scan_kinds": SCAN_KINDS, "may_file_scans": may_file}


@blueprint.get(f"/scans/<{ID}:scan_id>")
@needs(Permission.SEE_CASE)
def download(scan_id: int) -> AnyResponse:
    """Send a scan to whoever may see its case; a signed sheet names the scorers, so it stays with the authority."""
    with reading() as connection:
        scan = get_scan(connection, scan_id)
        target = make_case_target(get_case(connection, scan.case_id))
    require_here(Permission.SEE_CASE, target)
    if scan.sheet_id is not None:
        require_here(Permission.SEE_SIGNED_SHEET, target)
    return send_stored(scan.sha256, scan.media_type, scan.name)


@blueprint.get(f"/papers/<{ID}:paper_id>/scans")
@needs(Permission.FILE_SCAN)
def show_paper_form(paper_id: int) -> str:
    """Show the form that files a scan of a paper."""
    return _show(_find_paper(paper_id), {}, {})


@blueprint.post(f"/papers/<{ID}:paper_id>/scans")
@needs(Permission.FILE_SCAN)
def file_for_paper(paper_id: int) -> Answer:
    """File a scan of a paper."""
    return _file(_find_paper, file_paper_scan, paper_id)


@blueprint.get(f"/cases/<{ID}:case_id>/sheet/scans")
@needs(Permission.FILE_SCAN)
def show_sheet_form(case_id: int) -> str:
    """Show the form that files the signed score sheet of a case."""
    return _show(_find_sheet(case_id), {}, {})


@blueprint.post(f"/cases/<{ID}:case_id>/sheet/scans")
@needs(Permission.FILE_SCAN)
def file_for_sheet(case_id: int) -> Answer:
    """File the signed score sheet of a case."""
    return _file(_find_sheet, file_sheet_scan, case_id)


def _find_paper(paper_id: int) -> Found:
    with reading() as connection:
        paper = get_paper(connection, paper_id)
        case = _require_case(connection, paper.case_id)
        return case, view_paper_scans(paper, list_scans_of_paper(connection, paper_id))


def _find_sheet(case_id: int) -> Found:
    with reading() as connection:
        case = _require_case(connection, case_id)
        sheet = require_approved_sheet(connection, case_id)
        return case, view_sheet_scans(sheet, list_scans_of_sheets(connection, case_id))


def _require_case(connection: Connection, case_id: int) -> Case:
    case = get_case(connection, case_id)
    require_here(Permission.FILE_SCAN, make_filing_target(case))
    return case


def _file(find: Callable[[int], Found], file: File, number: int) -> Answer:
    """File what was sent; what is refused comes back as typed, with the reason at its field."""
    found, typed, upload = find(number), read_posted(request.form), request.files.get("file")
    if upload is None or not upload.filename:
        return _show(found, typed, {"file": Message("choose the scanned file")}), 422
    try:
        received = receive_scan(get_store(), upload.filename, upload.stream)
    except KaoheError as error:
        return _show(found, typed, {"file": error.message}), find_status(error)
    person = get_session().person
    before, note, reason = parse_number(typed.get("supersedes", "")), typed.get("note", ""), typed.get("reason", "")
    filing = Filing(received, typed.get("kind", ""), note, before, reason)
    try:
        with transaction() as connection:
            file(connection, Doer(person.id, person.name, get_viewer()), number, filing, get_now())
    except ScanRefused as error:
        return _show(find(number), typed, {error.field: error.message}), 422
    flash(_("{name}: filed.", name=received.name), "success")
    case, _view = found
    back = keep_local(typed.get("back")) or url_for("cases.show_case", case_id=case.id)
    return redirect(back, 303)


def _show(found: Found, typed: Mapping[str, str], wrong: Mapping[str, Message]) -> str:
    case, view = found
    return render_template("scans/form.html", case=case, one=view, typed=typed, wrong=wrong)
