"""`kaohe paper`: what was issued under a number of its own, and its file."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.context import find_contract, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, TEXT, print_table
from app.cli.words import _
from app.db import reading
from app.papers.content import Letter
from app.papers.models import Paper, Service
from app.papers.pdf import render_letter_pdf
from app.papers.queries import find_paper_by_number, list_papers_of_contract, map_services
from app.papers.word import render_letter_word

RENDERERS = {".pdf": render_letter_pdf, ".docx": render_letter_word}


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
        services = map_services(connection, found.id)
    if as_json:
        print(write_json([describe_paper(one, services.get(one.id)) for one in papers], indent=2))
        return
    columns = [(_("Number"), CODE), (_("Paper"), TEXT), (_("Issued"), CODE), (_("Arrived"), CODE)]
    rows = [(one.number, one.title, show_moment(one.issued_at), _show_arrival(services.get(one.id))) for one in papers]
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


def describe_paper(one: Paper, service: Service | None) -> dict[str, object]:
    """Return a paper as JSON values."""
    return {
        "number": one.number,
        "kind": one.kind,
        "title": one.title,
        "issued_at": write_moment(one.issued_at),
        "manner": None if service is None else service.manner,
        "arrived_at": None if service is None else write_moment(service.arrived_at),
    }


def _show_arrival(service: Service | None) -> str:
    return show_moment(None if service is None else service.arrived_at)
