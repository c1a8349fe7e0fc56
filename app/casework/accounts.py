"""A contract's account of points and money, rebuilt from what bound it: recomputed each time, never incremented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.work import Work, find_programme, get_part_scorer
from app.contracts.models import Contract
from app.contracts.queries import lock_contract
from app.errors import KaoheError, Message
from app.ledger.models import LedgerEntry, LedgerEvent
from app.ledger.queries import list_entries, list_events
from app.scores.models import SheetRow
from app.scoring.consequences.entries import Entry
from app.scoring.consequences.quarters import QuarterAccount, QuarterFacts
from app.scoring.consequences.term import ContractTerms, OpeningBalance, Term
from app.scoring.facts import Value, Values
from app.scoring.model import ZERO
from app.submissions.queries import find_submission


class LedgerDiffers(KaoheError):
    """The posted entries are not what the events come to: nothing more is posted before a person has looked.

    `term` is what the events come to, for those who only look.
    """

    def __init__(self, message: Message, term: Term) -> None:
        super().__init__(message)
        self.term = term


class Account:
    """A contract's term with the events so far, and the entries that stand in the ledger."""

    def __init__(self, contract: Contract, events: Sequence[LedgerEvent], posted: Sequence[LedgerEntry]) -> None:
        self.contract, self.events, self.posted = contract, tuple(events), tuple(posted)
        self.term = open_term(contract)
        for event in events:
            self._apply(event)
        self._check()

    def approve(self, code: str, data: Mapping[str, object]) -> QuarterAccount:
        """Let a quarter's approval take effect in this account; the caller records the event and posts the entries."""
        return self.term.approve(make_quarter(code, data))

    def list_new_entries(self) -> list[Entry]:
        """Return the entries that the ledger doesn't have yet."""
        return self.term.ledger.entries[len(self.posted) :]

    def get_quarter(self, code: str) -> QuarterAccount:
        """Return an approved quarter's account; `LookupError` where it isn't approved."""
        for account in self.term.accounts:
            if account.code == code:
                return account
        raise LookupError(code)

    def list_unsettled(self) -> list[str]:
        """Return the last quarters of the years that are assessed and not settled yet."""
        lasts = sorted((one.quarter.year, one.code) for one in self.term.accounts if one.quarter.is_last_of_year)
        done = self.term.settlements
        return [code for year, code in lasts if self.term.is_year_complete(year) and year not in done]

    def appeal(self, code: str, accepted: Values) -> None:
        """Let facts accepted on appeal supersede a quarter's; each indicator keeps the better of its points."""
        self.term.appeal(self.get_quarter(code), accepted)

    def end(self) -> list[str]:
        """End the contract; return the last assessed quarter of every year that isn't settled yet."""
        self.term.end()
        lasts = {one.quarter.year: one.code for one in sorted(self.term.accounts, key=lambda one: one.code)}
        return [code for year, code in sorted(lasts.items()) if year not in self.term.settlements]

    def settle(self, code: str) -> None:
        """Settle the year of which this is the last quarter."""
        self.term.settle_year(self.get_quarter(code))

    def find_before(self, code: str) -> QuarterAccount | None:
        """Return the quarter assessed before one, by the calendar; None where it is the first."""
        key = get_place(code)
        earlier = [one for one in self.term.accounts if get_place(one.code) < key]
        return max(earlier, key=lambda one: get_place(one.code), default=None)

    def _apply(self, event: LedgerEvent) -> None:
        data = event.data
        if event.kind == "approved":
            self.approve(str(data["quarter"]), data)
        if event.kind == "appealed":
            self.appeal(str(data["quarter"]), _get_values(data, "accepted"))
        if data.get("decision") == "end":
            self.end()
        for code in _list_codes(data.get("settles")):
            self.settle(code)

    def _check(self) -> None:
        if list(map(make_entry, self.posted)) != self.term.ledger.entries:
            raise LedgerDiffers(
                Message("the ledger of {contract} doesn't match its events", contract=self.contract.code), self.term
            )


