"""The form that adds a contract: texts as typed, read into values with a message at each field that can't be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from wtforms import Field, SelectField, StringField
from wtforms.validators import Length

from app.contracts.operations import NewContract, Opening
from app.errors import Message
from app.identity.models import Organisation
from app.permissions import Viewer
from app.programmes.catalogue import get_catalogue
from app.scoring.model import ZERO
from app.web.forms import Choice, Filled, SiteForm, label
from app.web.words import say

ADDING_ROLES = frozenset({"supervisor", "process_admin"})
OPENINGS = ("Y1Q1", "Y1Q2", "Y1Q3", "Y1Q4")
LARGEST = Decimal(10) ** 12
CENT = Decimal("0.01")
POINT_STEP = Decimal("0.000001")
Read = TypeVar("Read")
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


class ContractForm(SiteForm):
    """What a contract says, and its quarters that were assessed before it came into the system."""

    code = StringField(label(Message("Contract number")), [Filled(), Length(max=60)], render_kw={"maxlength": 60})
    name = StringField(label(Message("Contract name")), [Filled(), Length(max=200)], render_kw={"maxlength": 200})
    programme = SelectField(label(Message("Programme")), [Filled()], validate_choice=False)
    authority = SelectField(label(Message("Authority")), [Filled()], validate_choice=False)
    vendor = SelectField(label(Message("Vendor")), [Filled()], validate_choice=False)
    start = StringField(label(Message("Contract begins")), [Filled()], render_kw={"type": "date"})
    years = StringField(label(Message("Contract years")), [Filled()], default="3", render_kw={"inputmode": "numeric"})
    annual_fee = StringField(label(Message("Fee of a year")), [Filled()], render_kw=NUMBER)
    paid = StringField(label(Message("Already paid of each year")), render_kw=NUMBER)
    points_1 = StringField(label(Message("Points deducted")), render_kw=NUMBER)
    money_1 = StringField(label(Message("Money deducted")), render_kw=NUMBER)
    points_2 = StringField(label(Message("Points deducted")), render_kw=NUMBER)
    money_2 = StringField(label(Message("Money deducted")), render_kw=NUMBER)
    points_3 = StringField(label(Message("Points deducted")), render_kw=NUMBER)
    money_3 = StringField(label(Message("Money deducted")), render_kw=NUMBER)
    points_4 = StringField(label(Message("Points deducted")), render_kw=NUMBER)
    money_4 = StringField(label(Message("Money deducted")), render_kw=NUMBER)

    def offer(self, organisations: Iterable[Organisation], places: Collection[tuple[int, str]]) -> None:
        """Fill the choices: organisations and programmes for which the viewer may add contracts, and all vendors."""
        known = list(organisations)
        authorities = {organisation_id for organisation_id, _programme in places}
        programmes = {programme for _organisation, programme in places}
        first = Choice("", say(Message("Please choose")))
        mine = [Choice(str(one.id), one.name) for one in known if one.id in authorities]
        self.authority.choices = mine if len(mine) == 1 else [first, *mine]
        self.vendor.choices = [first, *(Choice(str(one.id), one.name) for one in known if one.kind == "vendor")]
        named = [one for one in get_catalogue().list_programmes() if one.programme in programmes]
        self.programme.choices = [first, *(Choice(one.programme, one.short_name) for one in named)]

    def refuse(self, field: str, text: str) -> None:
        """Put what is wrong at its field; the opening balances' stands at the first of them."""
        found = self._fields.get("points_1" if field == "opening" else field, self.code)
        found.errors = [*found.errors, text]

    def list_openings(self) -> list[tuple[str, Field, Field]]:
        """Return the fields of the opening balances by quarter."""
        return [(code, self[f"points_{place}"], self[f"money_{place}"]) for place, code in enumerate(OPENINGS, 1)]


def list_adding_places(viewer: Viewer) -> set[tuple[int, str]]:
    """Return for which authority and programme a viewer may add contracts: nobody does it for another authority."""
    known = [one.programme for one in get_catalogue().list_programmes() if one.consequences is not None]
    return {
        (one.organisation_id, programme)
        for one in viewer.holdings
        if one.role in ADDING_ROLES
        for programme in known
        if one.programme in (None, programme)
    }


def read_new_contract(form: ContractForm) -> NewContract | None:
    """Return the contract that the form says; None where a field can't be right, which then says why."""
    opening = {
        code: Opening(_read_points(points), _read_money(money))
        for code, points, money in form.list_openings()
        if points.data or money.data
    }
    new = NewContract(
        code=(form.code.data or "").strip(),
        name=(form.name.data or "").strip(),
        programme=_choose(form.programme, str, ""),
        authority_id=_choose(form.authority, int, 0),
        vendor_id=_choose(form.vendor, int, 0),
        start=_read(form.start, dt.date.fromisoformat, dt.date.min, Message("Give the day as 2025-01-31.")),
        years=_read(form.years, _parse_years, 0, Message("Give a whole number from 1 to 30.")),
        annual_fee=_read_money(form.annual_fee),
        paid=_read_money(form.paid),
        opening=opening,
    )
    return None if form.errors else new


def _choose(field: SelectField, convert: Callable[[str], Read], otherwise: Read) -> Read:
    if not field.data or field.data not in [str(option.data) for option in field]:
        field.errors = [say(Message("Choose from the list."))]
        return otherwise
    return convert(str(field.data))


def _read(field: Field, convert: Callable[[str], Read], otherwise: Read, wrong: Message) -> Read:
    try:
        return convert(str(field.data or "").strip())
    except (ValueError, InvalidOperation):
        field.errors = [say(wrong)]
        return otherwise


def _read_money(field: Field) -> Decimal:
    return _read(field, _parse_money, ZERO, Message("Give an amount in CNY with at most two decimals."))


def _read_points(field: Field) -> Decimal:
    return _read(
        field, _parse_points, ZERO, Message("Give points as a number, at most {most}.", most=_find_most_points())
    )


def _parse_years(text: str) -> int:
    years = int(text)
    if not 1 <= years <= 30:
        raise ValueError(text)
    return years


def _parse_money(text: str) -> Decimal:
    return _parse_number(text, LARGEST, CENT)


def _parse_points(text: str) -> Decimal:
    return _parse_number(text, _find_most_points(), POINT_STEP)


def _find_most_points() -> Decimal:
    """Return the most that a quarter of any contract programme can lose."""
    known = (one.consequences for one in get_catalogue().list_programmes())
    return max(one.quarter_max for one in known if one is not None)


def _parse_number(text: str, most: Decimal, step: Decimal) -> Decimal:
    """Return a plain decimal from 0 to `most` in steps; nothing typed is 0. Commas between thousands are taken."""
    if not text.isascii() or len(text) > 20 or "e" in text.lower():
        raise ValueError(text)
    number = Decimal(text.replace(",", "") or "0")
    if not number.is_finite() or not 0 <= number <= most or number % step:
        raise ValueError(text)
    return number
