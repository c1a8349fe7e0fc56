"""The ledger (扣分台账 / 扣款台账): append-only entries of points and money of a contract, with their cause.

Here: entries as rows, the events that bind (an approval, a decision), balances as folds. Not here: what an event costs
(`scoring.consequences`, pure). Rows are never changed or deleted: triggers refuse it.
"""
