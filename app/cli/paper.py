"""`kaohe paper`: what was issued under a number of its own, its file, and the scans that come back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from app.cases.queries import get_case_by_code
from app.casework.file_scan import file_paper_scan, file_sheet_scan, find_current, find_paper_scan, find_sheet_scan
from app.casework.work import Doer
from app.cli.context import Opened, find_contract, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, TEXT, print_table
from app.cli.task import find_doer
from app.cli.words import _, say
from app.db import reading, transaction
from app.evidence.rules import NameRefused
from app.evidence.signatures import UploadRefused
from app.evidence.store import FILES, FileStore, FileTooLarge
from app.papers.content import Letter
from app.papers.models import SCAN_KINDS, Paper, Scan, Service
from app.papers.operations import Filing, ScanRefused, receive_scan
from app.papers.pdf import render_letter_pdf
from app.papers.queries import (
    find_paper_by_number,
    list_papers_of_contract,
    map_scans,
    map_services,
)
from app.papers.word import render_letter_word
from app.permissions import NotPermitted
from app.scores.queries import find_sheet

RENDERERS = {".pdf": render_letter_pdf, ".docx": render_letter_word}
REFUSALS = (ScanRefused, UploadRefused, NameRefused, FileTooLarge, NotPermitted)
KIND_WORDS = {"sealed": _("sealed copy"), "signed": _("signed copy"), "both": _("sealed and signed copy")}
FileScan = Callable[[Connection, Doer, Filing], Scan]


@click.group(help=_("Papers: notices and decisions, and how they arrived."))
def paper() -> None:
    """Gather the commands about papers."""


@paper.command("list", help=_("List a contract's papers, oldest first."))
@click.argument("contract", metavar="CONTRACT")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def paper_list(contract: str, *, as_json: bool) -> None:
    """List papers."""
    with open_app(), reading() as connection:
        found = find_contract(connection, contract)
        papers = list_papers_of_contract(connection, found.id)
        services, scans = map_services(connection, found.id), map_scans(connection, found.id)
    if as_json:
        listed = [describe_paper(one, services.get(one.id), scans.get(one.id, ())) for one in papers]
        print(write_json(listed, indent=2))
        return
    columns = [(_("Number"), CODE), (_("Paper"), TEXT), (_("Issued"), CODE), (_("Arrived"), CODE), (_("Scan"), TEXT)]
    rows = [
        (
            one.number,
            one.title,
            show_moment(one.issued_at),
            _show_arrival(services.get(one.id)),
            _show_scan(scans.get(one.id, ())),
        )
        for one in papers
    ]
    print_table(found.name, columns, rows)


@paper.command("write", help=_("Write a paper to a file: .pdf or .docx."))
@click.argument("contract", metavar="CONTRACT")
@click.argument("number", metavar="NUMBER")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def paper_write(contract: str, number: str, file: Path) -> None:
    """Write a paper."""
    if file.suffix not in RENDERERS:
        text = _("{name}: a paper is written as .pdf or .docx").format(name=file.name)
        raise click.BadParameter(text, param_hint="FILE")
    with open_app(), reading() as connection:
        found = find_paper_by_number(connection, find_contract(connection, contract).id, number)
    file.write_bytes(RENDERERS[file.suffix](Letter.from_data(found.content)))
    print(_("{title} {number}: written to {file}").format(title=found.title, number=found.number, file=file))


def filing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every filing of a scan is told."""
    options = (
        click.option("--kind", required=True, type=click.Choice(SCAN_KINDS), help=_("What the scan bears.")),
        click.option("--reason", default="", metavar="TEXT", help=_("Why it replaces the scan filed before.")),
        click.option("--note", default="", metavar="TEXT", help=_("A note.")),
        click.option("--user", required=True, metavar="NAME", help=_("Who files it.")),
    )
    for option in reversed(options):
        command = option(command)
    return command


@paper.command("file", help=_("File the scan of a sealed or signed paper: .pdf, .jpg or .png."))
@click.argument("contract", metavar="CONTRACT")
@click.argument("number", metavar="NUMBER")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@filing_options
def paper_file(*, contract: str, number: str, file: Path, kind: str, reason: str, note: str, user: str) -> None:
    """File a scan of a paper."""
    with open_app() as opened:
        with reading() as connection:
            found = find_paper_by_number(connection, find_contract(connection, contract).id, number)
            before = find_paper_scan(connection, found.id)

        def file_it(connection: Connection, doer: Doer, filing: Filing) -> Scan:
            return file_paper_scan(connection, doer, found.id, filing, opened.now)

        scan = _file(opened, user, file, (kind, note, reason), before, file_it)
    print(_("{title} {number}: scan filed, version {version}").format(title=found.title, number=number, version=scan))


@paper.command("file-sheet", help=_("File the scan of a case's signed score sheet: .pdf, .jpg or .png."))
@click.argument("case", metavar="CASE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@filing_options
def paper_file_sheet(*, case: str, file: Path, kind: str, reason: str, note: str, user: str) -> None:
    """File a signed score sheet."""
    with open_app() as opened:
        with reading() as connection:
            found = get_case_by_code(connection, case)
            sheet = find_sheet(connection, found.id)
            before = None if sheet is None else find_sheet_scan(connection, sheet)

        def file_it(connection: Connection, doer: Doer, filing: Filing) -> Scan:
            return file_sheet_scan(connection, doer, found.id, filing, opened.now)

        scan = _file(opened, user, file, (kind, note, reason), before, file_it)
    print(_("Score sheet of {case}: scan filed, version {version}").format(case=case, version=scan))


def _file(
    opened: Opened, user: str, file: Path, said: tuple[str, str, str], before: Scan | None, file_it: FileScan
) -> int:
    """File a scan and return its version; a refusal is printed and ends with status 1. `said`: kind, note, reason."""
    kind, note, reason = said
    try:
        with file.open("rb") as stream:
            received = receive_scan(FileStore(opened.settings.data_folder / FILES), file.name, stream)
        filing = Filing(received, kind, note, None if before is None else before.id, reason)
        with transaction() as connection:
            return file_it(connection, find_doer(connection, opened, user), filing).number
    except REFUSALS as error:
        print(say(error.message))
        sys.exit(1)


def describe_paper(one: Paper, service: Service | None, scans: Sequence[Scan]) -> dict[str, object]:
    """Return a paper as JSON values."""
    return {
        "number": one.number,
        "kind": one.kind,
        "title": one.title,
        "issued_at": write_moment(one.issued_at),
        "manner": None if service is None else service.manner,
        "arrived_at": None if service is None else write_moment(service.arrived_at),
        "scans": [describe_scan(scan) for scan in scans],
    }


def describe_scan(scan: Scan) -> dict[str, object]:
    """Return a scan as JSON values."""
    return {
        "version": scan.number,
        "kind": scan.kind,
        "name": scan.name,
        "sha256": scan.sha256,
        "filed_by": scan.filed_by_name,
        "filed_at": write_moment(scan.filed_at),
        "reason": scan.reason,
        "note": scan.note,
        "superseded": not scan.is_current,
    }


def _show_scan(scans: Sequence[Scan]) -> str:
    current = find_current(scans)
    if current is None:
        return _("to be sealed")
    return _("{kind}, version {number}").format(kind=KIND_WORDS[current.kind], number=current.number)


def _show_arrival(service: Service | None) -> str:
    return show_moment(None if service is None else service.arrived_at)
