"""Where things are: the data that comes with the product, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).parent


def get_data_folder(name: Literal["rubrics", "workflows", "notifications"]) -> Path:
    """Return a folder of bundled data: inside the package when installed from a wheel, else at the checkout's root."""
    packed = PACKAGE / "_data" / name
    return packed if packed.is_dir() else PACKAGE.parent / name
