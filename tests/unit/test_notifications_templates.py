"""Every message has its templates in both languages, says what it must, and lets nobody in."""

from __future__ import annotations

import datetime as dt
import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from lxml import etree, html

from app.calendar.due_explained import explain_step_due, pack_step_due
from app.calendar.holidays import WorkingCalendar
from app.channels.catalogue import MessageType, get_message_types
from app.channels.letters import Letter, Letterhead, Recipient, make_mail, render_letter
from app.channels.preview import render_preview
from app.channels.smtp import GiveUp
from app.config import get_data_folder
from app.errors import UnknownName
from app.i18n import Language
from app.identity.rules import ROLES
from tests.unit.test_outbox_rules import make_message

FOLDER = get_data_folder("notifications") / "templates"
WORKFLOWS = get_data_folder("workflows")
NOW = dt.datetime(2025, 4, 10, 1, tzinfo=dt.UTC)
HEAD = Letterhead("https://kaohe.example")
DUE = pack_step_due(explain_step_due(WorkingCalendar(), dt.date(2025, 4, 1), 10))
TYPES = get_message_types().messages
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ATTACK = '<script>alert(1)</script><img src=x onerror="x">{{ 7*7 }}'
VALUES: dict[str, object] = {
    "case_id": 7,
    "task_id": 3,
    "case_code": "HS-Y1Q1",
    "contract": "红山实训培训",
    "programme": "绩效考核",
    "period": "Y1Q1",
    "period_start": "2025-01-01",
    "period_end": "2025-03-31",
    "due": DUE,
    "due_at": DUE["due"],
    "target": "submit",
    "step": "score",
    "role": "scorer",
    "reason": "缺台账",
    "score": "18.5",
    "max": "25",
    "again": False,
    "lost": [{"code": "a", "name": "培训人数", "points": "4", "max": "5", "lost": "1"}],
    "contested": ["培训人数", "就业率"],
    "points_deducted": "6.5",
    "money_deducted": "150000.00",
    "cumulative_deduction": "41",
    "rectification": True,
    "termination_proposal": False,
    "proceed": False,
    "days": 5,
    "opened_case": "HS-Y1Q1-ZG",
    "operation": "post_consequences",
    "tries": 3,
    "message": "没有响应",
    "returns": 20,
    "day": "2025-04-10",
    "paper": "考核〔2025〕3号",
    "held": "1.5",
    "outcome": "failed_again",
    "round": 1,
    "failed": [{"name": "培训人数", "reason": "缺签到表"}],
    "decision": "extend",
    "statement": "情况属实，已在改正",
    "ending": True,
    "score_before": "17.5",
    "money_before": "250000.00",
    "money": "150000.00",
    "accepted": True,
    "released": "11850000.00",
    "withheld": "0.00",
    "process": "rectification",
    "occurrence_id": 5,
    "number": 2,
    "kind": "投诉",
    "happened_on": "2025-03-20",
    "description": "电梯停运三天未处理",
    "answer": "已于次日修复",
    "valid": True,
    "finding": "维修记录显示停运三天",
    "person": "吴芳",
}
ITEM_FIELDS = ("task_id", "case_id", "case_code", "contract", "period", "step", "role", "due")
VALUES["items"] = [
    {"template": one.code, **{name: VALUES[name] for name in ITEM_FIELDS}} for one in TYPES if one.kind == "reminder"
]


def make_payload(kind: MessageType, **changes: object) -> dict[str, object]:
    """Exactly the values that the catalogue says the message needs."""
    return {name: VALUES[name] for name in kind.fields} | changes


def render(code: str, language: Language = "zh", **changes: object) -> Letter:
    kind = get_message_types().get_type(code)
    return render_letter(code, make_payload(kind, **changes), language, NOW, HEAD, "张三")


def list_templates(language: Language, suffix: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / language).glob(f"*{suffix}") if not path.name.startswith("_"))


