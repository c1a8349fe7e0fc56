"""What can be done with processes, one use case per file: deploy, start, advance, fire timers, return, cancel.

Nobody here commits; each changes one instance with one SELECT and one guarded UPDATE.
"""

from __future__ import annotations

from app.processes.operations.advance import advance, fire_timers, run_automatic
from app.processes.operations.cancel import cancel
from app.processes.operations.deploy import deploy
from app.processes.operations.return_to import list_return_targets, return_to
from app.processes.operations.start import start, start_many

__all__ = [
    "advance",
    "cancel",
    "deploy",
    "fire_timers",
    "list_return_targets",
    "return_to",
    "run_automatic",
    "start",
    "start_many",
]
