"""Tests of the engine room that need no database."""
