"""Scoring: a rubric and the facts of a period give a sheet with its working, and a sheet gives consequences.

Here: rubrics as models, the kinds of rule, facts and their checks, sheets, special points, ranking, and the
consequences of a contract's quarters (deductions, money, held points, settlement, proposals), all as pure functions
over values. Not here: files (`programmes`), tables, clocks, languages: text is `app.errors.Message`.
"""
