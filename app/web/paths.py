"""Where a person is sent back to: only ever a path of this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

FORBIDDEN = frozenset("\\\r\n\t\0")


def is_local_path(path: str) -> bool:
    """Whether an address is a path of this site: no scheme, no host, nothing that a browser reads as one."""
    if not path.startswith("/") or path.startswith("//") or FORBIDDEN & set(path) or not path.isprintable():
        return False
    parts = urlsplit(path)
    return parts.scheme == "" and parts.netloc == ""


def keep_local(path: str | None) -> str:
    """Return a path of this site as it is, and anything else as nothing."""
    return path if path and is_local_path(path) else ""


def find_return_path() -> str:
    """Return the path of the page that sent the request, nothing when it was none of this site."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if parts.netloc != request.host:
        return ""
    return keep_local(f"{parts.path}?{parts.query}" if parts.query else parts.path)
