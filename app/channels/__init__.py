"""Channels: letters made from the outbox's messages, and how they leave.

Here: the messages' catalogue and templates (`notifications/`), letters as text and HTML, SMTP, delivery in small
transactions, previews. Not here: who is told what (`casework`), when (`jobs`), the rows themselves (`outbox`).
"""
