"""`kaohe contract amend`: another fee of a year, from a contract year on of which nothing is assessed."""

from __future__ import annotations

import sys
from decimal import Decimal

import click

from app.casework.amend_fee import amend_fee
from app.casework.work import make_contract_target
from app.cli.context import find_contract, open_app
from app.cli.contract_files import Cny
from app.cli.task import find_doer
from app.cli.words import _, say
from app.contracts.operations import ContractRefused
from app.db import transaction
from app.permissions import NotPermitted, Permission, require


@click.command("amend", help=_("Let another fee of a year apply from a contract year on (补充协议)."))
@click.argument("code", metavar="CONTRACT")
@click.option("--from-year", required=True, type=int, metavar="YEAR", help=_("The contract year, such as 2."))
@click.option("--annual-fee", required=True, type=Cny(), metavar="CNY", help=_("The fee of a year."))
@click.option("--reason", required=True, metavar="TEXT", help=_("The amendment and its reason."))
@click.option("--user", required=True, metavar="NAME", help=_("Who records it: a supervisor of the authority."))
def amend(code: str, from_year: int, annual_fee: Decimal, reason: str, user: str) -> None:
    """Amend a fee."""
    try:
        with open_app() as opened, transaction() as connection:
            found, doer = find_contract(connection, code), find_doer(connection, opened, user)
            require(doer.viewer, Permission.AMEND_CONTRACT, make_contract_target(found))
            amend_fee(connection, doer.actor, found.id, from_year, annual_fee, reason, opened.now)
    except (ContractRefused, NotPermitted) as error:
        print(say(error.message))
        sys.exit(1)
    print(_("Contract {code}: {fee} CNY a year from year {year} on.").format(code=code, fee=annual_fee, year=from_year))
