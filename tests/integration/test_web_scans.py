"""Scans filed back (扫描件归档): sealed papers and signed score sheets, whose they are, and what stays on record."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app.audit.models import audit_entries
from app.audit.verification import verify_chains
from app.cases.queries import get_case
from app.casework.file_scan import file_paper_scan
from app.db import load_json, reading, transaction
from app.errors import UnknownName
from app.evidence.store import FILES, FileStore
from app.papers.models import Paper, Scan, paper_scans
from app.papers.operations import Filing, ScanRefused, receive_scan
from app.papers.queries import get_scan, list_papers_of_contract, list_scans_of_paper, list_scans_of_sheets
from app.permissions import NotPermitted
from app.scores.models import sheets
from app.scores.operations import add_sheet, supersede_sheets
from tests.integration.caseworld import Side, drive, make_side
from tests.integration.test_web_following import POOR
from tests.integration.test_web_inbox import visit
from tests.integration.website import NOW, SiteSettings, Visitor, make_site
from tests.unit.test_evidence_samples import DOCX, JPG, PDF, PNG


@pytest.fixture
def side(app: Flask, tmp_path: Path) -> Side:
    """A quarter that lost enough to be rectified: it is published, its notices are issued."""
    make_site(app, SiteSettings(data_folder=tmp_path))
    made = make_side("hongshan")
    drive(made, "", **POOR)
    return made


def find_paper(side: Side) -> Paper:
    with reading() as connection:
        return list_papers_of_contract(connection, side.contract.id)[0]


def list_scans(paper: Paper) -> list[Scan]:
    with reading() as connection:
        return list_scans_of_paper(connection, paper.id)


def send(
    visitor: Visitor, path: str, content: bytes = PDF, name: str = "整改通知书（盖章）.pdf", **fields: object
) -> TestResponse:
    """File a scan as the form does."""
    return visitor.post(path, {"file": (io.BytesIO(content), name), "kind": "sealed", **fields})


def list_audited(side: Side, case_id: int) -> list[Mapping[str, object]]:
    """What the case's chain says about scans."""
    with reading() as connection:
        chain = get_case(connection, case_id).chain
        found = select(audit_entries.c.details).where(
            audit_entries.c.chain == chain, audit_entries.c.action == "scan_filed"
        )
        assert verify_chains(connection) == []
        return [load_json(one) for one in connection.execute(found.order_by(audit_entries.c.place)).scalars()]


def test_a_sealed_paper_comes_back_as_a_scan_and_is_downloaded_byte_for_byte(app: Flask, side: Side) -> None:
    reviewer, paper = visit(app, side.name("reviewer")), find_paper(side)
    page = reviewer.get(f"/cases/{paper.case_id}").text
    assert "待用印" in page
    assert f'<dialog id="scan-paper-{paper.id}"' in page
    answer = send(reviewer, f"/papers/{paper.id}/scans", back=f"/cases/{paper.case_id}#papers", note="一式三份")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{paper.case_id}#papers")
    scan = list_scans(paper)[0]
    for role in ("reviewer", "party_head"):
        reader = visit(app, side.name(role))
        got = reader.get(f"/scans/{scan.id}")
        assert (got.data, got.mimetype) == (PDF, "application/pdf")
        assert got.headers["Content-Disposition"].startswith("attachment")
        for path in (f"/cases/{paper.case_id}", f"/contracts/{side.contract.id}"):
            shown = reader.get(path).text
            assert "已归档扫描件" in shown
            assert "用印件 · 第1版" in shown
            assert "一式三份" in shown


def test_a_better_scan_supersedes_the_first_with_a_reason_and_both_stay(app: Flask, side: Side) -> None:
    reviewer, paper = visit(app, side.name("reviewer")), find_paper(side)
    path = f"/papers/{paper.id}/scans"
    send(reviewer, path)
    first = list_scans(paper)[0]
    refused = send(reviewer, path, JPG, "重扫.jpeg", kind="both", supersedes=first.id, note="彩色扫描")
    assert refused.status_code == 422
    assert "请说明替换原扫描件的理由" in refused.text
    assert 'value="彩色扫描"' in refused.text
    assert (
        send(reviewer, path, JPG, "重扫.jpeg", kind="both", supersedes=first.id, reason="原件模糊").status_code == 303
    )
    later, earlier = list_scans(paper)
    assert (later.number, later.kind, later.reason, later.supersedes) == (2, "both", "原件模糊", earlier.id)
    assert (earlier.number, earlier.superseded_by) == (1, later.id)
    assert [reviewer.get(f"/scans/{one.id}").data for one in (later, earlier)] == [JPG, PDF]
    page = reviewer.get(f"/cases/{paper.case_id}").text
    assert page.index("第2版") < page.index("用印件 · 第1版")
    assert "已被替代" in page
    assert "替换原因：原件模糊" in page


