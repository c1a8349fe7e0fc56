"""`kaohe score`: facts in as JSON Lines, one sheet out for each line, streaming."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import click

from app.cli.numbers import read_json, write_json
from app.cli.tables import NUMBER, TEXT, print_table
from app.cli.words import _, say
from app.errors import Message
from app.i18n import format_number
from app.programmes.catalogue import get_catalogue
from app.scoring.facts import FactRefused, Value, bind_number
from app.scoring.findings import Finding, Working
from app.scoring.scorer import Caps, PartScorer
from app.scoring.sheet import Sheet

LONGEST_LINE = 2**20


@click.command(help=_("Score facts: one flat JSON object a line in, one sheet a line out."))
@click.argument("rubric")
@click.argument("part")
@click.argument("file", default="-")
@click.option("--explain", is_flag=True, help=_("Add the working of each indicator."))
@click.option("--table", is_flag=True, help=_("Print tables for a person, not JSON."))
@click.option("--used-caps", metavar="JSON", help=_("Points of each cap that earlier quarters of the year used."))
def score(rubric: str, part: str, file: str, *, explain: bool, table: bool, used_caps: str | None) -> None:
    """Score every line; a refused one is said in its place and the others go on."""
    scorer = PartScorer(get_catalogue().get_rubric(rubric), part)
    caps = read_used_caps(scorer, used_caps)
    refused = False
    for number, line in enumerate(read_lines(file), start=1):
        try:
            values = read_facts(scorer, line)
        except FactRefused as error:
            refused = True
            print_refusal(error, number, table=table)
            continue
        sheet, working = scorer.explain(values, caps) if explain else (scorer.score(values, caps), None)
        if table:
            print_sheet(scorer, sheet, working, number)
        else:
            print(write_json(describe_sheet(sheet, working)), flush=True)
    sys.exit(1 if refused else 0)


def read_facts(scorer: PartScorer, line: bytes) -> dict[str, Value]:
    """Return the checked facts of one line; raise `FactRefused`."""
    if len(line) > LONGEST_LINE:
        raise FactRefused(None, Message("the line is longer than {size} MiB", size=LONGEST_LINE // 2**20))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FactRefused(None, Message("not UTF-8 text (byte {position})", position=error.start + 1)) from None
    if not text.strip():
        raise FactRefused(None, Message("the line is empty"))
    given = read_json(text)
    if not isinstance(given, dict):
        raise FactRefused(None, Message("a line must be one JSON object of facts"))
    return scorer.check_facts(given)


def read_lines(file: str) -> Iterator[bytes]:
    """Yield lines as they come, without their ends; overlong ones are cut just past the limit."""
    if file == "-":
        yield from _split_lines(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as stream:
            yield from _split_lines(stream)
    except OSError as error:
        text = _("cannot read {file}: {problem}").format(file=file, problem=error.strerror)
        raise click.UsageError(text) from None


def _split_lines(stream: BinaryIO) -> Iterator[bytes]:
    first = True
    while line := stream.readline(LONGEST_LINE + 2):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        rest = line
        while not rest.endswith(b"\n") and len(rest) >= LONGEST_LINE + 2:
            rest = stream.readline(LONGEST_LINE + 2)
        yield line.rstrip(b"\r\n")


def read_used_caps(scorer: PartScorer, text: str | None) -> Caps | None:
    """Return the used caps that the caller gave; a usage error names what is wrong with them."""
    if text is None:
        return None
    special = scorer.rubric.special_points
    if special is None:
        raise click.UsageError(_("{rubric} has no special points").format(rubric=scorer.rubric.rubric))
    try:
        given = read_json(text)
        return dict(_read_caps(given, special.list_caps()))
    except FactRefused as error:
        raise click.UsageError(f"--used-caps: {say(error.message)}") from None


def _read_caps(given: object, known: dict[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    if not isinstance(given, dict):
        raise FactRefused(None, Message("must be a JSON object such as {example}", example='{"talents": "8"}'))
    for name, value in given.items():
        if name not in known:
            raise FactRefused(name, Message("unknown cap {name}; there are: {known}", name=name, known=tuple(known)))
        number = Decimal(value) if isinstance(value, str) and value.replace(".", "", 1).isdecimal() else value
        yield name, Decimal(bind_number(name, known[name])(number))


def describe_sheet(sheet: Sheet, working: Working | None) -> dict[str, object]:
    """Return a sheet as JSON values: points as strings without trailing zeros."""
    described: dict[str, object] = {
        "total": None if sheet.total is None else format_number(sheet.total),
        "max": format_number(sheet.max),
        "complete": sheet.is_complete,
        "missing": list(sheet.missing),
        "indicators": {code: format_number(points) for code, points in sheet.indicators.items()},
    }
    if sheet.blocks is not None:
        described["blocks"] = {code: format_number(points) for code, points in sheet.blocks.items()}
    if sheet.special is not None:
        described["special"] = format_number(sheet.special.net)
    if working is not None:
        described["working"] = {code: [describe_finding(one) for one in found] for code, found in working.items()}
    return described


def describe_finding(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON values, texts in the reader's language."""
    return {
        "requirement": say(finding.requirement),
        "wanted": say(finding.wanted),
        "had": format_value(finding.had),
        "met": finding.met,
        "cost": None if finding.cost is None else format_number(finding.cost),
        "source": finding.source,
    }


