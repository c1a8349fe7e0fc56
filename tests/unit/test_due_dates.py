"""Due dates of filings: the programmes' own rules against real years, the edges of a range, and what is refused."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.calendar.due import DueDate, list_due_dates
from app.calendar.filings import DueRule, Filing
from app.calendar.holidays import Notice, WorkingCalendar
from app.calendar.working_days import move_to_working_day
from app.errors import KaoheError

CALENDAR = WorkingCalendar()
RULES: TypeAdapter[DueRule] = TypeAdapter(DueRule)


def make_filing(code: str, **rule: object) -> Filing:
    """A filing with a due rule as it stands in YAML."""
    return Filing(code=code, name="报送材料", due=RULES.validate_python(rule), source="按时报送", place="附件1")


PLAN = make_filing("plan", kind="monthly", day=3, period="due_month", moves=True)
DATA = make_filing("data", kind="monthly", day=6, period="due_month", moves=False)
SUMMARY = make_filing("summary", kind="yearly", month=12, day=15, period="due_year", moves=True)
DISPATCH = make_filing(
    "dispatch_data", kind="monthly", day=5, period="previous_month", moves=False, first_period="2023-01"
)
QUARTER = make_filing("quarter_summary", kind="quarterly", day=15, moves=True, first_period="2023Q1")
ANNUAL = make_filing(
    "annual_summary", kind="yearly", month=4, day=30, period="previous_year", moves=False, first_period="2024"
)
BATCHES = make_filing(
    "plan_filing", kind="batch", dates={"B1": "2025-01-31", "B2": "2025-11-30", "B3": "2026-11-30"}, moves=False
)
MONTH_ENDS = make_filing("month_end", kind="monthly", day=31, period="due_month", moves=False)


def list_due(filing: Filing, start: str, end: str, calendar: WorkingCalendar = CALENDAR) -> list[DueDate]:
    """The due dates of one filing."""
    return list_due_dates([filing], calendar, dt.date.fromisoformat(start), dt.date.fromisoformat(end))


def get_only(filing: Filing, start: str, end: str, calendar: WorkingCalendar = CALENDAR) -> DueDate:
    """The one due date in a range."""
    (one,) = list_due(filing, start, end, calendar)
    return one


@pytest.mark.parametrize(
    ("period", "nominal", "due", "moved_by"),
    [
        ("2025-02", "2025-02-03", "2025-02-05", "春节"),
        ("2025-10", "2025-10-03", "2025-10-09", "国庆节"),
        ("2025-05", "2025-05-03", "2025-05-06", "劳动节"),
        ("2024-02", "2024-02-03", "2024-02-04", "周末"),
        ("2026-01", "2026-01-03", "2026-01-04", "元旦"),
        ("2025-03", "2025-03-03", "2025-03-03", None),
        ("2022-04", "2022-04-03", "2022-04-06", "清明节"),
    ],
)
def test_a_plan_moves_past_days_off_and_says_which(period: str, nominal: str, due: str, moved_by: str | None) -> None:
    one = get_only(PLAN, nominal, due)
    assert (one.filing, one.period) == ("plan", period)
    assert (one.nominal.isoformat(), one.due.isoformat(), one.moved_by) == (nominal, due, moved_by)
    assert not one.provisional
    assert one.falls_on is None


def test_a_weekend_that_runs_into_a_holiday_is_named_with_it() -> None:
    end_of_april = make_filing("x", kind="monthly", day=30, period="due_month", moves=True)
    one = get_only(end_of_april, "2022-04-30", "2022-05-10")
    assert (one.due, one.moved_by) == (dt.date(2022, 5, 5), "劳动节")
    fourth = make_filing("y", kind="monthly", day=4, period="due_month", moves=True)
    calendar = WorkingCalendar([Notice(dt.date(2025, 1, 6), off=True, name="元旦")])
    one = get_only(fourth, "2025-01-04", "2025-01-31", calendar)
    assert (one.due, one.moved_by) == (dt.date(2025, 1, 7), "周末、元旦")


def test_a_range_goes_by_the_date_after_moving() -> None:
    assert [one.period for one in list_due(PLAN, "2025-02-04", "2025-02-28")] == ["2025-02"]
    assert list_due(PLAN, "2025-02-03", "2025-02-04") == []
    assert list_due(PLAN, "2025-02-06", "2025-02-28") == []
    assert get_only(PLAN, "2025-02-05", "2025-02-05").nominal == dt.date(2025, 2, 3)


def test_a_year_has_twelve_plans() -> None:
    periods = [one.period for one in list_due(PLAN, "2025-01-01", "2025-12-31")]
    assert periods == [f"2025-{month:02d}" for month in range(1, 13)]


@given(st.dates(dt.date(2010, 1, 1), dt.date(2034, 1, 1)), st.integers(0, 400))
def test_a_range_holds_exactly_the_months_whose_moved_date_lies_in_it(start: dt.date, length: int) -> None:
    end = start + dt.timedelta(days=length)
    nominal = [dt.date(year, month, 3) for year in range(start.year - 1, end.year + 2) for month in range(1, 13)]
    expected = [moved for day in nominal if start <= (moved := move_to_working_day(CALENDAR, day)) <= end]
    assert [one.due for one in list_due_dates([PLAN], CALENDAR, start, end)] == expected


def test_platform_data_stays_on_its_day_and_says_that_it_is_a_day_off() -> None:
    sunday = get_only(DATA, "2025-04-06", "2025-04-06")
    assert (sunday.due, sunday.moved_by, sunday.falls_on) == (sunday.nominal, None, "清明节")
    plain = get_only(DATA, "2025-09-06", "2025-09-06")
    assert plain.falls_on == "周末"
    assert str(plain.rule) == "Due by day 6 of each month; does not move; that day is a day off: 周末"
    assert get_only(DATA, "2025-03-06", "2025-03-06").falls_on is None


def test_the_summary_belongs_to_its_year_and_moves() -> None:
    one = get_only(SUMMARY, "2024-01-01", "2024-12-31")
    assert (one.period, one.nominal, one.due) == ("2024", dt.date(2024, 12, 15), dt.date(2024, 12, 16))


def test_dispatch_data_belongs_to_the_month_before_and_begins_with_the_first_period() -> None:
    found = list_due(DISPATCH, "2022-01-01", "2023-03-31")
    assert [(one.period, one.due.isoformat()) for one in found] == [
        ("2023-01", "2023-02-05"),
        ("2023-02", "2023-03-05"),
    ]
    assert get_only(DISPATCH, "2024-01-01", "2024-01-31").period == "2023-12"


def test_quarter_summaries_come_in_the_month_after_the_quarter() -> None:
    found = list_due(QUARTER, "2023-01-01", "2024-01-31")
    assert [(one.period, one.nominal.isoformat(), one.due.isoformat()) for one in found] == [
        ("2023Q1", "2023-04-15", "2023-04-17"),
        ("2023Q2", "2023-07-15", "2023-07-17"),
        ("2023Q3", "2023-10-15", "2023-10-16"),
        ("2023Q4", "2024-01-15", "2024-01-15"),
    ]


def test_an_annual_summary_belongs_to_the_year_before() -> None:
    found = list_due(ANNUAL, "2024-01-01", "2026-12-31")
    assert [(one.period, one.due.isoformat()) for one in found] == [("2024", "2025-04-30"), ("2025", "2026-04-30")]


def test_each_batch_has_a_date_of_its_own() -> None:
    found = list_due(BATCHES, "2025-01-01", "2026-12-31")
    assert [(one.period, one.due.isoformat(), one.falls_on) for one in found] == [
        ("B1", "2025-01-31", "春节"),
        ("B2", "2025-11-30", "周末"),
        ("B3", "2026-11-30", None),
    ]
    assert str(found[2].rule) == "Batch B3: due by 2026-11-30; does not move"


def test_a_day_that_a_month_lacks_is_its_last_day_and_the_rule_says_so() -> None:
    found = list_due(MONTH_ENDS, "2024-01-01", "2024-04-30")
    assert [one.due.day for one in found] == [31, 29, 31, 30]
    assert "that month ends on day 29" in str(found[1].rule)
    assert "ends on" not in str(found[0].rule)


def test_a_moving_date_of_a_year_not_yet_announced_is_provisional() -> None:
    assert all(one.provisional for one in list_due(PLAN, "2027-01-01", "2027-12-31"))
    assert not any(one.provisional for one in list_due(DATA, "2027-01-01", "2027-12-31"))
    assert not any(one.provisional for one in list_due(PLAN, "2026-01-01", "2026-12-31"))


def test_a_date_that_moves_into_a_year_not_yet_announced_is_provisional() -> None:
    last_day = make_filing("last_day", kind="yearly", month=12, day=31, period="due_year", moves=True)
    calendar = WorkingCalendar([Notice(dt.date(2026, 12, 31), off=True, name="元旦")])
    one = get_only(last_day, "2026-12-31", "2027-01-31", calendar)
    assert (one.nominal.year, one.due.year, one.provisional) == (2026, 2027, True)
    assert not get_only(last_day, "2026-12-31", "2026-12-31").provisional


def test_a_notice_moves_a_date_and_settles_its_year() -> None:
    calendar = WorkingCalendar([Notice(dt.date(2027, 2, 3), off=True, name="春节")])
    one = get_only(PLAN, "2027-02-01", "2027-02-28", calendar)
    assert (one.due, one.moved_by, one.provisional) == (dt.date(2027, 2, 4), "春节", False)


def test_due_dates_are_ordered_by_date_then_as_the_filings_stand_then_by_period() -> None:
    same_day = make_filing("same_day", kind="monthly", day=6, period="due_month", moves=False)
    dates = {"B2": "2025-03-01", "B1": "2025-03-02"}
    batches = make_filing("batches", kind="batch", dates=dates, moves=True)
    found = list_due_dates([same_day, DATA, PLAN, batches], CALENDAR, dt.date(2025, 3, 1), dt.date(2025, 3, 31))
    assert [(one.filing, one.period) for one in found] == [
        ("plan", "2025-03"),
        ("batches", "B1"),
        ("batches", "B2"),
        ("same_day", "2025-03"),
        ("data", "2025-03"),
    ]


@pytest.mark.parametrize(
    ("filing", "text"),
    [
        (PLAN, "Due by day 3 of each month; moves past days off"),
        (SUMMARY, "Due each year by 12-15 (month-day); moves past days off"),
        (QUARTER, "Due by day 15 of the month after each quarter; moves past days off"),
        (ANNUAL, "Due in the year that follows by 4-30 (month-day); does not move"),
    ],
)
def test_a_due_date_explains_its_rule(filing: Filing, text: str) -> None:
    assert str(list_due(filing, "2025-01-01", "2025-12-31")[0].rule) == text


def test_the_edges_of_what_dates_can_hold_are_no_trouble() -> None:
    every = [PLAN, DATA, SUMMARY, MONTH_ENDS, make_filing("q", kind="quarterly", day=1, moves=True)]
    before = make_filing("before", kind="monthly", day=1, period="previous_month", moves=True)
    first = list_due_dates([*every, before], CALENDAR, dt.date.min, dt.date(1, 2, 28))
    assert {(one.filing, one.period) for one in first} >= {("plan", "0001-01"), ("before", "0001-01")}
    assert ("before", "0000-12") not in {(one.filing, one.period) for one in first}
    last = list_due_dates(every, CALENDAR, dt.date(9999, 12, 1), dt.date.max)
    assert last[-1].due == dt.date.max
    calendar = WorkingCalendar([Notice(dt.date.max, off=True, name="元旦")])
    moving = make_filing("end", kind="yearly", month=12, day=31, period="due_year", moves=True)
    assert list_due_dates([moving], calendar, dt.date(9999, 12, 31), dt.date.max) == []


def test_two_hundred_years_are_quick_and_more_are_refused() -> None:
    began = time.perf_counter()
    assert len(list_due(PLAN, "2000-01-01", "2199-12-31")) == 2400
    assert time.perf_counter() - began < 5
    with pytest.raises(KaoheError, match="more than 200 years"):
        list_due_dates([PLAN], CALENDAR, dt.date.min, dt.date.max)


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(KaoheError, match="lies after"):
        list_due(PLAN, "2025-02-01", "2025-01-31")


def test_no_filings_have_no_due_dates() -> None:
    assert list_due_dates([], CALENDAR, dt.date(2025, 1, 1), dt.date(2025, 12, 31)) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "monthly", "day": 0, "period": "due_month", "moves": True}, "day"),
        ({"kind": "monthly", "day": 32, "period": "due_month", "moves": True}, "day"),
        ({"kind": "monthly", "day": True, "period": "due_month", "moves": True}, "day"),
        ({"kind": "monthly", "day": 3, "period": "next_month", "moves": True}, "period"),
        ({"kind": "monthly", "day": 3, "period": "due_month", "moves": 1}, "moves"),
        ({"kind": "monthly", "day": 3, "period": "due_month", "moves": True, "first_period": "2023"}, "first_period"),
        ({"kind": "quarterly", "day": 15, "moves": True, "first_period": "2023-01"}, "first_period"),
        ({"kind": "quarterly", "day": 15, "moves": True, "month": 1}, "month"),
        ({"kind": "yearly", "month": 13, "day": 1, "period": "due_year", "moves": True}, "month"),
        ({"kind": "batch", "dates": {"B1": "2025-02-30"}, "moves": False}, "B1"),
        ({"kind": "batch", "dates": {"B1": 20250131}, "moves": False}, "B1"),
        ({"kind": "batch", "dates": {}, "moves": False}, "dates"),
        ({"kind": "batch", "dates": {"B1": "2025-01-31"}}, "moves"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_field(rule: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RULES.validate_python(rule)
    assert field in refused.value.errors()[0]["loc"]


def test_a_first_year_may_stand_without_quotes() -> None:
    rule = {"kind": "yearly", "month": 4, "day": 30, "period": "due_year", "moves": False, "first_period": 2024}
    found = list_due(make_filing("x", **rule), "2023-01-01", "2024-12-31")
    assert [one.period for one in found] == ["2024"]


def test_an_unknown_kind_of_rule_is_refused() -> None:
    with pytest.raises(ValidationError, match="weekly"):
        RULES.validate_python({"kind": "weekly", "day": 3, "moves": True})


def test_every_field_of_a_filing_has_a_chinese_title_for_messages() -> None:
    schema = Filing.model_json_schema()
    fields = [field for model in (schema, *schema["$defs"].values()) for field in model["properties"].values()]
    assert len(fields) > 20
    assert all(not field["title"].isascii() for field in fields)
