"""`kaohe contract`: contracts added, listed, and where one stands."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click
from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.accounts import Account, read_account
from app.cli.amend import amend
from app.cli.context import find_contract, open_app
from app.cli.contract_files import Cny, add_from_file, add_from_options
from app.cli.due import Day
from app.cli.duty import record
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.words import _, say
from app.cli.year import print_refused
from app.contracts.models import Contract, ContractPeriod
from app.contracts.queries import list_contracts, list_periods
from app.db import reading
from app.i18n import format_money, format_number
from app.identity.queries import get_organisation
from app.programmes.catalogue import get_catalogue
from app.programmes.yaml_files import FileRefused
from app.scoring.consequences.parameters import TerminationByDeduction
from app.scoring.consequences.term import QuarterResult
from app.web.states import find_state


@click.group(help=_("Contracts: what is assessed, quarter by quarter."))
def contract() -> None:
    """Gather the commands about contracts."""


@contract.command(
    "add",
    help=_(
        "Add a contract, from a YAML file or from options (the file's fields bear the options' names). Its quarters "
        "open by themselves when they are over, as long as “kaohe serve” or “kaohe worker” runs."
    ),
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--code", help=_("The contract's code."))
@click.option("--name", help=_("What it is called."))
@click.option("--programme", help=_("The programme, such as hongshan-talent-training."))
@click.option("--authority", metavar="CODE", help=_("The organisation that assesses."))
@click.option("--vendor", metavar="CODE", help=_("The organisation that is assessed."))
@click.option("--start", type=Day(), metavar="DATE", help=_("First day."))
@click.option("--years", type=int, help=_("How many years."))
@click.option("--annual-fee", type=Cny(), metavar="CNY", help=_("The fee of a year."))
@click.option("--paid", type=Cny(), default="0", metavar="CNY", help=_("What of each year's fee is paid in advance."))
@click.option(
    "--opening",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Quarters assessed before, as YAML: under “opening”, by quarter, points and money deducted."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def contract_add(*, file: Path | None, as_json: bool, **options: object) -> None:
    """Add a contract."""
    try:
        with open_app() as opened:
            added = add_from_file(opened, file) if file is not None else add_from_options(opened, options)
            with reading() as connection:
                periods = list_periods(connection, added.id)
    except FileRefused as error:
        print_refused(error, as_json=as_json)
        sys.exit(1)
    waiting = [one for one in periods if one.opened_at is None]
    if as_json:
        quarters = [{"quarter": one.code, "opens": one.opens.isoformat()} for one in waiting]
        print(write_json({"code": added.code, "quarters": quarters}, indent=2))
        return
    print(_("Contract {code} added: {count} quarters to come.").format(code=added.code, count=len(waiting)))
    if waiting:
        text = _("The first, {quarter}, opens on {day}; “kaohe task list” then shows whose turn it is.")
        print(text.format(quarter=waiting[0].code, day=waiting[0].opens))


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract, its parties' names, its periods, cases and account."""

    contract: Contract
    authority: str
    vendor: str
    periods: list[ContractPeriod]
    cases: dict[str, Case]
    account: Account

    @property
    def year(self) -> int:
        """The contract year that its newest assessed quarter belongs to."""
        codes = [one.code for one in self.account.term.accounts] + list(self.contract.opening)
        return max((int(code[1:].partition("Q")[0]) for code in codes), default=1)

    @property
    def termination_at(self) -> Decimal | None:
        """The cumulative deduction that opens a proposal; None where the programme counts otherwise."""
        condition = self.account.term.parameters.termination
        return condition.at if isinstance(condition, TerminationByDeduction) else None

    @property
    def cumulative(self) -> Decimal:
        """The points deducted in the window that counts towards a proposal."""
        return self.account.term.sum_window(self.year)

    @property
    def money_of_year(self) -> Decimal:
        """CNY deducted in the newest year."""
        entries = [one for one in self.account.term.ledger.entries if one.quarter.startswith(f"Y{self.year}Q")]
        return sum((one.money for one in entries if one.kind != "settlement"), Decimal(0))


def read_standing(connection: Connection, contract: Contract) -> Standing:
    """Return where a contract stands."""
    cases = list_cases_of_contract(connection, contract.id)
    return Standing(
        contract=contract,
        authority=get_organisation(connection, contract.authority_id).name,
        vendor=get_organisation(connection, contract.vendor_id).name,
        periods=list_periods(connection, contract.id),
        cases={one.period: one for one in cases if one.process == "contract-quarter"},
        account=read_account(connection, contract),
    )


