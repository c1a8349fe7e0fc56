"""Submissions (报送): what a party filed, when, against which due date, and how it was received.

Here: one row for each filing of a case, late or not, returned or accepted with reasons. Not here: files (`evidence`),
drafts of forms (`tasks`).
"""
