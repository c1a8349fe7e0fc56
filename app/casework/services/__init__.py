"""The automatic steps of the diagrams: one table from the names of service tasks to functions.

Each function takes the work and the diagram's variables and returns the variables that it sets. A test holds the table
against every bundled diagram, both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from app.casework.services.appeal import post_appeal, publish_appeal
from app.casework.services.consequences import open_consequences, post_consequences, weigh_consequences
from app.casework.services.results import compare_findings, draft_result, publish_result
from app.casework.services.settlement import settle_year
from app.casework.services.termination import begin_representation, end_contract, issue_termination, record_decision
from app.casework.work import Work
from app.processes.values import Handler

Service = Callable[[Work, Mapping[str, object]], Mapping[str, object]]

SERVICES: dict[str, Service] = {
    "compare_findings": compare_findings,
    "draft_result": draft_result,
    "weigh_consequences": weigh_consequences,
    "post_consequences": post_consequences,
    "open_consequences": open_consequences,
    "publish_result": publish_result,
    "begin_representation": begin_representation,
    "record_decision": record_decision,
    "issue_termination": issue_termination,
    "end_contract": end_contract,
    "post_appeal": post_appeal,
    "publish_appeal": publish_appeal,
    "settle_year": settle_year,
}


def bind_services(work: Work) -> dict[str, Handler]:
    """Return the services bound to a piece of work, as the engine calls them."""
    work.begin_services()
    return {name: partial(service, work) for name, service in SERVICES.items()}
