"""XML from outside: read without entities, DOCTYPE, network or endless size."""

from __future__ import annotations

from lxml import etree

from app.errors import Message
from app.processes.values import ProcessRefused

MAX_BYTES = 2_000_000
_DOCTYPE = b"<!DOCTYPE"


def read_xml(source: bytes) -> etree._Element:
    """Return a file's root element; `ProcessRefused` where it is too large, not well-formed, or has a DOCTYPE."""
    if len(source) > MAX_BYTES:
        raise ProcessRefused([Message("the file is larger than {most} MB", most=MAX_BYTES // 1_000_000)])
    if _DOCTYPE in source.upper():
        raise ProcessRefused([Message("the file has a DOCTYPE, which is not allowed")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise ProcessRefused([Message("the file is not well-formed XML: {reason}", reason=error.msg)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProcessRefused([Message("the file has a DOCTYPE, which is not allowed")])
    return root
