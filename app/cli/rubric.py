"""`kaohe rubric`: what rubrics there are, what stands in them, whether a file is right, and the schema for editors."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.words import _
from app.cli.year import describe_problem, format_problem
from app.i18n import format_number
from app.programmes.catalogue import (
    EXAMPLES_FOLDER,
    FORMS_FILE,
    PROGRAMME_FILE,
    get_catalogue,
    read_examples,
    read_forms,
    read_programme,
)
from app.programmes.definition import Programme
from app.programmes.examples import Examples
from app.programmes.forms import Forms
from app.programmes.rubric_files import read_rubric
from app.programmes.scenario import Scenario
from app.programmes.yaml_files import FileProblem, FileRefused
from app.scoring.model import Model
from app.scoring.rubric import Indicator, Rubric

SCHEMAS: dict[str, type[Model]] = {
    "rubric": Rubric,
    "programme": Programme,
    "forms": Forms,
    "examples": Examples,
    "scenario": Scenario,
}


@click.group(help=_("List, show and check rubrics; print the schema for editors."))
def rubric() -> None:
    """Gather the commands about rubrics."""


@rubric.command("list", help=_("List all rubrics."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def list_rubrics(*, as_json: bool) -> None:
    """List every version of every rubric."""
    catalogue = get_catalogue()
    rubrics = [version for name in catalogue.list_rubric_names() for version in catalogue.list_versions(name)]
    if as_json:
        print(write_json([describe_rubric(one) for one in rubrics], indent=2))
        return
    columns = [(_("Rubric"), CODE), (_("Version"), NUMBER), (_("Parts"), TEXT), (_("Indicators"), NUMBER)]
    columns += [(_("Points a year"), NUMBER), (_("Name"), TEXT)]
    rows = [
        (
            one.rubric,
            str(one.version),
            " ".join(one.parts),
            str(count_indicators(one)),
            format_number(one.points_of_year),
            one.name,
        )
        for one in rubrics
    ]
    print_table("", columns, rows)


def count_indicators(one: Rubric) -> int:
    """Return the number of indicators in all parts."""
    return sum(1 for part in one.parts.values() for _pair in part.list_indicators())


def describe_rubric(one: Rubric) -> dict[str, object]:
    """Return a rubric in short as JSON values."""
    return {
        "rubric": one.rubric,
        "programme": one.programme,
        "version": one.version,
        "name": one.name,
        "parts": {name: format_number(part.max) for name, part in one.parts.items()},
        "indicators": count_indicators(one),
    }


@rubric.command("show", help=_("Show a rubric: its indicators, criteria, evidence and facts."))
@click.argument("name", metavar="RUBRIC")
@click.argument("part", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def show(name: str, part: str | None, *, as_json: bool) -> None:
    """Show one rubric, or one part of it."""
    one = get_catalogue().get_rubric(name)
    parts = [part] if part else list(one.parts)
    for chosen in parts:
        one.get_part(chosen)
    if as_json:
        shown = one.model_copy(update={"parts": {chosen: one.parts[chosen] for chosen in parts}})
        print(write_json(shown.model_dump(mode="json", exclude_none=True), indent=2))
        return
    for chosen in parts:
        print_part(one, chosen)


def print_part(one: Rubric, part: str) -> None:
    """Print a part: the sheet's table, then its facts."""
    columns = [(_("Section"), TEXT), (_("Code"), CODE), (_("Indicator"), TEXT), (_("Base points"), NUMBER)]
    columns += [(_("Criterion"), TEXT), (_("Evidence"), TEXT)]
    chosen = one.get_part(part)
    rows = [
        (
            f"{section.name} ({format_number(section.points)})",
            indicator.code,
            indicator.name,
            format_number(indicator.max),
            indicator.source,
            _("; ").join(evidence.name for evidence in indicator.evidence),
        )
        for section, indicator in chosen.list_indicators()
    ]
    print_table(f"{one.name} · {chosen.title} ({format_number(chosen.max)})", columns, rows)
    columns = [
        (_("Fact"), CODE),
        (_("Name"), TEXT),
        (_("Unit"), TEXT),
        (_("Type"), TEXT),
        (_("Covers"), TEXT),
    ]
    print_table(_("Facts"), [*columns, (_("Comes from"), TEXT)], _list_facts(one, part))


def _list_facts(one: Rubric, part: str) -> Iterator[Sequence[str]]:
    facts = one.list_part_facts(part)
    indicators: list[Indicator] = [indicator for _section, indicator in one.get_part(part).list_indicators()]
    for name in dict.fromkeys(fact for indicator in indicators for fact in indicator.list_facts()):
        if name in facts:
            fact = facts[name]
            yield (
                name,
                fact.label,
                fact.unit,
                _TYPES[fact.type],
                _STRETCHES[fact.covers],
                _ORIGINS[fact.origin],
            )
        else:
            judged = next(indicator for indicator in indicators if indicator.code == name)
            yield (name, judged.name, _("points"), _("mark"), _STRETCHES["period"], _ORIGINS["judged"])


@rubric.command("check", help=_("Check rubric files or folders; without any, the bundled ones."))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def check(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Check files: shape, sums, facts, bands; every problem with line, column and path."""
    files = [file for path in paths or (get_catalogue().folder,) for file in list_files(path)]
    problems = [problem for file in files for problem in find_problems(file)]
    if as_json:
        print(write_json({"files": len(files), "errors": [describe_problem(one) for one in problems]}, indent=2))
    else:
        for problem in problems:
            print(format_problem(problem))
        print(_("{files} files checked, {problems} problems").format(files=len(files), problems=len(problems)))
    sys.exit(1 if problems else 0)


def list_files(path: Path) -> list[Path]:
    """Return a file itself, or all YAML files below a folder."""
    return sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def find_problems(file: Path) -> Sequence[FileProblem]:
    """Return what is wrong with a file, read as what its name and place say that it is."""
    try:
        if file.name == PROGRAMME_FILE:
            read_programme(file)
        elif file.name == FORMS_FILE:
            read_forms(file)
        elif file.parent.name == EXAMPLES_FOLDER:
            read_examples(file)
        else:
            read_rubric(file)
    except FileRefused as error:
        return [problem._replace(file=str(file)) for problem in error.problems]
    return ()


@rubric.command("schema", help=_("Print the JSON Schema of a kind of file, for editors."))
@click.argument("kind", type=click.Choice(list(SCHEMAS)), default="rubric")
def schema(kind: str) -> None:
    """Print a schema."""
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SCHEMAS[kind].model_json_schema(),
    }
    print(write_json(described, indent=2))


_TYPES = {"count": _("count"), "number": _("number"), "share": _("share"), "yes_no": _("yes/no")}
_STRETCHES = {
    "period": _("the period"),
    "year_to_date": _("the year so far"),
    "year": _("the year"),
    "stock": _("state at the period's end"),
    "lowest_month": _("the lowest month"),
    "batch": _("the batch"),
}
_ORIGINS = {
    "register": _("register"),
    "filing_record": _("filing record"),
    "judged": _("judged by a reviewer"),
    "entered": _("entered by a reviewer"),
}
