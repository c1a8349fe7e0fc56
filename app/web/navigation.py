"""What the top bar offers: pages by permission, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request

from app.errors import Message
from app.permissions import Permission, may
from app.web.access import find_viewer

ENTRIES = (
    ("inbox.show_inbox", Permission.SEE_INBOX, Message("Inbox"), "inbox"),
    ("board.show_board", Permission.SEE_BOARD, Message("Board"), "chart-bar"),
    ("cases.list_all", Permission.SEE_INBOX, Message("Cases"), "list-details"),
    ("contracts.list_all", Permission.SEE_INBOX, Message("Contracts"), "file-certificate"),
    ("accounts.list_accounts", Permission.MANAGE_ACCOUNTS, Message("Accounts"), "users"),
    ("audit.show_audit", Permission.SEE_AUDIT, Message("Audit trail"), "shield-lock"),
    ("mailbox.show_mailbox", Permission.SEE_MAILBOX, Message("Notices"), "mail"),
    ("diagrams.list_diagrams", Permission.SEE_DIAGRAM, Message("Processes"), "sitemap"),
    ("incidents.list_all", Permission.SEE_INCIDENTS, Message("Failed steps"), "alert-triangle"),
)
"""Endpoint, who sees it, its word, its icon. An entry whose page is not there is not shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the top bar."""

    endpoint: str
    words: Message
    icon: str
    is_current: bool


def list_navigation() -> list[Entry]:
    """Return the entries that the viewer may open."""
    viewer = find_viewer()
    if viewer is None:
        return []
    return [
        Entry(endpoint, words, icon, is_current=endpoint.partition(".")[0] == request.blueprint)
        for endpoint, permission, words, icon in ENTRIES
        if endpoint in current_app.view_functions and may(viewer, permission)
    ]


def find_first_page() -> str:
    """Return the endpoint of the page where the viewer begins."""
    entries = list_navigation()
    return entries[0].endpoint if entries else "account.show_account"
