"""Scans as pages show them: what came back sealed or signed, of which paper or sheet, and where another is filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.casework.file_scan import APPROVED, find_current
from app.errors import Message
from app.papers.models import Paper, Scan
from app.scores.models import SheetRow

SCAN_KINDS: Mapping[str, Message] = {
    "sealed": Message("sealed copy"),
    "signed": Message("signed copy"),
    "both": Message("sealed and signed copy"),
}


@dataclass(frozen=True, slots=True)
class ScansView:
    """The scans of a paper or of a case's score sheet, latest first.

    `title` and `number` name what is scanned; `waiting` says what it still waits for; `usual` is how it mostly comes
    back; `current` is the scan that stands; `key` is its name in the page's anchors, `path` where another is filed, ""
    where none can be.
    """

    key: str
    title: Message | str
    number: str
    path: str
    waiting: Message
    usual: str
    scans: tuple[Scan, ...]
    current: Scan | None
    sheet_number: int | None = None


def view_paper_scans(paper: Paper, scans: Sequence[Scan]) -> ScansView:
    """Return a paper's scans."""
    return ScansView(
        key=f"paper-{paper.id}",
        title=paper.title,
        number=paper.number,
        path=f"/papers/{paper.id}/scans",
        waiting=Message("to be sealed"),
        usual="sealed",
        scans=tuple(scans),
        current=find_current(scans),
    )


def view_sheet_scans(sheet: SheetRow, scans: Sequence[Scan]) -> ScansView:
    """Return the scans of a case's score sheet as it was signed: of this version and those before it."""
    return ScansView(
        key=f"sheet-{sheet.id}",
        title=Message("Score sheet"),
        number=f"v{sheet.number}",
        path=f"/cases/{sheet.case_id}/sheet/scans" if sheet.state == APPROVED else "",
        waiting=Message("to be signed by its members"),
        usual="signed",
        scans=tuple(scans),
        current=find_current([one for one in scans if one.sheet_id == sheet.id]),
        sheet_number=sheet.number,
    )
