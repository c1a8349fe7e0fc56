"""The outbox: what must happen after the commit, as rows written in the same transaction as what they are about.

Here: notices, reminders and the day's digests with their keys, leases, tries and delivery state. Not here: what a
letter says and how it leaves (`channels`), who is told what (`casework`), when (`jobs`). A key is unique for good: the
same occasion never gives two.
"""
