"""The audit trail: who did what and when, append-only and chained by hashes, sealed per organisation.

Here: adding entries to a chain (one per case, person, contract …), seals over the chains' heads, anchors of seals to
be kept outside the database, finding what was tampered with, and triggers that refuse changes to append-only tables.
Not here: what is worth recording (each operation says so), who may read it (`permissions`), and people: an entry holds
a number and a name as they were, so that it outlives the account.
"""
