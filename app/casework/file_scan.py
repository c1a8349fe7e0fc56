"""File a scan back (扫描件归档): a paper that was sealed or signed, or the score sheet that its members signed.

Papers come back after a case has closed, so a closed case takes scans as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.audit.operations import append
from app.cases.models import Case
from app.cases.operations import set_heads
from app.cases.queries import lock_case
from app.casework.work import Doer
from app.errors import Message
from app.papers.models import SCAN_KINDS, Scan
from app.papers.operations import Filing, ScanRefused, add_scan
from app.papers.queries import get_paper, list_scans_of_paper, list_scans_of_sheets
from app.permissions import ContractTarget, Permission, require
from app.scores.models import SheetRow
from app.scores.queries import find_sheet

APPROVED = "approved"
LONGEST_TEXT = 1000


def make_filing_target(case: Case) -> ContractTarget:
    """Return the contract whose file a case's papers belong to, as permissions see it."""
    return ContractTarget(case.contract_id, case.authority_id, case.party_id, case.programme)


def file_paper_scan(connection: Connection, doer: Doer, paper_id: int, filing: Filing, now: dt.datetime) -> Scan:
    """File a scan of an issued paper. Raises `NotPermitted`, or `ScanRefused` with the field that is wrong.

    The file that stands there already is not filed again.
    """
    paper = get_paper(connection, paper_id)
    case = _take_up(connection, doer, paper.case_id)
    before = find_paper_scan(connection, paper.id)
    if before is not None and _is_same(before, filing):
        return before
    _check(filing, before)
    scan = add_scan(connection, filing, before, doer.id, now, paper_id=paper.id)
    _record(connection, case, doer, scan, {"number": paper.number}, now)
    return scan


def file_sheet_scan(connection: Connection, doer: Doer, case_id: int, filing: Filing, now: dt.datetime) -> Scan:
    """File a scan of a case's approved score sheet (政府采购法 41: who accepts signs); else as `file_paper_scan`."""
    case = _take_up(connection, doer, case_id)
    sheet = require_approved_sheet(connection, case.id)
    before = find_sheet_scan(connection, sheet)
    if before is not None and _is_same(before, filing):
        return before
    _check(filing, before)
    scan = add_scan(connection, filing, before, doer.id, now, sheet_id=sheet.id)
    _record(connection, case, doer, scan, {"sheet": sheet.number}, now)
    return scan


def require_approved_sheet(connection: Connection, case_id: int) -> SheetRow:
    """Return a case's newest sheet; `ScanRefused` before it is approved: there is nothing to sign yet."""
    sheet = find_sheet(connection, case_id)
    if sheet is None or sheet.state != APPROVED:
        raise ScanRefused("file", Message("the score sheet is signed once its result is approved"))
    return sheet


def find_paper_scan(connection: Connection, paper_id: int) -> Scan | None:
    """Return the scan of a paper that stands, None before any is filed."""
    return find_current(list_scans_of_paper(connection, paper_id))


def find_sheet_scan(connection: Connection, sheet: SheetRow) -> Scan | None:
    """Return the scan of a sheet's version that stands, None before any is filed."""
    return find_current([one for one in list_scans_of_sheets(connection, sheet.case_id) if one.sheet_id == sheet.id])


def find_current(scans: Sequence[Scan]) -> Scan | None:
    """Return the scan that stands, of one paper's or sheet's scans."""
    return next((one for one in scans if one.is_current), None)


def _take_up(connection: Connection, doer: Doer, case_id: int) -> Case:
    """Return a case, locked: whoever files next sees what was filed."""
    case = lock_case(connection, case_id)
    require(doer.viewer, Permission.FILE_SCAN, make_filing_target(case))
    return case


def _is_same(before: Scan, filing: Filing) -> bool:
    return (before.sha256, before.kind) == (filing.received.stored.sha256, filing.kind)


def _check(filing: Filing, before: Scan | None) -> None:
    if filing.kind not in SCAN_KINDS:
        raise ScanRefused("kind", Message("say whether the scan is sealed, signed or both"))
    for field, text in (("note", filing.note), ("reason", filing.reason)):
        if len(text) > LONGEST_TEXT:
            raise ScanRefused(field, Message("at most {most} characters", most=LONGEST_TEXT))
    if filing.supersedes != (None if before is None else before.id):
        changed = Message("another scan was filed meanwhile; look at it before you replace it")
        raise ScanRefused("reason", changed)
    if before is not None and not filing.reason.strip():
        raise ScanRefused("reason", Message("say why this scan replaces the one filed before"))


def _record(
    connection: Connection, case: Case, doer: Doer, scan: Scan, of: Mapping[str, object], now: dt.datetime
) -> None:
    details = {**of, "kind": scan.kind, "scan": scan.number, "sha256": scan.sha256}
    if scan.reason:
        details["reason"] = scan.reason
    head = append(connection, case.head, case.chain, [(doer.actor, "scan_filed", details)], now)
    set_heads(connection, {case.id: head})
