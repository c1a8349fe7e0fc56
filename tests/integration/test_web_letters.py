"""Letters in the browser: who reads them, what a letter in its frame can do, and sending one again."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from app.db import reading, transaction
from app.outbox.models import outbox_messages
from app.outbox.queries import get_message, list_by_person
from tests.integration.caseworld import Side, make_side
from tests.integration.test_web_inbox import visit
from tests.integration.website import SiteSettings, make_site


def find_letter(side: Side, role: str) -> int:
    with reading() as connection:
        return list_by_person(connection, side.cast.people[role].id)[0].id


def test_a_letter_is_read_by_its_reader_and_by_the_supervisor_only(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    letter = find_letter(side, "party_head")
    for path in (f"/mailbox/{letter}", f"/mailbox/{letter}/html"):
        statuses = {
            name: visit(app, name).get(path).status_code
            for name in (
                side.name("party_head"),
                side.name("supervisor"),
                side.name("party_staff"),
                side.name("reviewer"),
                other.name("supervisor"),
                other.name("party_head"),
            )
        }
        assert list(statuses.values()) == [200, 200, 403, 403, 403, 403]


def test_a_letter_that_was_not_delivered_is_sent_again_by_the_supervisor(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    letter = find_letter(side, "party_head")
    visitor = visit(app, side.name("supervisor"))
    assert "重新发送" not in visitor.get(f"/mailbox/{letter}").text
    with transaction() as connection:
        connection.execute(update(outbox_messages).where(outbox_messages.c.id == letter).values(state="dead"))
    assert "重新发送" in visitor.get(f"/mailbox/{letter}").text
    visitor.post(f"/mailbox/{letter}/resend")
    assert "已重新排队发送" in visitor.get(f"/mailbox/{letter}").text
    with reading() as connection:
        assert get_message(connection, letter).state == "waiting"
    visitor.post(f"/mailbox/{letter}/resend")
    assert "只有未送达的通知可以重新发送" in visitor.get(f"/mailbox/{letter}").text


def test_a_letter_in_its_frame_can_do_nothing(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("party_head"))
    letter = find_letter(side, "party_head")
    frame = visitor.get(f"/mailbox/{letter}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert "script-src" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = visitor.get(f"/mailbox/{letter}")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "sandbox src=" in page.text


def test_the_mailbox_lists_ones_own_and_for_supervisors_their_authoritys(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    mine = visit(app, side.name("party_head")).get("/mailbox").text
    assert f'data-href="/mailbox/{find_letter(side, "party_head")}"' in mine
    assert mine.count("data-href") == 1
    everything = visit(app, side.name("supervisor")).get("/mailbox?box=all").text
    assert "HONGSHAN-01-Y1Q1" in everything
    assert "SONGSHAN-01-Y1Q1" not in everything
    assert "SONGSHAN-01-Y1Q1" not in visit(app, other.name("reviewer")).get("/mailbox?box=all").text


def test_in_a_demonstration_everybody_sees_every_letter(app: Flask) -> None:
    make_site(app, SiteSettings(demo=True))
    side, other = make_side("hongshan"), make_side("songshan")
    page = visit(app, other.name("party_head")).get("/mailbox?box=all").text
    assert "HONGSHAN-01-Y1Q1" in page
    assert visit(app, other.name("party_head")).get(f"/mailbox/{find_letter(side, 'party_head')}").status_code == 200


def test_numbers_that_no_row_bears_are_no_pages(app: Flask) -> None:
    make_site(app)
    visitor = visit(app, make_side("hongshan").name("reviewer"))
    for number in ("0", "999999", str(2**62), str(2**63), "9" * 40):
        for path in ("cases", "contracts", "mailbox"):
            assert visitor.get(f"/{path}/{number}").status_code == 404
    assert visitor.get("/cases?contract=9999999999999999999999&before=-1&status=x&period=;").status_code == 200
