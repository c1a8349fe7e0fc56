"""Amend a contract's fee (补充协议): from a year on of which nothing is assessed yet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import Connection

from app.audit.operations import record
from app.audit.values import Actor
from app.casework.accounts import read_account
from app.contracts.models import Contract
from app.contracts.operations import ContractRefused, set_fees
from app.contracts.queries import get_contract, lock_contract
from app.errors import Message
from app.i18n import format_money

CENT = Decimal("0.01")


def amend_fee(
    connection: Connection,
    actor: Actor | None,
    contract_id: int,
    from_year: int,
    annual_fee: Decimal,
    reason: str,
    now: dt.datetime,
) -> Contract:
    """Let another fee of a year (CNY) apply from a contract year on; what is assessed keeps the fee that it had.

    Raises `ContractRefused` with the field: a year with an assessed quarter keeps its fee, so an amendment in the
    middle of a year applies from the next one.
    """
    contract = lock_contract(connection, contract_id)
    _check(connection, contract, from_year, annual_fee, reason)
    set_fees(connection, contract.id, {**contract.fees, str(from_year): annual_fee})
    details = {"from_year": from_year, "annual_fee": format_money(annual_fee), "reason": reason}
    record(connection, f"contract:{contract.id}", actor, "fee_amended", details, now)
    return get_contract(connection, contract_id)


def _check(connection: Connection, contract: Contract, from_year: int, fee: Decimal, reason: str) -> None:
    if contract.state in ("terminated", "settled"):
        raise ContractRefused("from_year", Message("this contract is over"))
    if not 1 <= from_year <= contract.years:
        text = Message("the contract has years 1 to {years}", years=contract.years)
        raise ContractRefused("from_year", text)
    if fee <= 0 or fee != fee.quantize(CENT):
        raise ContractRefused("annual_fee", Message("the fee of a year must be above 0, in whole cents"))
    if fee < contract.paid:
        raise ContractRefused("annual_fee", Message("the fee of a year can't be below what is already paid of it"))
    if not reason.strip():
        raise ContractRefused("reason", Message("name the amendment and its reason"))
    term = read_account(connection, contract).term
    assessed = [one.quarter.year for one in term.accounts] + [one.year for one in term.opening]
    if from_year <= max(assessed, default=0):
        template = "year {year} is being assessed and keeps its fee; the amendment can apply from year {next} on"
        year = max(assessed)
        raise ContractRefused("from_year", Message(template, year=year, next=year + 1))
