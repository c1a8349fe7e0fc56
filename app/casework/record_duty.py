"""Record that a duty of the whole term is met (全期任务), or take such a record back; without points (rules.md, §1)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.audit.operations import record
from app.casework.forms import Form, FormRefused, Refusal
from app.casework.work import Doer, find_programme, make_contract_target
from app.clock import get_china_day
from app.contracts.models import LONGEST_DOCUMENT, Contract
from app.contracts.operations import add_duty_record
from app.contracts.queries import lock_contract, map_duty_records
from app.errors import Message
from app.evidence.operations import Received, keep_file
from app.permissions import Permission, require


class DutyForm(Form):
    """登记全期任务: on which day it was met, with the document that says so; no day takes an earlier record back."""

    met_on: dt.date | None = None
    document: str


def record_duty(
    connection: Connection,
    doer: Doer,
    contract_id: int,
    code: str,
    form: DutyForm,
    file: Received | None,
    now: dt.datetime,
) -> None:
    """Record a duty that no fact counts as met, or take that back; both stay. `FormRefused` names what is wrong."""
    contract = lock_contract(connection, contract_id)
    require(doer.viewer, Permission.RECORD_DUTY, make_contract_target(contract))
    _check(connection, contract, code, form, now)
    file_id = None if file is None else keep_file(connection, file, now)
    name = "" if file is None else file.name
    add_duty_record(connection, contract.id, code, form.met_on, form.document, file_id, name, doer.id, now)
    details = {
        "duty": code,
        "met_on": None if form.met_on is None else str(form.met_on),
        "document": form.document,
        "file": "" if file is None else file.stored.sha256,
    }
    record(connection, f"contract:{contract.id}", doer.actor, "duty_recorded", details, now)


def _check(connection: Connection, contract: Contract, code: str, form: DutyForm, now: dt.datetime) -> None:
    refusals = []
    countable = [one.code for one in find_programme(contract.programme).duties if one.fact is None]
    if code not in countable:
        refusals.append(Refusal("met_on", Message("this contract has no such duty to be recorded")))
    if not form.document or len(form.document) > LONGEST_DOCUMENT:
        template = "name the document, or why the record is taken back, in at most {most} characters"
        refusals.append(Refusal("document", Message(template, most=LONGEST_DOCUMENT)))
    if form.met_on is not None and not contract.start <= form.met_on <= get_china_day(now):
        text = Message("the day lies between the contract's start and today")
        refusals.append(Refusal("met_on", text))
    before = map_duty_records(connection, contract.id).get(code)
    if form.met_on is None and (before is None or not before.is_met):
        refusals.append(Refusal("met_on", Message("say on which day the duty was met")))
    if refusals:
        raise FormRefused(refusals)
