"""Parse a diagram in a process of its own, ended when it takes too long: some files make the parser loop for ever.

The sources were checked before (`checking`); this is the second line of defence.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache

import orjson

from app.errors import Message
from app.processes.values import ProcessRefused

TIMEOUT_SECONDS = 20
_COMMAND = "from app.processes.parsing import serve; serve()"


def parse(process_id: str, bpmn: bytes, decisions: Mapping[str, bytes], timeout: float = TIMEOUT_SECONDS) -> str:
    """Return a diagram's specifications as JSON text; `ProcessRefused` with the parser's words, or where it hangs."""
    return _parse(orjson.dumps([process_id, bpmn.decode(), [text.decode() for text in decisions.values()]]), timeout)


@lru_cache(maxsize=32)
def _parse(work: bytes, timeout: float) -> str:
    """Parse in a child; the same sources give the same text, so a process that sets up many databases asks once."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and code; the sources travel as its input
            [sys.executable, "-c", _COMMAND],
            input=work,
            env=environment,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        text = Message("reading the diagram took longer than {seconds} seconds", seconds=timeout)
        raise ProcessRefused([text]) from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise ProcessRefused([Message("the engine can't read the diagram: {reason}", reason=reason[0][:300])])
    return done.stdout.decode()


def make_specs(process_id: str, bpmn: str, decisions: Sequence[str]) -> str:
    """Return a diagram's specifications as JSON text, parsed in this very process."""
    from SpiffWorkflow.spiff.parser.process import VALIDATOR, SpiffBpmnParser  # noqa: PLC0415  # only the child needs it

    from app.processes.specs import dump_specs  # noqa: PLC0415  # as above
    from app.processes.xml_files import read_xml  # noqa: PLC0415  # as above

    parser = SpiffBpmnParser(validator=VALIDATOR)
    parser.add_bpmn_xml(read_xml(bpmn.encode()))
    for decision in decisions:
        parser.add_dmn_xml(read_xml(decision.encode()))
    return dump_specs(parser.get_spec(process_id), parser.get_subprocess_specs(process_id))


def serve() -> None:
    """Read one piece of work from standard input, write its specifications."""
    process_id, bpmn, decisions = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(make_specs(process_id, bpmn, decisions).encode())
