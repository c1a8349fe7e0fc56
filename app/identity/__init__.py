"""Who people are: organisations, accounts, roles with their dates, signing in and sessions.

Here: accounts and passwords, which role a person holds at which organisation from when to when, the separation of the
three administrators, lock-out, sessions. Not here: what a role may do (`permissions`), who is excluded on one case
because of what they did there (`casework`), cookies and forms (`web`).
"""
