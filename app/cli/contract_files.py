"""A contract as a person gives it, in a file or in options: checked, every problem named where it stands."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal

import click
from pydantic import Field, ValidationError
from sqlalchemy import Connection

from app.casework.add_contract import add_contract
from app.cli.context import Opened, check_programme, find_organisation
from app.cli.words import _, say
from app.contracts.models import Contract
from app.contracts.operations import ContractRefused, NewContract, Opening
from app.db import transaction
from app.errors import KaoheError, Message
from app.identity.queries import find_organisation_by_code
from app.programmes.scenario import Money, QuarterCode
from app.programmes.validation import describe_error, make_model, place_problem
from app.programmes.yaml_files import Document, FileRefused, read_yaml, read_yaml_file
from app.scoring.model import Model, NonNegative, Positive, Slug, Text

Place = Literal["authority", "vendor"]


class OpeningEntry(Model):
    """A quarter assessed before: points and CNY deducted, points of each cap used."""

    points: NonNegative = Field(title="已扣分")
    money: Money = Field(Decimal(0), title="已扣款")
    caps: dict[str, NonNegative] = Field(default_factory=dict, title="已用加分")


class OpeningFile(Model):
    """The file of `--opening`."""

    opening: dict[QuarterCode, OpeningEntry] = Field(title="期初余额")


class ContractFile(Model):
    """A contract as its file gives it; the organisations by their codes."""

    code: Annotated[str, Field(min_length=1, max_length=60)] = Field(title="合同编号")
    name: Text = Field(title="合同名称")
    programme: Slug = Field(title="考核项目")
    authority: Text = Field(title="考核单位")
    vendor: Text = Field(title="服务商")
    start: dt.date = Field(title="起始日")
    years: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(title="年数")
    annual_fee: Annotated[Positive, Field(decimal_places=2)] = Field(title="年服务费")
    paid: Money = Field(Decimal(0), title="已付")
    opening: dict[QuarterCode, OpeningEntry] = Field(default_factory=dict, title="期初余额")


class Cny(click.ParamType[Decimal]):
    """An amount in CNY, exact to the cent."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the amount; a usage error shows the form wanted."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
            self.fail(_("“{value}” is no amount; write it as 12000000.00").format(value=value), param, ctx)
        return amount


def add_from_file(opened: Opened, path: Path) -> Contract:
    """Add the contract that a file describes; `FileRefused` with every place that is wrong."""
    document = read_yaml(sys.stdin.read(), "-") if str(path) == "-" else read_yaml_file(path)
    given = make_model(document, ContractFile)
    with placing(document, ContractFile), transaction() as connection:
        return add(connection, opened, given, lambda code, field: _find_placed(connection, code, field))


def _find_placed(connection: Connection, code: str, field: Place) -> int:
    found = find_organisation_by_code(connection, code)
    if found is None:
        raise ContractRefused(field, Message("unknown organisation {name}", name=code))
    return found.id


class placing:  # noqa: N801  # reads as a statement
    """Turns what a contract refuses into a problem with its place in the file."""

    def __init__(self, document: Document, model: type[Model]) -> None:
        self.document, self.model = document, model

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise `FileRefused` for a refusal; leave everything else as it is."""
        if isinstance(error, ContractRefused):
            raise FileRefused([place_problem(self.document, (error.field,), error.message, self.model)]) from None
        if isinstance(error, KaoheError):
            raise FileRefused([place_problem(self.document, ("programme",), error.message, self.model)]) from None


def add_from_options(opened: Opened, options: Mapping[str, object]) -> Contract:
    """Add the contract that options describe; a usage error names the option that can't be right."""
    for field in ("code", "name", "programme", "authority", "vendor", "start", "years", "annual_fee"):
        if options[field] is None:
            text = _("the option is missing; “kaohe contract add FILE” takes a file instead")
            raise click.BadParameter(text, param_hint=name_option(field))
    check_programme(str(options["programme"]), "--programme")
    opening = read_opening(options["opening"]) if isinstance(options["opening"], Path) else {}
    try:
        given = ContractFile.model_validate({**options, "opening": opening})
        with transaction() as connection:
            return add(
                connection, opened, given, lambda code, field: find_organisation(connection, code, f"--{field}").id
            )
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        words = say(describe_error(detail, ContractFile))
        raise click.BadParameter(words, param_hint=name_option(str(detail["loc"][0]))) from None
    except ContractRefused as error:
        raise click.BadParameter(say(error.message), param_hint=name_option(error.field)) from None


def read_opening(path: Path) -> dict[str, OpeningEntry]:
    """Return opening balances from their file; `FileRefused` with every place that is wrong."""
    return make_model(read_yaml_file(path), OpeningFile).opening


def name_option(field: str) -> str:
    """Return the option that gives a field."""
    return "--" + field.replace("_", "-")


def add(connection: Connection, opened: Opened, given: ContractFile, find: Callable[[str, Place], int]) -> Contract:
    """Add a contract; `find` returns an organisation's number by its code and the field that it stands in."""
    new = NewContract(
        code=given.code,
        name=given.name,
        programme=given.programme,
        authority_id=find(given.authority, "authority"),
        vendor_id=find(given.vendor, "vendor"),
        start=given.start,
        years=given.years,
        annual_fee=given.annual_fee,
        paid=given.paid,
        opening={code: Opening(one.points, one.money, one.caps) for code, one in given.opening.items()},
    )
    return add_contract(connection, opened.actor, new, opened.now)