def format_value(value: Value | None) -> str | None:
    """Return a fact as text: a number in plain digits, yes or no, None while missing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return format_number(value)


def print_refusal(error: FactRefused, number: int, *, table: bool) -> None:
    """Print a refusal in the place of the sheet."""
    if table:
        print(
            _("Line {number} refused: {message}").format(number=number, message=say(error.message)),
            flush=True,
        )
    else:
        print(write_json({"error": {"fact": error.fact, "message": say(error.message)}}), flush=True)


def print_sheet(scorer: PartScorer, sheet: Sheet, working: Working | None, number: int) -> None:
    """Print a sheet as a table: points against base points, then the working where asked for."""
    columns = [
        (_("Section"), TEXT),
        (_("Indicator"), TEXT),
        (_("Base points"), NUMBER),
        (_("Points"), NUMBER),
    ]
    print_table(_make_title(scorer, number), [*columns, (_("Lost"), NUMBER)], _list_rows(scorer, sheet))
    if not sheet.is_complete:
        labels = [scorer.facts[name].label if name in scorer.facts else name for name in sheet.missing]
        print(_("Not complete; missing: {facts}").format(facts=_(", ").join(labels)))
    if working is not None:
        print_working(scorer, working)
        print_readings(scorer, sheet)


def _make_title(scorer: PartScorer, number: int) -> str:
    return f"{number}  {scorer.rubric.name} · {scorer.part.title}"


def _list_rows(scorer: PartScorer, sheet: Sheet) -> Iterable[tuple[str, ...]]:
    for section, indicator in scorer.part.list_indicators():
        points = sheet.indicators.get(indicator.code)
        lost = "" if points is None or section.on_top else format_number(indicator.max - points)
        shown = "—" if points is None else format_number(points)
        yield section.name, indicator.name, format_number(indicator.max), shown, lost
    for code, block in (sheet.blocks or {}).items():
        name = next(section.name for section in scorer.part.sections if section.code == code)
        yield name, _("Block score"), "100", format_number(block), format_number(100 - block)
    if sheet.special is not None:
        yield _("Special points"), "", "", format_number(sheet.special.net), ""
    total = "—" if sheet.total is None else format_number(sheet.total)
    yield _("Total"), "", format_number(sheet.max), total, ""


def print_working(scorer: PartScorer, working: Working) -> None:
    """Print the findings of every indicator."""
    names = {indicator.code: indicator.name for _section, indicator in scorer.part.list_indicators()}
    columns = [(_("Indicator"), TEXT), (_("Requirement"), TEXT), (_("Wanted"), TEXT), (_("Had"), NUMBER)]
    columns += [(_("Met"), TEXT), (_("Short by"), NUMBER), (_("Cost"), NUMBER)]
    rows = [
        (names.get(code, _("Special points")), *_describe_row(finding))
        for code, findings in working.items()
        for finding in findings
    ]
    print_table(_("Working"), columns, rows)


def print_readings(scorer: PartScorer, sheet: Sheet) -> None:
    """Print which reading was applied where the source leaves one open."""
    for _section, indicator in scorer.part.list_indicators():
        if indicator.reading is not None and indicator.code in sheet.indicators:
            print(
                _("Reading applied to {indicator}: {reading}").format(
                    indicator=indicator.name, reading=indicator.reading
                )
            )


def _describe_row(finding: Finding) -> tuple[str, ...]:
    met = "—" if finding.met is None else _("met") if finding.met else _("not met")
    short = "" if finding.short is None else format_number(finding.short)
    cost = "" if finding.cost is None else format_number(finding.cost)
    return say(finding.requirement), say(finding.wanted), format_value(finding.had) or "—", met, short, cost
