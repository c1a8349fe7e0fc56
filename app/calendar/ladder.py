"""The reminder ladder: on which working days before and after a due date people are reminded of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from app.calendar.holidays import WorkingCalendar
from app.calendar.working_days import add_working_days

STAGES = (-5, -3, -1, 0, 1, 2, 3, 4, 5)
"""Working days before (−) and after (+) the due day; 0 is the due day itself, also when it is a day off."""
ESCALATES_FROM = 1


@dataclass(frozen=True, slots=True)
class Reminder:
    """A rung of the ladder: the stage, its day, and whether the supervisor is told too."""

    stage: int
    day: dt.date
    escalates: bool


def list_reminders(
    calendar: WorkingCalendar,
    due_day: dt.date,
    start: dt.date | None = None,
    stages: Sequence[int] = STAGES,
    escalates_from: int = ESCALATES_FROM,
) -> list[Reminder]:
    """Return the ladder of a due day in order; rungs before the step's `start` day are left out."""
    rungs = (
        Reminder(stage, add_working_days(calendar, due_day, stage), stage >= escalates_from)
        for stage in sorted(set(stages))
    )
    return [rung for rung in rungs if start is None or rung.day >= start]
