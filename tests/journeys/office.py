"""An authority and a vendor at work: the whole product served, its mails received, people who sign in by password."""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import Connection

from app import create_app
from app.calendar.contract_periods import get_contract_quarter
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.channels.letters import Letterhead
from app.channels.smtp import SmtpMailer
from app.clock import SimulatedClock, make_china_moment
from app.config import Settings, SmtpSettings
from app.contracts.operations import NewContract, Opening
from app.db import database, transaction
from app.identity.operations import NewRole, add_organisation, add_person
from app.jobs.tick import tick
from app.migrations.operations import upgrade_database
from tests.integration.simulating import HONGSHAN
from tests.journeys.browser import DESK, open_page, serve

PASSWORD = "Red-Hill-2026"  # noqa: S105  # of people who exist in tests only
START = dt.date(2025, 1, 1)
CONTRACT = "数字化专业人才实训"
PATIENCE = 20_000
"""Milliseconds that a page may take on a busy machine."""
VENDOR = {"jingban": ("张伟", "party_staff"), "fuzeren": ("吴芳", "party_head")}
AUTHORITY = {
    "shenhe": ("王晓梅", "reviewer"),
    "pingfen1": ("李建国", "scorer"),
    "pingfen2": ("赵敏", "scorer"),
    "fuhe": ("孙丽", "appeal_handler"),
    "lingdao": ("陈立新", "approver"),
    "duban": ("马红", "supervisor"),
    "fuqian": ("周卫东", "second_approver"),
    "fuhe2": ("郑洁", "appeal_handler"),
    "caiwu": ("钱会", "finance"),
}


@dataclass
class Mailbox:
    """What the mail server took."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # the server calls it so
        """Take a mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.extend((address, mail) for address in envelope.rcpt_tos)
        return "250 OK"

    def read(self, username: str, start: str) -> str:
        """Return the text of the only mail to a person whose subject starts so, subject first."""
        mine = [mail for address, mail in self.mails if address == make_address(username)]
        found = [mail for mail in mine if str(mail["Subject"]).startswith(start)]
        assert len(found) == 1, [str(mail["Subject"]) for mail in mine]
        body = found[0].get_body(("plain",))
        assert body is not None
        return f"{found[0]['Subject']}\n{body.get_content()}"


def make_address(username: str) -> str:
    """The address of a person."""
    return f"{username}@example.org"


@dataclass(frozen=True)
class Office:
    """The product in service, the clock that it goes by, its mail server and the browser."""

    address: str
    clock: SimulatedClock
    box: Mailbox
    mailer: SmtpMailer
    browser: Browser

    def tick_on(self, day: dt.date, hour: int = 9) -> None:
        """Move on to an hour of a day and let the clock do what is due; mails leave."""
        self.clock.move_to(make_china_moment(day, hour))
        self.tick()

    def tick(self) -> None:
        """Let the clock do what is due now."""
        tick(self.clock.now(), self.mailer, letterhead=Letterhead(self.address))

    @contextmanager
    def enter(self, username: str, size: ViewportSize = DESK) -> Iterator[Page]:
        """Open a window and sign in."""
        with open_page(self.browser, self.address, size) as page:
            page.set_default_timeout(PATIENCE)
            sign_in(page, username)
            yield page


def sign_in(page: Page, username: str) -> None:
    """Sign in through the sign-in page; the inbox comes up."""
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1, name="待办")).to_be_visible()


def sign_out(page: Page) -> None:
    """Sign out through the menu."""
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("用户名")).to_be_visible()


def open_task(page: Page, step: str, box: str = "我的岗位") -> None:
    """Open the only task of a step from a tab of the inbox."""
    page.get_by_role("navigation", name="事项分类").get_by_role("link", name=re.compile(rf"^{box}(\s*\d|$)")).click()
    row = page.get_by_role("row", name=step)
    expect(row).to_have_count(1)
    row.get_by_role("link", name=step).click()
    expect(page.get_by_role("heading", level=1, name=step)).to_be_visible()


def finish(page: Page, button: str, step: str) -> None:
    """Press a step's button; the inbox says that the step is done."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(f"{step}：已办结。")).to_be_visible()


@contextmanager
def receive_mails(box: Mailbox) -> Iterator[SmtpMailer]:
    """Run a mail server; give what hands letters to it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    mailer = SmtpMailer(SmtpSettings("127.0.0.1", port, "kaohe@example.org"))
    try:
        yield mailer
    finally:
        mailer.close()
        server.stop(no_assert=True)


@contextmanager
def open_office(folder: Path, browser: Browser, lost: Sequence[str] = ()) -> Iterator[Office]:
    """Put the product into service with one contract; `lost`: points of quarters assessed elsewhere before."""
    clock = SimulatedClock(make_china_moment(get_opening(len(lost) + 1) - dt.timedelta(days=1), 8))
    settings = Settings(folder, f"sqlite:///{folder / 'kaohe.db'}", "a key for tests only", "http://127.0.0.1")
    app, box = create_app(settings, clock), Mailbox()
    with app.app_context(), receive_mails(box) as mailer:
        upgrade_database()
        with transaction() as connection:
            _fill(connection, clock.now(), lost)
        with serve(app) as address:
            yield Office(address, clock, box, mailer, browser)
        database.engine.dispose()


def get_opening(quarter: int = 1) -> dt.date:
    """The day on which a quarter's case opens in the first year."""
    return get_contract_quarter(START, 1, quarter).opens


def _fill(connection: Connection, now: dt.datetime, lost: Sequence[str]) -> None:
    install_processes(connection, now)
    authority = add_organisation(connection, None, "rensheju", "红山区人力资源和社会保障局", "authority", now)
    vendor = add_organisation(connection, None, "fuwushang", "云启数字科技有限公司", "vendor", now)
    for place, people in ((vendor, VENDOR), (authority, AUTHORITY)):
        for username, (name, role) in people.items():
            held, email = [NewRole(role)], make_address(username)
            add_person(
                connection, None, username, name, email, place.id, PASSWORD, held, now, must_change_password=False
            )
    fee = Decimal("12000000.00")
    opening = {f"Y1Q{place}": Opening(Decimal(one), Decimal(0)) for place, one in enumerate(lost, 1)}
    new = NewContract("HS-01", CONTRACT, HONGSHAN, authority.id, vendor.id, START, 3, fee, opening=opening)
    add_contract(connection, None, new, now)
