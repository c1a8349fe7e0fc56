"""A contract's years on a simulated clock, through casework, jobs and mail, as real people would do them.

Here: who acts (a cast of people with roles), what they fill in (a scenario's quarters), and when. Not here: computing
the same numbers purely (`programmes.scenario_files`, `scoring.consequences`).
"""
