"""Names and links as they are kept, what an archive may unpack to, and which evidence is missing."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.archives import Budget, list_members, unpack
from app.evidence.models import Evidence
from app.evidence.rules import LinkRefused, NameRefused, check_link, clean_name, find_missing, get_extension, name_link
from app.evidence.signatures import UploadRefused
from tests.unit.test_evidence_samples import PDF, make_zip

NOW = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def make_evidence(indicator: str, requirement: int | None) -> Evidence:
    return Evidence(
        id=1,
        case_id=1,
        indicator=indicator,
        requirement=requirement,
        file_id=1,
        link=None,
        name="总结.pdf",
        number=1,
        supersedes=None,
        uploaded_by=1,
        uploaded_at=NOW,
        organisation_id=1,
        withdrawn_at=None,
        withdrawn_by=None,
        reason="",
        sha256="a" * 64,
        size=1,
        media_type="application/pdf",
        extension="pdf",
        superseded_by=None,
    )


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("总结.pdf", "总结.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\a.txt", "a.txt"),
        ("C:\\材料\\总结.pdf", "总结.pdf"),
        ("/var/a.pdf", "a.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("总结\u202efdp.exe", "总结fdp.exe"),
        ("a\u200b.pdf", "a.pdf"),
        ("a<b>:c|d?*.pdf", "a_b__c_d__.pdf"),
        ("  总结.pdf. . ", "总结.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
        ("长" * 300, "长" * 200),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)
def test_a_name_is_kept_without_folders_hidden_or_unsafe_characters(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize("name", ["", " ", ".", "..", "../..", "a/", "\x00", "\u202e", "...", " . "])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(NameRefused, match="the file has no name"):
        clean_name(name)


@given(st.text(max_size=400))
def test_whatever_a_file_is_called_its_kept_name_is_safe_and_stays_as_it_is(name: str) -> None:
    try:
        kept = clean_name(name)
    except NameRefused:
        return
    assert 0 < len(kept) <= 200
    assert not set(kept) & set('/\\<>:"|?*\x00\n\r')
    assert clean_name(kept) == kept


def test_the_ending_is_what_follows_the_last_dot() -> None:
    assert [get_extension(name) for name in ("a.PDF", "a.tar.gz", "a", "a.")] == ["pdf", "gz", "", ""]


@pytest.mark.parametrize(
    "link", ["https://example.gov.cn/a?b=c#d", "http://10.0.0.1:8080/a", "https://示例.中国/公告", "https://[::1]/a"]
)
def test_a_link_to_the_web_is_taken_as_it_is(link: str) -> None:
    assert check_link(f" {link} ") == link


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("JaVaScRiPt:alert(1)", "begins with http"),
        ("data:text/html,x", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("ftp://a/b", "begins with http"),
        ("//example.com/a", "begins with http"),
        ("example.com", "begins with http"),
        ("https://", "names no website"),
        ("https:///a", "names no website"),
        ("https://user:secret@example.com/", "no user name or password"),
        ("https://example.com@evil.com/", "no user name or password"),
        ("https://@example.com/", "no user name or password"),
        ("https://a b", "no blanks"),
        ("java\nscript:alert(1)", "no blanks"),
        ("https://a\\b", "no blanks"),
        ('https://a/"onclick="x', "no blanks"),
        ("https://a/<script>", "no blanks"),
        ("https://a/\u202eb", "no blanks"),
        ("https://a:99999/", "this is no link"),
        ("https://[::1/", "this is no link"),
        ("https://a/" + "b" * 2000, "more than 2000 characters"),
    ],
)
def test_a_link_that_hides_something_is_refused(link: str, why: str) -> None:
    with pytest.raises(LinkRefused, match=why):
        check_link(link)


def test_a_link_is_shown_as_its_website_and_path() -> None:
    assert name_link("https://example.gov.cn:8443/公告/1?a=b") == "example.gov.cn/公告/1"


def test_what_no_standing_evidence_proves_is_missing_in_the_rubrics_order() -> None:
    asked = {"2.3": ("名册", "照片"), "1.1": ("方案",), "4": ()}
    uploaded = [make_evidence("2.3", 1), make_evidence("4", None)]
    assert find_missing(asked, uploaded) == [("2.3", 0), ("1.1", 0)]


def test_evidence_of_the_indicator_as_a_whole_proves_no_single_requirement() -> None:
    assert find_missing({"2.3": ("名册",)}, [make_evidence("2.3", None)]) == [("2.3", 0)]


def test_withdrawn_and_superseded_evidence_proves_nothing() -> None:
    gone = replace(make_evidence("2.3", 0), withdrawn_at=NOW, withdrawn_by=1)
    old = replace(make_evidence("2.3", 0), superseded_by=2)
    assert find_missing({"2.3": ("名册",)}, [gone, old]) == [("2.3", 0)]
    assert find_missing({"2.3": ("名册",)}, [gone, old, make_evidence("2.3", 0)]) == []


def test_an_upload_may_unpack_to_so_much_over_all_archives_in_it() -> None:
    file, budget = io.BytesIO(make_zip({"a.pdf": PDF})), Budget(2 * len(PDF))
    member = list_members(file, 500)[0]
    assert [b"".join(unpack(file, member, budget)) for _ in range(2)] == [PDF, PDF]
    with pytest.raises(UploadRefused, match="unpacks to more than 500 MB"):
        list(unpack(file, member, budget))
