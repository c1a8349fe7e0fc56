"""The calendar: working days in China, the due dates of filings, the quarters of a contract.

Here: which days are worked (`holidays`), counting in working days (`working_days`), when something must be filed
(`filings`, `due`), until when a step may take and why (`due_explained`), on which days people are reminded (`ladder`),
names of periods and a contract's own quarters (`contract_periods`), all as pure functions over dates in China time. Not
here: what was filed and whether it was late, sending reminders, calendar feeds, the notices as an administrator keeps
them, the present moment; text stays `app.errors.Message`.
"""
