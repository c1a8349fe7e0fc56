"""The database's versions: Alembic's scripts, and what an installation's database is marked as.

Here: bringing a database up to date, telling an empty one from ours, the mark of a simulation. Not here: tables (each
domain's `models.py`).
"""