def _list_codes(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def open_term(contract: Contract) -> Term:
    """Return a contract's term with its opening balances and nothing else."""
    programme = find_programme(contract.programme)
    if programme.consequences is None:
        raise LookupError(f"{contract.programme} has no consequences")
    fees = {int(year): fee for year, fee in contract.fees.items()}
    terms = ContractTerms(contract.annual_fee, contract.years, contract.paid, fees)
    return Term(programme.consequences, terms, _list_opening(contract))


def read_account(connection: Connection, contract: Contract) -> Account:
    """Return a contract's account; `LedgerDiffers` where its entries aren't what its events come to."""
    return Account(contract, list_events(connection, contract.id), list_entries(connection, contract.id))


def lock_account(work: Work) -> Account:
    """Return the account at work; its contract is locked and its rows read once for the whole transaction."""
    if work.ledger is None:
        work.contract = lock_contract(work.connection, work.case.contract_id)
        work.ledger = list_events(work.connection, work.contract.id), list_entries(work.connection, work.contract.id)
    return Account(work.contract, *work.ledger)


def get_year(code: str) -> int:
    """Return the contract year of a quarter's code: 2 of Y2Q3."""
    return int(code[1:].partition("Q")[0])


def get_place(code: str) -> tuple[int, int]:
    """Return a quarter's place in a contract's term: (2, 3) of Y2Q3."""
    year, _q, quarter = code[1:].partition("Q")
    return int(year), int(quarter)


def name_before(code: str) -> str | None:
    """Return the quarter before one: Y1Q4 before Y2Q1; None before the term's first."""
    year, quarter = get_place(code)
    if quarter > 1:
        return f"Y{year}Q{quarter - 1}"
    return f"Y{year - 1}Q4" if year > 1 else None


def read_bound(work: Work) -> Account:
    """Return the contract's account as it stands after what this piece of work has bound."""
    return work.bound or read_account(work.connection, work.contract)


def make_quarter(code: str, data: Mapping[str, object]) -> QuarterFacts:
    """Return a quarter's settled facts from an approval's record."""
    scorer = get_part_scorer(str(data["rubric"]), int(str(data["rubric_version"])), code[-2:])
    return QuarterFacts(
        code=code,
        year=get_year(code),
        scorer=scorer,
        facts=_get_values(data, "facts"),
        representation=_get_values(data, "accepted"),
        defer=tuple(_list_codes(data.get("defer"))),
        made_up=_get_mapping(data.get("made_up")),  # type: ignore[arg-type]  # checked when it was recorded
    )


def make_approval(connection: Connection, case: Case, sheet: SheetRow) -> dict[str, object]:
    """Return what an approval binds: the rubric, the settled facts, those accepted afterwards, what is deferred."""
    programme = find_programme(case.programme)
    defers = programme.consequences is not None and programme.consequences.deferral
    filed = find_submission(connection, case.id) if defers else None
    return {
        "quarter": case.period,
        "rubric": case.rubric,
        "rubric_version": case.rubric_version,
        "facts": sheet.facts,
        "accepted": sheet.accepted,
        "defer": [] if filed is None else filed.granted,
        "made_up": {} if filed is None else filed.verified,
    }


def _get_values(data: Mapping[str, object], name: str) -> dict[str, Value]:
    values = data.get(name, {})
    return dict(values) if isinstance(values, Mapping) else {}


def make_entry(row: LedgerEntry) -> Entry:
    """Return a posted entry as the pure computation knows it."""
    return Entry(row.quarter, row.kind, row.points, row.money, row.cause, row.reverses)  # type: ignore[arg-type]  # checked by the table


def _list_opening(contract: Contract) -> list[OpeningBalance]:
    return [
        OpeningBalance(
            quarter=code,
            year=get_year(code),
            points_deducted=_get_decimal(one["points"]),
            money_deducted=_get_decimal(one["money"]),
            used_caps={name: _get_decimal(value) for name, value in _get_mapping(one["caps"]).items()},
        )
        for code, one in contract.opening.items()
    ]


def _get_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _get_decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO + Decimal(str(value))
