"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
"""No deadline: how long an example takes says more of the machine's other work than of the code."""