@contract.command("list", help=_("List all contracts; “kaohe contract show CODE” says more."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def contract_list(*, as_json: bool) -> None:
    """List contracts."""
    with open_app(), reading() as connection:
        found = [read_standing(connection, one) for one in list_contracts(connection)]
    if as_json:
        print(write_json([describe_contract(one) for one in found], indent=2))
        return
    if not found:
        print(_("There are no contracts yet; add one with “kaohe contract add”."))
        return
    columns = [
        (_("Code"), CODE),
        (_("Contract"), TEXT),
        (_("Vendor"), TEXT),
        (_("Start"), CODE),
        (_("Term, years"), NUMBER),
    ]
    columns += [(_("Fee of a year, CNY"), NUMBER), (_("Deducted in the year so far"), NUMBER), (_("State"), TEXT)]
    rows = [_list_contract(one) for one in found]
    print_table(_("Contracts"), columns, rows)


def _list_contract(one: Standing) -> tuple[str, ...]:
    terms = one.contract
    fee, lost = f"{terms.annual_fee:,.2f}", format_number(one.cumulative)
    state = STATES[terms.state]
    return terms.code, terms.name, one.vendor, terms.start.isoformat(), str(terms.years), fee, lost, state


@contract.command("show", help=_("Show a contract: its quarters, the deduction so far, the money."))
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def contract_show(code: str, *, as_json: bool) -> None:
    """Show a contract."""
    with open_app(), reading() as connection:
        standing = read_standing(connection, find_contract(connection, code))
    if as_json:
        quarters = [describe_quarter(standing, one) for one in standing.periods]
        print(write_json({**describe_contract(standing), "quarters": quarters}, indent=2))
    else:
        print_standing(standing)


def describe_contract(one: Standing) -> dict[str, object]:
    """Return a contract as JSON values."""
    terms = one.contract
    return {
        "code": terms.code,
        "name": terms.name,
        "programme": terms.programme,
        "authority": one.authority,
        "vendor": one.vendor,
        "start": terms.start.isoformat(),
        "years": terms.years,
        "annual_fee": format_money(terms.annual_fee),
        "paid": format_money(terms.paid),
        "state": terms.state,
        "year": one.year,
        "cumulative_deduction": format_number(one.cumulative),
        "termination_at": None if one.termination_at is None else format_number(one.termination_at),
        "money_deducted": format_money(one.money_of_year),
    }


def describe_quarter(standing: Standing, period: ContractPeriod) -> dict[str, object]:
    """Return a quarter of a contract as JSON values; its numbers are there once it is approved."""
    case = standing.cases.get(period.code)
    result = find_result(standing, period.code)
    return {
        "quarter": period.code,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "opens": period.opens.isoformat(),
        "case": None if case is None else case.code,
        "status": find_status(standing, period),
        "score": None if result is None else format_number(result.score),
        "points_deducted": None if result is None else format_number(result.points_deducted),
        "money_deducted": None if result is None else format_money(result.money_deducted),
        "cumulative_deduction": None if result is None else format_number(result.cumulative_deduction),
    }


def find_result(standing: Standing, code: str) -> QuarterResult | None:
    """Return an approved quarter's numbers, or None."""
    quarters = standing.account.term.make_result().quarters
    return next((one for one in quarters if one.quarter == code), None)


def find_status(standing: Standing, period: ContractPeriod) -> str:
    """Return where a quarter stands: its case's status, else why it has none."""
    if period.code in standing.cases:
        return standing.cases[period.code].status
    if period.code in standing.contract.opening:
        return "opening"
    return "cancelled" if period.cancelled_at is not None else "to_come"


def print_standing(standing: Standing) -> None:
    """Print a contract for a person."""
    terms = standing.contract
    programme = get_catalogue().get_programme(terms.programme).short_name
    print(f"{terms.code}  {terms.name}（{programme}）")
    print(_("Authority: {authority}; vendor: {vendor}").format(authority=standing.authority, vendor=standing.vendor))
    text = _("From {start}, {years} years, {fee} CNY a year; state: {state}")
    print(text.format(start=terms.start, years=terms.years, fee=f"{terms.annual_fee:,.2f}", state=STATES[terms.state]))
    columns = [
        (_("Quarter"), CODE),
        (_("First day"), CODE),
        (_("Last day"), CODE),
        (_("Opens on"), CODE),
        (_("Status"), TEXT),
    ]
    columns += [(_("Score"), NUMBER), (_("Points deducted"), NUMBER), (_("Money deducted, CNY"), NUMBER)]
    print_table(_("Quarters"), columns, [_list_quarter(standing, one) for one in standing.periods])
    lost, at = format_number(standing.cumulative), standing.termination_at
    if at is None:
        print(_("Year {year}: {lost} points deducted so far").format(year=standing.year, lost=lost))
    else:
        text = _("Year {year}: {lost} points deducted so far; a termination is proposed at {at}")
        print(text.format(year=standing.year, lost=lost, at=format_number(at)))
    share = f"{standing.money_of_year / terms.annual_fee * 100:.1f}"
    text = _("Money deducted in year {year}: {money} CNY, {share} % of the fee")
    print(text.format(year=standing.year, money=f"{standing.money_of_year:,.2f}", share=share))


def _list_quarter(standing: Standing, period: ContractPeriod) -> tuple[str, ...]:
    span = (period.code, period.start.isoformat(), period.end.isoformat(), period.opens.isoformat())
    status = find_status(standing, period)
    words = PERIOD_STATES.get(status) or say(find_state(status).words)
    result = find_result(standing, period.code)
    if result is None:
        return (*span, words, "", "", "")
    money = f"{result.money_deducted:,.2f}"
    return (*span, words, format_number(result.score), format_number(result.points_deducted), money)


STATES = {
    "active": _("in force"),
    "termination_proposed": _("termination proposed"),
    "terminated": _("terminated"),
    "settled": _("settled"),
}
PERIOD_STATES = {
    "to_come": _("to come"),
    "opening": _("assessed before"),
    "cancelled": _("cancelled"),
}


contract.add_command(amend)
contract.add_command(record)
