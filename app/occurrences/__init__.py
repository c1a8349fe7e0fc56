"""Occurrences (投诉与安全事故台账): complaints and safety incidents, each checked before it costs points.

Here: one row for each, from who recorded it and the party's answer to what the check found, and which case counted it.
Not here: who is told and who may (`casework`), what a counted one costs (`scoring`).
"""
