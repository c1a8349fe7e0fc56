"""Programmes (考核项目) and rubric versions: what stands in `rubrics/`, read, checked and found by name and period.

Here: files with their errors by line and column, the programme's definition (parties, filings, step times, parameters
of consequences, which rubric applies when), its forms. Not here: how points come about (`scoring`) or when something is
due (`calendar`).
"""
