"""The demonstration: both contract programmes, eleven contracts, a year each (one: two) lived through the engine.

The last quarter of each contract, or what follows from it, stands at another step when the clock reaches today, so
that every role finds work: a rectification to be verified, a termination to be decided, a settled year.
Everything here is invented; every organisation says so in its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sqlalchemy import Connection

from app.calendar.contract_periods import get_contract_quarter
from app.calendar.working_days import add_working_days
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.casework.work import Doer, get_calendar, get_part_scorer
from app.clock import SimulatedClock, make_china_moment
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.db import transaction
from app.evidence.store import FileStore
from app.identity.operations import NewRole, add_organisation, add_person, set_password
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer
from app.simulation.cast import Cast, make_doer
from app.simulation.demo_people import AUTHORITY, ORGANISATIONS, PASSWORD, PEOPLE, SECOND_HANDLER
from app.simulation.demo_register import add_register
from app.simulation.full_facts import make_full_facts, weaken
from app.simulation.run import Play, Simulator
from app.simulation.script import QuarterScript

SEED = 20260101
HONGSHAN, CHIFENG = "hongshan-talent-training", "chifeng-hr-park"
YEAR = dt.timedelta(days=365)
WORDS = {
    "score": "现场核对与填报不符，缺签到表和现场照片，不予认定。",
    "joint_look": "合议：补交的签到表与照片一致，按审核数认定。",
    "represent": "有部分完成情况漏列，现补报台账和照片，请予重新认定。",
    "handle_representation": "补报的台账和照片经核对属实，予以采纳。",
    "decide_termination": "整改已见成效，继续履行合同，下季度重点督办。",
    "submit": "受场地施工影响，本季度未能全部完成，拟于第四季度前补做。",
    "review": "情况属实，准予顺延。",
    "plan_rectification": "补足缺口，明确专人负责，按周报送进度。",
    "report_rectification": "已按方案补足，台账、签到表和照片随附。",
    "file_appeal": "签到表漏装订，现补交原件，请予复核。",
    "handle_appeal": "补交的签到表原件与照片一致，予以认定。",
    "sign_settlement": "同意按结算书办理。",
}
WITH_REGISTER = "CF-ZC"
"""The contract about which complaints and a safety incident are recorded."""
UNFILED = ("submit", "decide_unfiled")
"""Where a party that never files leaves its quarter: with the supervisor."""


@dataclass(frozen=True, slots=True)
class DemoContract:
    """A contract of the demonstration: how many working days ago its last quarter opened, and where that stands.

    `short`: how many facts of each quarter fall short. `stops_at`: the steps at which nobody acts any more.
    `defers`: the first quarter defers an indicator, the fourth makes it up; `appeals`: the third quarter is appealed.
    """

    code: str
    name: str
    programme: str
    vendor: str
    fee: Decimal
    opened_ago: int
    stops_at: tuple[str, ...]
    short: tuple[int, ...]
    defers: bool = False
    appeals: bool = False


CONTRACTS = (
    DemoContract(
        "HS-YQ",
        "数字化专业人才实训（云启）",
        HONGSHAN,
        "yunqi",
        Decimal(12_000_000),
        14,
        ("approve",),
        (16, 15, 14, 13),
    ),
    DemoContract(
        "HS-QH", "数字化专业人才实训（启航）", HONGSHAN, "qihang", Decimal(9_600_000), 3, ("submit",), (2, 4, 1, 3)
    ),
    DemoContract(
        "HS-BY",
        "数字化专业人才实训（博远）",
        HONGSHAN,
        "boyuan",
        Decimal(8_000_000),
        3,
        ("check_completeness",),
        (3, 2, 5, 2),
    ),
    DemoContract(
        "HS-HC",
        "数字化专业人才实训（汇创）",
        HONGSHAN,
        "huichuang",
        Decimal(7_200_000),
        9,
        ("review",),
        (4, 14, 3, 5, 1, 3, 2, 4),
    ),
    DemoContract(
        "HS-LX", "数字化专业人才实训（立信）", HONGSHAN, "lixin", Decimal(6_400_000), 20, UNFILED, (5, 6, 4, 5)
    ),
    DemoContract(
        "CF-ZC", "人力资源产业园运营（众才）", CHIFENG, "zhongcai", Decimal(6_000_000), 8, ("represent",), (1, 2, 1, 3)
    ),
    DemoContract(
        "CF-JX", "人力资源产业园运营（聚贤）", CHIFENG, "juxian", Decimal(4_800_000), 6, ("score",), (2, 1, 4, 2)
    ),
    DemoContract(
        "CF-RH",
        "人力资源产业园运营（融合）",
        CHIFENG,
        "ronghe",
        Decimal(5_200_000),
        9,
        ("handle_representation",),
        (2, 3, 2, 4),
    ),
    DemoContract(
        "HS-JC",
        "数字化专业人才实训（锦程）",
        HONGSHAN,
        "jincheng",
        Decimal(10_000_000),
        34,
        ("decide_termination", "verify_rectification"),
        (18, 17, 16, 18),
    ),
    DemoContract(
        "HS-RZ",
        "数字化专业人才实训（睿智）",
        HONGSHAN,
        "ruizhi",
        Decimal(8_800_000),
        19,
        ("verify_rectification", "confirm_settlement"),
        (3, 4, 3, 14),
        defers=True,
    ),
    DemoContract(
        "CF-DS",
        "人力资源产业园运营（达盛）",
        CHIFENG,
        "dasheng",
        Decimal(5_600_000),
        26,
        ("register_payment",),
        (1, 4, 5, 1),
        appeals=True,
    ),
)


def build_demo(today: dt.date, store: FileStore, report: Callable[[str], None] = lambda _code: None) -> SimulatedClock:
    """Fill an empty database with the demonstration up to a day; `report` is told each quarter that ends."""
    starts = {one.code: find_start(one, today) for one in CONTRACTS}
    clock = SimulatedClock(make_china_moment(min(starts.values()), 8))
    with transaction() as connection:
        install_processes(connection, clock.now())
        people = add_people(connection, clock.now())
        plays = [make_play(connection, one, starts[one.code], people, store, clock.now()) for one in CONTRACTS]
    Simulator(plays, clock, report).run(until=today)
    with transaction() as connection:
        for play in (one for one in plays if one.contract.code == WITH_REGISTER):
            add_register(connection, play.contract, play.cast, clock.now())
        for _place, person in people.values():
            set_password(connection, None, person.id, PASSWORD, clock.now(), must_change_password=False)
    return clock


def find_start(contract: DemoContract, today: dt.date) -> dt.date:
    """Return on which day a contract began whose last quarter's case opened so many working days ago."""
    opened, years = add_working_days(get_calendar(), today, -contract.opened_ago), len(contract.short) // 4
    start = opened - YEAR * years
    while get_contract_quarter(start, years, 4).opens > opened:
        start -= dt.timedelta(days=1)
    return start


