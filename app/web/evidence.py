"""Evidence in the browser: uploaded on a task's page, shown to whoever may see its case, withdrawn with a reason."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, redirect, request, send_file, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from app.cases.queries import get_case
from app.casework.work import make_case_target, make_task_target
from app.db import reading, transaction
from app.errors import KaoheError
from app.evidence.operations import add_link, add_received, receive_file, withdraw_own
from app.evidence.queries import get_evidence
from app.evidence.store import FILES, FileStore
from app.permissions import Permission
from app.tasks.queries import get_task_with_case
from app.web.access import get_session, needs, require_here
from app.web.numbers import ID
from app.web.site import get_now, get_site
from app.web.words import _, say

blueprint = Blueprint("evidence", __name__)
MOST_DIGITS = 3


def get_store() -> FileStore:
    """Return where this site's files lie."""
    return FileStore(get_site().settings.data_folder / FILES)


@blueprint.get(f"/evidence/<{ID}:evidence_id>")
@needs(Permission.SEE_EVIDENCE)
def download(evidence_id: int) -> AnyResponse:
    """Send a file to whoever may see its case; always as a download."""
    with reading() as connection:
        found = get_evidence(connection, evidence_id)
        require_here(Permission.SEE_EVIDENCE, make_case_target(get_case(connection, found.case_id)))
    if found.sha256 is None or found.media_type is None:
        return redirect(found.link or url_for("inbox.show_inbox"), 303)
    return send_stored(found.sha256, found.media_type, found.name)


def send_stored(sha256: str, media_type: str, name: str) -> AnyResponse:
    """Send a stored file as a download under its name."""
    answer = send_file(get_store().path(sha256), mimetype=media_type, conditional=True)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return answer


@blueprint.post(f"/tasks/<{ID}:task_id>/evidence")
@needs(Permission.UPLOAD_EVIDENCE)
def upload(task_id: int) -> AnyResponse:
    """Take files or a link for an indicator; what is refused says why, the others are kept."""
    indicator, requirement = request.form.get("indicator", ""), _read_requirement()
    with reading() as connection:
        case_id = _require(connection, task_id)
    session, now = get_session(), get_now()
    person, organisation_id = session.person, session.organisation.id
    for file in request.files.getlist("file"):
        if not file.filename:
            continue
        try:
            received = receive_file(get_store(), file.filename, file.stream)
            with transaction() as connection:
                _require(connection, task_id)
                add_received(connection, person.actor, case_id, indicator, requirement, received, organisation_id, now)
            flash(_("{name}: uploaded.", name=file.filename), "success")
        except KaoheError as error:
            flash(f"{file.filename}：{say(error.message)}", "danger")
    link = request.form.get("link", "").strip()
    if link:
        with transaction() as connection:
            _require(connection, task_id)
            add_link(connection, person.actor, case_id, indicator, requirement, link, organisation_id, now)
    return redirect(url_for("tasks.show_task", task_id=task_id, _anchor=f"row-{indicator}"), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/evidence/<{ID}:evidence_id>/withdraw")
@needs(Permission.UPLOAD_EVIDENCE)
def take_back(task_id: int, evidence_id: int) -> AnyResponse:
    """Withdraw a piece of one's own evidence; it stays on record."""
    with transaction() as connection:
        case_id = _require(connection, task_id)
        session = get_session()
        person, organisation_id, reason = session.person, session.organisation.id, _("withdrawn before filing")
        withdraw_own(connection, person.actor, organisation_id, case_id, evidence_id, reason, get_now())
    flash(_("Withdrawn; it stays on record."), "success")
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


def _require(connection: Connection, task_id: int) -> int:
    """Return a task's case after asking whether the viewer may add evidence."""
    task, case = get_task_with_case(connection, task_id)
    require_here(Permission.UPLOAD_EVIDENCE, make_task_target(task, case))
    return case.id


def _read_requirement() -> int | None:
    """Return the 0-based place of what the file proves, None for what is none."""
    text = request.form.get("requirement", "")
    return (
        int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None
    )  # a rubric asks for tens at most
