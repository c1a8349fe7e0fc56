"""`kaohe simulate`: the same file and the same numbers as `kaohe year`, happening through engine, tables and mail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.numbers import write_json
from app.cli.tables import print_note
from app.cli.words import _, say
from app.cli.year import describe_quarter, describe_term, print_refused, print_term
from app.clock import SimulatedClock, make_china_moment
from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import ReadScenario, make_scenario
from app.programmes.yaml_files import FileRefused, read_yaml, read_yaml_file
from app.simulation.database import open_database
from app.simulation.run import Simulated
from app.simulation.run import simulate as simulate_scenario


@click.command(help=_("Let a scenario happen through the engine, on a simulated clock."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
@click.option("--database", "url", metavar="URL", help=_("An empty database, or one that a simulation made."))
def simulate(file: Path, *, as_json: bool, url: str | None) -> None:
    """Simulate one scenario."""
    try:
        document = read_yaml(sys.stdin.read(), "-") if str(file) == "-" else read_yaml_file(file)
        scenario = make_scenario(document, get_catalogue())
    except FileRefused as error:
        print_refused(error, as_json=as_json)
        sys.exit(1)
    for note in scenario.notes:
        print_note(say(note))
    simulated = run_scenario(scenario, url)
    if as_json:
        print(write_json(describe_simulated(simulated), indent=2))
        return
    print_term(scenario, simulated.term)
    text = _("{steps} steps completed by people, {mails} mails")
    print(text.format(steps=sum(map(len, simulated.steps.values())), mails=simulated.mails))


def run_scenario(scenario: ReadScenario, url: str | None) -> Simulated:
    """Run a scenario in a throw-away database, or in the one named."""
    clock = SimulatedClock(make_china_moment(scenario.source.contract.start))
    with open_database(url, clock), show_progress(len(scenario.quarters)) as report:
        return simulate_scenario(scenario, clock, report)


@contextmanager
def show_progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show a bar of quarters on a terminal's standard error; elsewhere show nothing."""
    if not sys.stderr.isatty():
        yield lambda _quarter: None
        return
    from rich.console import Console  # noqa: PLC0415  # only a terminal wants it

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(_("Simulating"), total=total)

        def report(quarter: str) -> None:
            progress.update(bar, advance=1, description=quarter)

        yield report


def describe_simulated(simulated: Simulated) -> dict[str, object]:
    """Return a simulated term as JSON values (interfaces.md): what `year` prints, with the steps and the mails."""
    quarters = [
        {**describe_quarter(quarter), "steps": simulated.steps.get(quarter.quarter, [])}
        for quarter in simulated.term.quarters
    ]
    return {**describe_term(simulated.term), "quarters": quarters, "mails": simulated.mails}
