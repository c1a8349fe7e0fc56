"""Cases (考核个案): one process instance about one party and one period, its history of steps, and its incidents.

Here: rows and their lock, who did which step when, what failed. Not here: advancing a case (`casework`), where it
stands in the diagram (`processes`), open work (`tasks`).
"""
