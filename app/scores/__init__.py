"""Scores: what each scorer found, the settled facts, the party's contested lines, sheets and their approval.

Here: findings hidden from the other scorers until all are in, joint looks, representations, sheets by version. Not
here: how points are computed (`scoring`), what they lead to (`ledger`, `casework`).
"""
