"""`kaohe year`: a contract's quarters in, points, money, proposals and settlements out, computed purely."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli.numbers import write_json
from app.cli.tables import NUMBER, TEXT, print_note, print_table
from app.cli.words import _, say
from app.i18n import format_money, format_number
from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import ReadScenario, make_scenario
from app.programmes.yaml_files import FileProblem, FileRefused, read_yaml, read_yaml_file
from app.scoring.consequences.entries import Entry
from app.scoring.consequences.term import QuarterResult, TermResult, YearResult


@click.command(help=_("Compute a contract's years from a scenario file: points, money, proposals, settlements."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def year(file: Path, *, as_json: bool) -> None:
    """Compute one scenario."""
    try:
        document = read_yaml(sys.stdin.read(), "-") if str(file) == "-" else read_yaml_file(file)
        scenario = make_scenario(document, get_catalogue())
    except FileRefused as error:
        print_refused(error, as_json=as_json)
        sys.exit(1)
    for note in scenario.notes:
        print_note(say(note))
    result = scenario.run()
    if as_json:
        print(write_json(describe_term(result), indent=2))
    else:
        print_term(scenario, result)


def print_refused(error: FileRefused, *, as_json: bool) -> None:
    """Print everything that is wrong with a file."""
    if as_json:
        problems = [describe_problem(problem) for problem in error.problems]
        print(write_json({"error": problems[0], "errors": problems}, indent=2))
        return
    for problem in error.problems:
        print(format_problem(problem))


def describe_problem(problem: FileProblem) -> dict[str, object]:
    """Return a problem as JSON values."""
    return {
        "fact": problem.field,
        "message": say(problem.message),
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
    }


def format_problem(problem: FileProblem) -> str:
    """Return a problem as one line: file, line, column, Chinese path, message."""
    path = f"{problem.path}: " if problem.path else ""
    return f"{problem.file}:{problem.line}:{problem.column}: {path}{say(problem.message)}"


def describe_term(result: TermResult) -> dict[str, object]:
    """Return a term as JSON values (interfaces.md): points without trailing zeros, money with two decimals."""
    return {
        "quarters": [describe_quarter(quarter) for quarter in result.quarters],
        "years": [describe_year(one) for one in result.years],
        "ledger": [describe_entry(entry) for entry in result.ledger],
        "contract_state": result.contract_state,
    }


def describe_quarter(quarter: QuarterResult) -> dict[str, object]:
    """Return a quarter's final numbers as JSON values."""
    return {
        "quarter": quarter.quarter,
        "score": format_number(quarter.score),
        "held": format_number(quarter.held),
        "points_deducted": format_number(quarter.points_deducted),
        "money_deducted": format_money(quarter.money_deducted),
        "cumulative_deduction": format_number(quarter.cumulative_deduction),
        "proposals": list(quarter.proposals),
        "rectifications": quarter.rectifications,
        "special": format_number(quarter.special),
    }


def describe_year(one: YearResult) -> dict[str, object]:
    """Return a year's final numbers as JSON values."""
    settlement = None
    if one.settlement is not None:
        released, withheld = format_money(one.settlement.released), format_money(one.settlement.withheld)
        settlement = {"released": released, "withheld": withheld}
    return {
        "year": one.year,
        "score": format_number(one.score),
        "cumulative_deduction": format_number(one.cumulative_deduction),
        "money_deducted": format_money(one.money_deducted),
        "settlement": settlement,
    }


def describe_entry(entry: Entry) -> dict[str, object]:
    """Return a ledger entry as JSON values."""
    return {
        "quarter": entry.quarter,
        "kind": entry.kind,
        "points": format_number(entry.points),
        "money": format_money(entry.money),
        "cause": entry.cause,
        "reverses": entry.reverses,
    }


def print_term(scenario: ReadScenario, result: TermResult) -> None:
    """Print a term as tables for a person."""
    columns = [
        (_("Quarter"), TEXT),
        (_("Score"), NUMBER),
        (_("Held"), NUMBER),
        (_("Points deducted"), NUMBER),
    ]
    columns += [(_("Deducted in the year so far"), NUMBER), (_("Money deducted, CNY"), NUMBER)]
    columns += [(_("Special points"), NUMBER), (_("Opens"), TEXT)]
    print_table(scenario.programme.name, columns, [_list_quarter(quarter) for quarter in result.quarters])
    columns = [(_("Year"), TEXT), (_("Score"), NUMBER), (_("Points deducted"), NUMBER)]
    columns += [
        (_("Money deducted, CNY"), NUMBER),
        (_("Released, CNY"), NUMBER),
        (_("Withheld, CNY"), NUMBER),
    ]
    print_table(_("Years"), columns, [_list_year(one) for one in result.years])
    columns = [
        ("#", NUMBER),
        (_("Quarter"), TEXT),
        (_("Entry"), TEXT),
        (_("Points posted"), NUMBER),
        (_("CNY"), NUMBER),
    ]
    columns += [(_("Cause"), TEXT), (_("Takes back"), NUMBER)]
    print_table(_("Ledger"), columns, [_list_entry(place, entry) for place, entry in enumerate(result.ledger)])
    print(_("Contract: {state}").format(state=_STATES[result.contract_state]))


def _list_quarter(quarter: QuarterResult) -> tuple[str, ...]:
    opens = [_("termination proposal")] * bool(quarter.proposals) + [_("rectification")] * bool(quarter.rectifications)
    return (
        quarter.quarter,
        format_number(quarter.score),
        format_number(quarter.held),
        format_number(quarter.points_deducted),
        format_number(quarter.cumulative_deduction),
        f"{quarter.money_deducted:,.2f}",
        format_number(quarter.special),
        _(", ").join(opens),
    )


def _list_year(one: YearResult) -> tuple[str, ...]:
    settlement = one.settlement
    released, withheld = ("—", "—") if settlement is None else (settlement.released, settlement.withheld)
    amounts = [
        value if isinstance(value, str) else f"{value:,.2f}" for value in (one.money_deducted, released, withheld)
    ]
    year_name = _("year {number}").format(number=one.year)
    return (year_name, format_number(one.score), format_number(one.cumulative_deduction), *amounts)


def _list_entry(place: int, entry: Entry) -> tuple[str, ...]:
    points = format_number(entry.points) if entry.points else ""
    money = f"{entry.money:,.2f}" if entry.money or entry.kind == "settlement" else ""
    takes_back = "" if entry.reverses is None else str(entry.reverses)
    return (str(place), entry.quarter, _KINDS[entry.kind], points, money, _CAUSES[entry.cause], takes_back)


_STATES = {
    "active": _("in force"),
    "termination_proposed": _("termination proposed"),
    "terminated": _("terminated"),
    "settled": _("settled"),
}
_KINDS = {
    "points": _("points deducted"),
    "money": _("money deducted"),
    "held": _("points held"),
    "released": _("points released"),
    "reversal": _("reversal"),
    "settlement": _("settlement"),
}
_CAUSES = {
    "score": _("score"),
    "deferral": _("deferral settled"),
    "appeal": _("appeal"),
    "termination": _("termination"),
    "annual": _("annual settlement"),
    "opening": _("opening balance"),
}