def test_whoever_was_second_looks_at_the_first_scan_before_replacing_it(app: Flask, side: Side) -> None:
    path = f"/papers/{find_paper(side).id}/scans"
    send(visit(app, side.name("reviewer")), path)
    late = visit(app, side.name("supervisor"))
    answer = send(late, path, PNG, "盖章.png", note="传真件")
    assert answer.status_code == 422
    assert "其间已有他人归档扫描件" in answer.text
    assert 'value="传真件"' in answer.text
    assert len(list_scans(find_paper(side))) == 1


def test_the_same_file_sent_twice_is_filed_once(app: Flask, side: Side) -> None:
    reviewer, paper = visit(app, side.name("reviewer")), find_paper(side)
    for _time in range(2):
        assert send(reviewer, f"/papers/{paper.id}/scans").status_code == 303
    assert len(list_scans(paper)) == 1
    assert len(list_audited(side, paper.case_id)) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("整改通知书.docx", DOCX, "只接受 PDF 文件和图片"),
        ("整改通知书.pdf", PNG, "内容"),
        ("整改通知书.tif", PNG, "只接受 PDF 文件和图片"),
        ("整改通知书.pdf", b"", "0"),
    ],
)
def test_what_is_no_scan_is_refused_with_the_reason_and_what_was_typed_is_kept(
    app: Flask, side: Side, name: str, content: bytes, words: str
) -> None:
    reviewer, paper = visit(app, side.name("reviewer")), find_paper(side)
    answer = send(reviewer, f"/papers/{paper.id}/scans", content, name, kind="both", note="一式三份")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="一式三份"' in answer.text
    assert 'value="both" required checked' in answer.text
    assert list_scans(paper) == []


def test_a_form_without_a_file_or_a_kind_says_what_is_missing(app: Flask, side: Side) -> None:
    reviewer, path = visit(app, side.name("reviewer")), f"/papers/{find_paper(side).id}/scans"
    assert "请选择扫描件文件" in reviewer.post(path, {"kind": "sealed"}).text
    assert "请注明扫描件是用印件" in send(reviewer, path, kind="stamped").text
    assert "扫描件文件" in reviewer.get(path).text


@pytest.mark.parametrize("role", ["party_staff", "party_head", "scorer", "approver"])
def test_neither_the_vendor_nor_whoever_handles_no_papers_files_scans(app: Flask, side: Side, role: str) -> None:
    visitor, paper = visit(app, side.name(role)), find_paper(side)
    assert f"scan-paper-{paper.id}" not in visitor.get(f"/cases/{paper.case_id}").text
    assert visitor.get(f"/papers/{paper.id}/scans").status_code == 403
    assert send(visitor, f"/papers/{paper.id}/scans").status_code == 403
    assert list_scans(paper) == []


def test_another_authority_neither_sees_nor_files(app: Flask, side: Side) -> None:
    paper, other = find_paper(side), make_side("songshan")
    send(visit(app, side.name("reviewer")), f"/papers/{paper.id}/scans")
    stranger = visit(app, other.name("reviewer"))
    assert stranger.get(f"/scans/{list_scans(paper)[0].id}").status_code == 403
    assert send(stranger, f"/papers/{paper.id}/scans").status_code == 403


def test_the_chain_of_the_case_has_each_scan_even_after_it_is_closed(app: Flask, side: Side) -> None:
    reviewer = visit(app, side.name("reviewer"))
    with reading() as connection:
        papers = list_papers_of_contract(connection, side.contract.id)
        paper = next(one for one in papers if get_case(connection, one.case_id).closed_at is not None)
    path = f"/papers/{paper.id}/scans"
    send(reviewer, path)
    first = list_scans(paper)[0]
    send(reviewer, path, PNG, "重扫.png", supersedes=first.id, reason="漏盖骑缝章")
    second = list_scans(paper)[0]
    assert list_audited(side, paper.case_id) == [
        {"number": paper.number, "kind": "sealed", "scan": 1, "sha256": first.sha256},
        {"number": paper.number, "kind": "sealed", "scan": 2, "sha256": second.sha256, "reason": "漏盖骑缝章"},
    ]


