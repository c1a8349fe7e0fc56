"""The clock at work: periods opened, timers, retries, reminders, delivery; in one leader at a time.

Here: what runs by itself and when. Not here: what it does to a case (`casework`), letters and SMTP (`channels`).
"""