def add_people(connection: Connection, now: dt.datetime) -> dict[str, tuple[int, Doer]]:
    """Add organisations and people; return people by username with their organisation."""
    places = {
        one.code: add_organisation(connection, None, one.code, one.name, one.kind, now).id for one in ORGANISATIONS
    }
    found = {}
    for one in PEOPLE:
        person = add_person(
            connection,
            None,
            one.username,
            one.name,
            f"{one.username}@demo.invalid",
            places[one.organisation],
            None,
            [NewRole(one.role)],
            now,
        )
        found[one.username] = (places[one.organisation], make_doer(connection, person.id, person.name, now))
    return found


def make_play(
    connection: Connection,
    demo: DemoContract,
    start: dt.date,
    people: dict[str, tuple[int, Doer]],
    store: FileStore,
    now: dt.datetime,
) -> Play:
    """Add a contract and return what happens in its quarters."""
    cast = _make_cast(demo, people)
    new = NewContract(
        code=demo.code,
        name=demo.name,
        programme=demo.programme,
        authority_id=cast.authority_id,
        vendor_id=cast.vendor_id,
        start=start,
        years=3,
        annual_fee=demo.fee,
    )
    contract = add_contract(connection, None, new, now)
    return Play(contract, cast, {script.code: script for script in _list_scripts(contract, demo)}, store)


def _make_cast(demo: DemoContract, people: dict[str, tuple[int, Doer]]) -> Cast:
    usable = [one for one in PEOPLE if one.organisation in (AUTHORITY, demo.vendor)]
    by_role = {one.role: people[one.username][1] for one in reversed(usable)}
    scorers = tuple(people[one.username][1] for one in usable if one.role == "scorer")
    authority_id = next(people[one.username][0] for one in usable if one.organisation == AUTHORITY)
    vendor_id = next(people[one.username][0] for one in usable if one.organisation == demo.vendor)
    return Cast(authority_id, vendor_id, by_role, scorers, people[SECOND_HANDLER][1])


def _list_scripts(contract: Contract, demo: DemoContract) -> Iterator[QuarterScript]:
    random = Random(f"{SEED}{demo.code}")  # noqa: S311  # the same demonstration every time, no secret
    for place, short in enumerate(demo.short):
        year, quarter = place // 4 + 1, place % 4 + 1
        scorer = get_part_scorer(contract.programme, 1, f"Q{quarter}")
        is_last = place == len(demo.short) - 1
        yield _make_script(f"Y{year}Q{quarter}", scorer, short, random, demo.stops_at if is_last else (), demo)


def _make_script(
    code: str, scorer: PartScorer, short: int, random: Random, stops_at: tuple[str, ...], demo: DemoContract
) -> QuarterScript:
    full = make_full_facts(scorer)
    facts = weaken(full, short, random)
    lowered = [name for name in facts if facts[name] != full[name]]
    doubted = random.choice(lowered)
    is_contested = code == "Y1Q2" or "handle_representation" in stops_at
    kept = {name: full[name] for name in random.sample(lowered, 1)} if is_contested else {}
    second: dict[str, Value] = {} if code == "Y1Q1" else {doubted: _doubt(facts[doubted])}
    corrections: tuple[dict[str, Value], ...] = ({}, second)
    deferred = next((code for code, reads in scorer.reads.items() if doubted in reads), "")
    better = next((name for name in lowered if name not in kept), doubted)
    is_third = code.endswith("Q3")
    return QuarterScript(
        code,
        scorer,
        facts,
        corrections,
        {doubted: facts[doubted]},
        kept,
        stops_at,
        words=WORDS,
        defer=(deferred,) if demo.defers and deferred and code == "Y1Q1" else (),
        appeal={better: full[better]} if demo.appeals and is_third else {},
    )


def _doubt(value: Value) -> Value:
    """Return what a second scorer sees instead."""
    return value if isinstance(value, bool) else 0
