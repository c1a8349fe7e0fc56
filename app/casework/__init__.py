"""What happens to a case: one use case a file, each `load, guard, change, record, enqueue` in its caller's transaction.

Here: opening periods, completing and returning steps, timers, service tasks and what they do to points and money. Only
this folder advances a case. Not here: who owns the transaction (the edges), how points are computed (`scoring`).
"""
