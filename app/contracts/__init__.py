"""Contracts between an authority and a vendor, and their assessment periods.

Here: what a contract says (fee in CNY, start, years, opening balances) and its quarters, each with its rubric version.
Not here: cases (`cases`), entries of points and money (`ledger`).
"""
