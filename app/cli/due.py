"""`kaohe due`: the due dates of a programme's filings, each explaining itself."""

from __future__ import annotations

import datetime as dt

import click

from app.calendar.due import DueDate, list_due_dates
from app.calendar.holidays import WorkingCalendar
from app.cli.numbers import write_json
from app.cli.tables import TEXT, print_note, print_table
from app.cli.words import _, say
from app.programmes.catalogue import get_catalogue
from app.programmes.definition import Programme


class Day(click.ParamType[dt.date]):
    """A date as 2025-01-31."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the date; a usage error shows the form wanted."""
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(_("“{value}” is no date; write it as 2025-01-31").format(value=value), param, ctx)


@click.command(help=_("List the due dates of a programme's filings, both days included."))
@click.argument("programme")
@click.option("--from", "start", type=Day(), required=True, metavar="DATE", help=_("First day."))
@click.option("--to", "end", type=Day(), required=True, metavar="DATE", help=_("Last day."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def due(programme: str, start: dt.date, end: dt.date, *, as_json: bool) -> None:
    """List one programme's due dates."""
    found = get_catalogue().get_programme(programme)
    if start > end:
        raise click.UsageError(_("--from {start} lies after --to {end}").format(start=start, end=end))
    dates = list_due_dates(found.filings, WorkingCalendar(), start, end)
    if found.periods == "contract_quarters":
        print_note(_("A contract programme has no calendar dates: its dates come from each contract's start."))
    if as_json:
        print(write_json([describe_due(one) for one in dates], indent=2))
    elif dates:
        print_dates(found, dates)
    else:
        print(_("Nothing is due between {start} and {end}.").format(start=start, end=end))


def describe_due(one: DueDate) -> dict[str, object]:
    """Return a due date as JSON values (interfaces.md)."""
    return {
        "filing": one.filing,
        "period": one.period,
        "nominal": one.nominal.isoformat(),
        "due": one.due.isoformat(),
        "moved_by": one.moved_by,
        "rule": say(one.rule),
        "provisional": one.provisional,
    }


def print_dates(programme: Programme, dates: list[DueDate]) -> None:
    """Print due dates as a table."""
    names = {filing.code: filing.name for filing in programme.filings}
    columns = [
        (_("Due"), TEXT),
        (_("Weekday"), TEXT),
        (_("Filing"), TEXT),
        (_("Period"), TEXT),
        (_("Originally"), TEXT),
    ]
    rows = [
        (
            one.due.isoformat(),
            _WEEKDAYS[one.due.weekday()],
            names[one.filing],
            one.period,
            _("{date}, moved by {holiday}").format(date=one.nominal, holiday=one.moved_by) if one.moved_by else "",
            _("provisional") if one.provisional else "",
            say(one.rule),
        )
        for one in dates
    ]
    print_table(programme.name, [*columns, (_("State"), TEXT), (_("Rule"), TEXT)], rows)


_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