def test_the_signed_score_sheet_is_filed_with_its_case_and_the_party_has_none_of_it(app: Flask, side: Side) -> None:
    reviewer, path = visit(app, side.name("reviewer")), f"/cases/{side.case.id}/sheet/scans"
    assert "待评审成员签字" in reviewer.get(f"/cases/{side.case.id}").text
    assert send(reviewer, path, PNG, "评分表签字页.png", kind="signed").status_code == 303
    with reading() as connection:
        scan = list_scans_of_sheets(connection, side.case.id)[0]
    assert (scan.sheet_number, scan.kind, scan.paper_id) == (1, "signed", None)
    assert "签字件 · 第1版" in reviewer.get(f"/cases/{side.case.id}").text
    assert reviewer.get(f"/scans/{scan.id}").data == PNG
    head = visit(app, side.name("party_head"))
    assert "签字件" not in head.get(f"/cases/{side.case.id}").text
    assert head.get(f"/scans/{scan.id}").status_code == 403
    assert list_audited(side, side.case.id)[-1]["sheet"] == 1


def test_a_superseded_sheet_keeps_its_signatures_and_the_new_one_waits_for_its_own(app: Flask, side: Side) -> None:
    reviewer, path = visit(app, side.name("reviewer")), f"/cases/{side.case.id}/sheet/scans"
    send(reviewer, path, kind="signed")
    with transaction() as connection:
        row = dict(connection.execute(select(sheets).where(sheets.c.case_id == side.case.id)).mappings().one())
        del row["id"]
        supersede_sheets(connection, side.case.id)
        add_sheet(connection, {**row, "number": 2})
    page = reviewer.get(f"/cases/{side.case.id}").text
    assert "待评审成员签字" in page
    assert "评分表第1版" in page
    assert send(reviewer, path, PNG, "签字页.png", kind="signed").status_code == 303
    with reading() as connection:
        scans = list_scans_of_sheets(connection, side.case.id)
    assert [(one.sheet_number, one.number, one.is_current) for one in scans] == [(2, 1, True), (1, 1, True)]


def test_a_sheet_that_is_not_approved_yet_takes_no_signatures(app: Flask, tmp_path: Path) -> None:
    make_site(app, SiteSettings(data_folder=tmp_path))
    side = make_side("hongshan")
    drive(side, "approve")
    reviewer = visit(app, side.name("reviewer"))
    assert "待评审成员签字" not in reviewer.get(f"/cases/{side.case.id}").text
    answer = send(reviewer, f"/cases/{side.case.id}/sheet/scans", kind="signed")
    assert answer.status_code == 422
    assert "评分结果批准后" in answer.text


@pytest.mark.usefixtures("app")
def test_the_operation_itself_asks_who_files_and_leaves_nothing_when_refused(side: Side, tmp_path: Path) -> None:
    paper = find_paper(side)
    received = receive_scan(FileStore(tmp_path / FILES), "a.pdf", io.BytesIO(PDF))
    for role, kind, error in (("party_head", "sealed", NotPermitted), ("reviewer", "faxed", ScanRefused)):
        doer = side.cast.people[role].on(NOW)
        with pytest.raises(error), transaction() as connection:
            file_paper_scan(connection, doer, paper.id, Filing(received, kind), NOW)
    assert list_scans(paper) == []
    with reading() as connection, pytest.raises(UnknownName):
        get_scan(connection, 99)


@pytest.mark.parametrize(
    "wrong",
    [{"sheet_id": 1}, {"paper_id": None}, {"kind": "faxed"}, {"number": 2}, {"reason": "无故"}, {"number": 1}],
    ids=["of two", "of nothing", "of no kind", "second without a first", "a reason for nothing", "first twice"],
)
def test_the_database_holds_what_a_scan_is(app: Flask, side: Side, wrong: dict[str, object]) -> None:
    paper = find_paper(side)
    send(visit(app, side.name("reviewer")), f"/papers/{paper.id}/scans")
    first = list_scans(paper)[0]
    row = {name: getattr(first, name) for name in paper_scans.columns.keys() if name != "id"}  # noqa: SIM118  # a collection, no mapping
    with pytest.raises(IntegrityError), transaction() as connection:
        connection.execute(insert(paper_scans), {**row, **wrong})
