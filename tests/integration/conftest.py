"""Fixtures of the integration tests."""

from __future__ import annotations

from tests.integration.databases import app

__all__ = ["app"]
