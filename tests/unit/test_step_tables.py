"""What pages, lists and records say of a step: one line in each table for every step that people complete."""

from __future__ import annotations

from pathlib import Path

from app.casework.statuses import STATUS_OF_STEP
from app.casework.steps import STEPS
from app.cli.task_forms import FORMS
from app.web import step_forms
from app.web.states import STATE_OF_STEP
from app.web.step_forms import STEP_FORMS
from app.web.steps_words import STEP_NAMES

TEMPLATES = Path(step_forms.__file__).parent / "templates" / "tasks"


def test_every_step_has_its_name_state_and_form_everywhere() -> None:
    for table in (STATUS_OF_STEP, STATE_OF_STEP, STEP_NAMES, STEP_FORMS, FORMS):
        assert set(table) == set(STEPS)


def test_every_part_of_a_form_has_its_template() -> None:
    assert {one.part for one in STEP_FORMS.values()} <= {path.stem for path in TEMPLATES.glob("*.html")}
