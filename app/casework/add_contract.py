"""Add a contract with its opening balances, which open its ledger."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.audit.values import Actor
from app.casework.accounts import open_term
from app.contracts import operations as contracts
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.ledger.operations import post_entries


def add_contract(connection: Connection, actor: Actor | None, new: NewContract, now: dt.datetime) -> Contract:
    """Add a contract and its periods, and post its opening balances (CNY and points of quarters assessed before)."""
    contract = contracts.add_contract(connection, actor, new, now)
    post_entries(connection, contract.id, 0, open_term(contract).ledger.entries, None, now)
    return contract