@pytest.mark.parametrize("suffix", [".txt", ".html"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_and_templates_are_the_same_list(language: Language, suffix: str) -> None:
    assert list_templates(language, suffix) == sorted(one.code for one in TYPES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_every_message_is_made_whole_from_the_values_it_names(kind: MessageType, language: Language) -> None:
    letter = render(kind.code, language)
    assert letter.subject
    assert "\n\n\n" not in letter.text
    assert "{" not in letter.subject + letter.text
    assert str(VALUES["contract"]) in letter.subject + letter.text or kind.code == "incident"
    assert html.document_fromstring(letter.html).findtext(".//title") == letter.subject


@pytest.mark.parametrize("kind", [one for one in TYPES if one.code != "digest"], ids=lambda kind: kind.code)
def test_a_message_that_lacks_a_value_it_needs_is_refused(kind: MessageType) -> None:
    needed = "case_code" if kind.code == "incident" else "contract"
    payload = make_payload(kind)
    del payload[needed]
    with pytest.raises(UndefinedError, match=needed):
        render_letter(kind.code, payload, "zh", NOW, HEAD)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_statutory_messages_say_so_and_cannot_be_muted(kind: MessageType) -> None:
    assert not (kind.statutory and kind.can_be_muted)
    assert ("不能退订" in render(kind.code).text) == kind.statutory
    assert ("can't be unsubscribed" in render(kind.code, "en").html) == kind.statutory


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_mails_load_nothing_from_elsewhere(kind: MessageType, language: Language) -> None:
    tree = html.document_fromstring(render(kind.code, language).html)
    assert tree.xpath("//img | //script | //link | //iframe | //style") == []
    assert all(str(link.get("href")).startswith(HEAD.base_url) for link in tree.iter("a"))
    assert tree.xpath("//@src") == []
    assert "@import" not in etree.tostring(tree, encoding="unicode")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [one for one in TYPES if one.code != "digest"], ids=lambda kind: kind.code)
def test_markup_in_names_and_reasons_stays_text(kind: MessageType, language: Language) -> None:
    lost = [{"code": "a", "name": ATTACK, "points": "4", "max": "5", "lost": "1"}]
    hostile = {
        name: ATTACK for name in kind.fields if VALUES[name] in ("红山实训培训", "缺台账", "没有响应", "绩效考核")
    }
    letter = render(kind.code, language, **hostile, **({"lost": lost} if "lost" in kind.fields else {}))
    tree = html.document_fromstring(letter.html)
    assert tree.xpath("//script | //img | //@onerror") == []
    assert "&lt;script&gt;alert(1)" in letter.html or not hostile
    assert "49" not in letter.text


def test_a_draft_result_made_anew_says_that_the_earlier_one_counts_no_more() -> None:
    first, second = render("draft_result"), render("draft_result", again=True)
    assert [first.text.count("重新作出"), first.html.count("重新作出")] == [0, 0]
    assert [second.text.count("重新作出"), second.html.count("重新作出")] == [1, 1]


def test_the_draft_result_says_what_was_lost_and_what_silence_means() -> None:
    text = render("draft_result").text
    assert "培训人数：得 4.00 分，基准分 5.00 分，失 1.00 分" in text
    assert "未提出的，视为无异议" in text


def test_a_representation_names_the_contested_indicators() -> None:
    assert "对 2 项指标提出陈述申辩，待复核处理：培训人数、就业率" in render("representation_received").text


@pytest.mark.parametrize(
    ("opened", "words"),
    [("", "不启动整改"), ("rectification", "《整改通知书》"), ("termination_proposal", "不自动生效")],
)
def test_the_result_says_what_follows_from_it(opened: str, words: str) -> None:
    kind = get_message_types().get_type("result_published")
    follows = {name: name == opened for name in ("rectification", "termination_proposal")}
    text = render_letter(kind.code, make_payload(kind, **follows), "zh", NOW, HEAD).text
    assert words in text
    assert "扣减服务费：150,000.00 元" in text


def test_a_proposed_termination_is_told_as_a_proposal() -> None:
    assert "不是解除决定" in render("termination_opened", cumulative_deduction="41").text
    assert "This isn't the decision" in render("termination_opened", "en").text


def test_scoring_on_what_is_there_names_no_new_date() -> None:
    payload = make_payload(get_message_types().get_type("unfiled_decision"), proceed=True)
    del payload["days"], payload["due_at"]
    assert "按现有材料评分" in render_letter("unfiled_decision", payload, "zh", NOW, HEAD).text


def test_a_digest_says_how_many_items_are_overdue() -> None:
    kind = get_message_types().get_type("digest")
    after = NOW + dt.timedelta(days=30)
    assert "逾期" not in render("digest").subject
    assert render_letter("digest", make_payload(kind), "zh", after, HEAD).subject == "考核待办 4 项，其中逾期 4 项"


def test_without_a_base_url_a_letter_has_no_links() -> None:
    letter = render_letter("returned", make_payload(get_message_types().get_type("returned")), "zh", NOW, Letterhead())
    assert "href" not in letter.html
    assert "://" not in letter.text


def test_a_preview_is_the_letter_and_a_reminder_is_shown_as_its_digest() -> None:
    message = make_message(1, "step_due", **{name: VALUES[name] for name in ITEM_FIELDS})
    assert render_preview(message, "zh").subject == "考核待办 1 项"


def test_an_unknown_template_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        render_letter("draft_results", {}, "zh", NOW, HEAD)
    assert refused.value.nearest[0] == "draft_result"


def make(name: str = "张三", address: str = "zhang@example.org", subject: str = "考核结果") -> EmailMessage:
    letter = Letter(subject, "正文\n", "<p>正文</p>")
    return make_mail(make_message(1), letter, Recipient(name, address), NOW)


def test_a_mail_has_text_and_html_and_headers_that_say_it_is_automatic() -> None:
    mail = email.message_from_bytes(make().as_bytes(), policy=default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("考核结果", "auto-generated")
    assert mail["Message-ID"] == make_message(1).message_id
    assert mail["Date"].datetime == NOW
    assert mail["List-Unsubscribe"] is None


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_a_line_break_in_a_name_adds_no_header(break_: str) -> None:
    mail = make(name=f"张三{break_}Bcc: evil@example.org")
    parsed = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert parsed["Bcc"] is None
    assert [one.addr_spec for one in parsed["To"].addresses] == ["zhang@example.org"]


def test_a_line_break_in_a_contract_name_adds_no_header() -> None:
    letter = render("returned", contract="合约\r\nBcc: evil@example.org")
    mail = make_mail(make_message(1), letter, Recipient("张三", "zhang@example.org"), NOW)
    parsed = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "退回通知：合约 Bcc: evil@example.org Y1Q1"


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d", "张@example.org", "a b@example.org", "a@b, c@d"])
def test_what_is_no_address_is_given_up(address: str) -> None:
    with pytest.raises(GiveUp):
        make(address=address)


def test_a_very_long_subject_is_cut() -> None:
    assert len(render("returned", contract="长" * 500).subject) == 200


def test_steps_and_roles_bear_the_names_that_diagrams_and_accounts_use() -> None:
    types = get_message_types()
    drawn = {}
    for path in WORKFLOWS.glob("*.bpmn"):
        for task in etree.parse(path).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask"):
            drawn[task.get("id")] = task.get("name")
    assert {code: words.zh for code, words in types.steps.items()} == drawn
    assert {code: words.zh for code, words in types.roles.items()} == {code: role.name for code, role in ROLES.items()}


def test_every_role_that_a_message_goes_to_is_one() -> None:
    assert {role for one in TYPES for role in one.to} <= set(ROLES)


def test_templates_speak_as_an_office_does() -> None:
    for path in sorted(Path(FOLDER / "zh").iterdir()):
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("！", "!important", "您", "亲", "哦", "呢")), path.name


def test_the_state_of_a_message_does_not_change_its_letter() -> None:
    message = make_message(1, "step_due", **{name: VALUES[name] for name in ITEM_FIELDS})
    sent = replace(message, state="sent", sent_at=message.next_try_at)
    assert render_preview(message, "en") == render_preview(sent, "en")
