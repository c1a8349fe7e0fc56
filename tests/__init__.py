"""Tests: unit (no database, no network), integration, structure (rules about the code)."""
