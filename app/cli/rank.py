"""`kaohe rank`: a league's scores in, ranks and grades out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import click
from pydantic import Field, ValidationError

from app.cli.numbers import read_json, write_json
from app.cli.tables import NUMBER, TEXT, print_table
from app.cli.words import _, say
from app.errors import KaoheError, Message, UnknownName, find_nearest
from app.i18n import format_number
from app.programmes.catalogue import get_catalogue
from app.programmes.validation import describe_error, describe_steps
from app.scoring.model import Model, Slug, Text
from app.scoring.ranking import Contender, Exclusion, Grading, Standing, rank_league

Score = Annotated[Decimal, Field(ge=0, le=100, max_digits=20)]


class PartyEntry(Model):
    """A platform as the file gives it."""

    party: Text = Field(title="平台")
    score: Score | None = Field(None, title="得分")
    excluded: Exclusion | None = Field(None, title="不纳入评价")


class LeagueFile(Model):
    """The file: one league of one programme."""

    programme: Slug = Field(title="考核项目")
    league: Text = Field(title="类别")
    parties: tuple[PartyEntry, ...] = Field(title="平台")


class LeagueRefused(KaoheError):
    """A file of scores that can't be ranked."""


@click.command(help=_("Rank a league: scores in, ranks and grades out."))
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def rank(file: str, *, as_json: bool) -> None:
    """Rank one file."""
    text = read_text(file)
    try:
        league = read_league(text)
        grading = find_grading(league)
        standings = rank_league(grading, list(list_contenders(league)))
    except (LeagueRefused, UnknownName) as error:
        if as_json:
            print(write_json({"error": {"message": say(error.message)}}))
        else:
            print(_("Refused: {message}").format(message=say(error.message)))
        sys.exit(1)
    if as_json:
        print(write_json([describe_standing(standing) for standing in standings], indent=2))
    else:
        print_standings(f"{grading.leagues[league.league]}", standings)


def read_text(file: str) -> str:
    """Return a file's text, `-` being standard input; a usage error says why it can't be read."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        text = _("cannot read {file}: {problem}").format(file=file, problem=error.strerror)
        raise click.UsageError(text) from None
    except UnicodeDecodeError:
        raise click.UsageError(_("{file} is not UTF-8 text").format(file=file)) from None


def read_league(text: str) -> LeagueFile:
    """Return the file's content; raise `LeagueRefused` naming the field."""
    try:
        return LeagueFile.model_validate(read_json(text))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        steps = [(step, f"第{step + 1}项" if isinstance(step, int) else None, True) for step in detail["loc"]]
        path, message = describe_steps(steps, LeagueFile), describe_error(detail, LeagueFile)
        raise LeagueRefused(Message("{path}: {message}", path=path, message=message) if path else message) from None
    except KaoheError as error:
        raise LeagueRefused(error.message) from None


def find_grading(league: LeagueFile) -> Grading:
    """Return the cut-offs of the league's programme; raise for a programme or league that isn't ranked."""
    grading = get_catalogue().get_programme(league.programme).grading
    if grading is None:
        raise LeagueRefused(Message("{programme} ranks nobody", programme=league.programme))
    if league.league not in grading.leagues:
        nearest = find_nearest(league.league, grading.leagues) or tuple(grading.leagues)
        raise LeagueRefused(Message("unknown league {name}; known: {known}", name=league.league, known=nearest))
    return grading


def list_contenders(league: LeagueFile) -> Iterator[Contender]:
    """Yield the platforms; raise for one that stands twice or has neither score nor reason."""
    seen: set[str] = set()
    for entry in league.parties:
        if entry.party in seen:
            raise LeagueRefused(Message("{party} stands twice", party=entry.party))
        seen.add(entry.party)
        if entry.score is None and entry.excluded is None:
            raise LeagueRefused(
                Message("{party}: a score or the reason of its exclusion is missing", party=entry.party)
            )
        yield Contender(entry.party, entry.score, entry.excluded)


def describe_standing(standing: Standing) -> dict[str, object]:
    """Return a standing as JSON values."""
    described: dict[str, object] = {
        "rank": standing.rank,
        "grade": standing.grade,
        "party": standing.party,
        "score": None if standing.score is None else format_number(standing.score),
    }
    if standing.excluded is not None:
        described["excluded"] = str(standing.excluded)
    return described


def print_standings(title: str, standings: list[Standing]) -> None:
    """Print the standings as a table with what each grade leads to."""
    uses = {"A": _("commendation and award"), "B": "", "C": _("public criticism, interview"), None: ""}
    grades = {
        "A": _("excellent (A)"),
        "B": _("qualified (B)"),
        "C": _("not qualified (C)"),
        None: _("excluded"),
    }
    reasons = {
        Exclusion.NOT_TAKING_PART: _("did not take part"),
        Exclusion.LEFT_HALF_WAY: _("left half-way"),
        Exclusion.NOT_COOPERATING: _("did not cooperate"),
        Exclusion.FALSE_MATERIAL: _("false material"),
    }
    rows = [
        (
            "—" if one.rank is None else str(one.rank),
            one.party,
            "—" if one.score is None else format_number(one.score),
            grades[one.grade],
            uses[one.grade] if one.excluded is None else reasons[one.excluded],
        )
        for one in standings
    ]
    columns = [(_("Rank"), NUMBER), (_("Platform"), TEXT), (_("Score"), NUMBER), (_("Grade"), TEXT)]
    print_table(title, [*columns, (_("Leads to"), TEXT)], rows)
