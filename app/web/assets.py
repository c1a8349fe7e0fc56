"""Static files: their address carries a part of their hash, so that browsers keep them for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import url_for

FOLDER = Path(__file__).parent / "static"
VERSION_LENGTH = 12


def find_asset(name: str) -> str:
    """Return the address of a static file, by its name below `static/`."""
    path = FOLDER / name
    return url_for("site.static", filename=name, v=_get_version(name, path.stat().st_mtime_ns))


@lru_cache(maxsize=256)
def _get_version(name: str, _changed: int) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:VERSION_LENGTH]


def is_current(name: str, version: str) -> bool:
    """Whether a version is that of the file as it lies here; only such an answer may be kept."""
    path = FOLDER / name
    return path.is_file() and _get_version(name, path.stat().st_mtime_ns) == version
