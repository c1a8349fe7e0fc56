"""`kaohe ledger`: what was posted for a contract, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence

import click

from app.cases.queries import list_cases_of_contract
from app.cli.context import find_contract, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.words import _
from app.db import reading
from app.i18n import format_money, format_number
from app.ledger.models import LedgerEntry
from app.ledger.queries import list_entries


@click.group(help=_("The ledger: points and money of contracts; entries are never changed, only reversed."))
def ledger() -> None:
    """Gather the commands about the ledger."""


@ledger.command("show", help=_("Show a contract's entries in the order in which they were posted."))
@click.argument("contract")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def ledger_show(contract: str, *, as_json: bool) -> None:
    """Show a ledger."""
    with open_app(), reading() as connection:
        found = find_contract(connection, contract)
        entries = list_entries(connection, found.id)
        codes = {one.id: one.code for one in list_cases_of_contract(connection, found.id)}
    if as_json:
        print(write_json([describe_entry(entry, codes) for entry in entries], indent=2))
    elif entries:
        print_entries(found.name, entries, codes)
    else:
        print(_("Nothing is posted for {contract} yet.").format(contract=found.code))


def describe_entry(entry: LedgerEntry, codes: dict[int, str]) -> dict[str, object]:
    """Return an entry as JSON values: what `kaohe year` prints, its case and when it was posted."""
    return {
        "quarter": entry.quarter,
        "kind": entry.kind,
        "points": format_number(entry.points),
        "money": format_money(entry.money),
        "cause": entry.cause,
        "reverses": entry.reverses,
        "case": None if entry.case_id is None else codes[entry.case_id],
        "posted_at": write_moment(entry.posted_at),
    }


def print_entries(title: str, entries: Sequence[LedgerEntry], codes: dict[int, str]) -> None:
    """Print entries as a table."""
    columns = [("#", NUMBER), (_("Quarter"), CODE), (_("Entry"), TEXT), (_("Points posted"), NUMBER)]
    columns += [(_("CNY"), NUMBER), (_("Cause"), TEXT), (_("Takes back"), NUMBER), (_("Case"), CODE)]
    rows = [_list_entry(entry, codes) for entry in entries]
    print_table(title, [*columns, (_("Posted"), CODE)], rows)


def _list_entry(entry: LedgerEntry, codes: dict[int, str]) -> tuple[str, ...]:
    points = format_number(entry.points) if entry.points else ""
    money = f"{entry.money:,.2f}" if entry.money or entry.kind == "settlement" else ""
    takes_back = "" if entry.reverses is None else str(entry.reverses)
    case = "" if entry.case_id is None else codes[entry.case_id]
    place, kind, cause = str(entry.place), KINDS[entry.kind], CAUSES[entry.cause]
    return place, entry.quarter, kind, points, money, cause, takes_back, case, show_moment(entry.posted_at)


KINDS = {
    "points": _("points deducted"),
    "money": _("money deducted"),
    "held": _("points held"),
    "released": _("points released"),
    "reversal": _("reversal"),
    "settlement": _("settlement"),
}
CAUSES = {
    "score": _("score"),
    "deferral": _("deferral settled"),
    "appeal": _("appeal"),
    "termination": _("termination"),
    "annual": _("annual settlement"),
    "opening": _("opening balance"),
}
