"""Chains, seals and what verification finds: on rows in memory, without a database."""

from __future__ import annotations

import datetime as dt
import json
import random
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from app.audit.guards import make_append_only_guards
from app.audit.models import AuditEntry, Finding, Seal
from app.audit.rules import EMPTY, Head, chain_entry, hash_entry, hash_seal, write_details
from app.audit.values import Actor
from app.audit.verification import check_entries, check_seals, make_anchor, read_anchor
from app.errors import KaoheError

START = dt.datetime(2025, 3, 1, 8, 30, tzinfo=dt.UTC)
WANG = Actor(7, "王芳")


@dataclass(frozen=True)
class Corpus:
    """Entries by chain and place, the seals over them, and the heads that cases keep on their own rows."""

    entries: list[AuditEntry]
    seals: list[Seal]
    heads: dict[str, Head]

    def verify(self, entries: Iterable[AuditEntry] | None = None, seals: list[Seal] | None = None) -> list[Finding]:
        anchors = [read_anchor(make_anchor(self.seals[-1]))]
        findings, sealed = check_seals(self.seals if seals is None else seals, anchors)
        ordered = self.entries if entries is None else entries
        return [*findings, *check_entries(ordered, sealed, self.heads)]


def make_entries(chain: str, count: int) -> Iterator[AuditEntry]:
    head = EMPTY
    for number in range(count):
        at = START + dt.timedelta(minutes=number)
        row, head = chain_entry(head, chain, at, WANG, "step_completed", {"step": "review", "number": number})
        yield AuditEntry(number + 1, **row)  # type: ignore[arg-type]  # the row's columns are the fields


def make_seal(number: int, heads: dict[str, Head], previous_hash: str) -> Seal:
    text, at = write_details(heads), START + dt.timedelta(hours=number)
    return Seal(number, 3, at, text, previous_hash, hash_seal(3, at, text, previous_hash))


def make_corpus() -> Corpus:
    """Chains of cases and people with 2 to 12 entries; all are sealed half-way and at the end."""
    chains = {name: list(make_entries(name, 2 + place % 11)) for place, name in enumerate(sorted(list_names()))}
    half = {name: entries[len(entries) // 2 - 1].head for name, entries in chains.items()}
    ends = {name: entries[-1].head for name, entries in chains.items()}
    first = make_seal(1, half, EMPTY.hash)
    kept = {name: head for name, head in ends.items() if name.startswith("case:")}
    everything = [entry for entries in chains.values() for entry in entries]
    return Corpus(everything, [first, make_seal(2, ends, first.hash)], kept)


def list_names() -> Iterator[str]:
    yield from (f"case:{number}" for number in range(1, 13))
    yield from (f"person:{number}" for number in range(1, 13))


def rehash(entry: AuditEntry) -> AuditEntry:
    fields = (entry.chain, entry.place, entry.at, entry.actor_id, entry.actor_name, entry.action, entry.details)
    return replace(entry, hash=hash_entry(*fields, entry.previous_hash))


EDITS: dict[str, Callable[[AuditEntry], object]] = {
    "at": lambda entry: entry.at + dt.timedelta(microseconds=1),
    "actor_id": lambda entry: None,
    "actor_name": lambda entry: entry.actor_name + " ",
    "action": lambda entry: "step_lapsed",
    "details": lambda entry: entry.details.replace("review", "score"),
    "previous_hash": lambda entry: "f" * 64,
    "hash": lambda entry: "e" * 64,
    "chain": lambda entry: entry.chain + "0",
}


def edit(entries: list[AuditEntry], chance: random.Random) -> list[AuditEntry]:
    place, field = chance.randrange(len(entries)), chance.choice(sorted(EDITS))
    changed = replace(entries[place], **{field: EDITS[field](entries[place])})  # type: ignore[arg-type]  # by field
    entries[place] = chance.choice([changed, rehash(changed)]) if field != "hash" else changed
    return entries


def edit_and_mend(entries: list[AuditEntry], chance: random.Random) -> list[AuditEntry]:
    """Edit an entry and compute the rest of its chain anew: only seals and kept heads tell."""
    place = chance.randrange(len(entries))
    chain, previous_hash = entries[place].chain, entries[place].previous_hash
    entries[place] = replace(entries[place], action="forged")
    while place < len(entries) and entries[place].chain == chain:
        entries[place] = rehash(replace(entries[place], previous_hash=previous_hash))
        previous_hash = entries[place].hash
        place += 1
    return entries


def delete(entries: list[AuditEntry], chance: random.Random) -> list[AuditEntry]:
    del entries[chance.randrange(len(entries))]
    return entries


def reorder(entries: list[AuditEntry], chance: random.Random) -> list[AuditEntry]:
    """Swap two entries of one chain, with or without their hashes computed anew."""
    first = chance.choice([place for place, entry in enumerate(entries[1:]) if entry.place > 1])
    one, other = entries[first], entries[first + 1]
    swapped = replace(other, place=one.place), replace(one, place=other.place)
    if chance.random() < 0.5:
        swapped = rehash(swapped[0]), rehash(swapped[1])
    entries[first], entries[first + 1] = swapped
    return entries


def cut_tail(entries: list[AuditEntry], chance: random.Random) -> list[AuditEntry]:
    """Cut a chain's last entries, perhaps all of them."""
    name = chance.choice(entries).chain
    length = sum(entry.chain == name for entry in entries)
    left = chance.randrange(length)
    return [entry for entry in entries if entry.chain != name or entry.place <= left]


TAMPERINGS = (edit, edit_and_mend, delete, reorder, cut_tail)


def test_a_whole_trail_has_no_findings() -> None:
    assert make_corpus().verify() == []


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda one: one.__name__)
def test_every_one_of_a_thousand_random_tamperings_is_found(
    tamper: Callable[[list[AuditEntry], random.Random], list[AuditEntry]],
) -> None:
    corpus, chance = make_corpus(), random.Random(20250301)  # noqa: S311  # a fixed seed, nothing secret
    missed = []
    for number in range(1000 // len(TAMPERINGS)):
        tampered = tamper(list(corpus.entries), chance)
        assert tampered != corpus.entries
        if not corpus.verify(tampered):
            missed.append(number)
    assert missed == []


def test_a_finding_names_the_chain_and_the_place() -> None:
    corpus = make_corpus()
    place = next(place for place, entry in enumerate(corpus.entries) if (entry.chain, entry.place) == ("case:5", 2))
    tampered = [*corpus.entries]
    tampered[place] = replace(tampered[place], actor_name="李强")
    assert [(one.chain, one.place, str(one.message)) for one in corpus.verify(tampered)] == [
        ("case:5", 2, "the entry was changed")
    ]


def test_a_chain_that_grew_after_its_last_seal_is_whole() -> None:
    entries = list(make_entries("person:1", 5))
    sealed = {"person:1": {3: entries[2].hash}}
    assert list(check_entries(entries, sealed, {})) == []
    assert list(check_entries(entries[:2], sealed, {})) != []


def test_a_chain_cut_and_sealed_again_is_found_by_the_older_seal() -> None:
    corpus = make_corpus()
    kept = [entry for entry in corpus.entries if entry.chain != "person:11" or entry.place <= 1]
    forged = make_seal(3, {"person:11": Head(1, kept[-1].hash)}, corpus.seals[-1].hash)
    assert corpus.verify(kept, [*corpus.seals, forged]) != []


def test_two_seals_that_disagree_about_an_entry_are_found() -> None:
    corpus = make_corpus()
    forged = make_seal(3, {"person:1": Head(1, "a" * 64), "person:2": Head(1, "b" * 64)}, corpus.seals[-1].hash)
    again = make_seal(4, {"person:1": Head(1, "c" * 64)}, forged.hash)
    assert "seal:3" in {one.chain for one in corpus.verify(seals=[*corpus.seals, forged, again])}


@pytest.mark.parametrize(
    "tamper",
    [
        lambda seals: seals[:1],
        lambda seals: seals[1:],
        lambda seals: [],
        lambda seals: [replace(seals[0], heads=seals[0].heads.replace('"case:1"', '"case:0"')), seals[1]],
        lambda seals: [seals[0], replace(seals[1], at=seals[1].at + dt.timedelta(seconds=1))],
        lambda seals: [seals[0], replace(seals[1], heads="not JSON")],
        lambda seals: [seals[1], seals[0]],
    ],
)
def test_tampering_with_seals_is_found_by_the_anchor_or_their_own_chain(
    tamper: Callable[[list[Seal]], list[Seal]],
) -> None:
    corpus = make_corpus()
    seals = tamper(corpus.seals)
    assert "seal:3" in {one.chain for one in corpus.verify(seals=seals)}


def test_a_cut_tail_and_cut_seals_are_found_by_the_anchor_alone() -> None:
    corpus = make_corpus()
    unsealed = Corpus(corpus.entries, corpus.seals, {})
    cut = [entry for entry in corpus.entries if entry.chain != "person:11"]
    assert [str(one.message)[:19] for one in unsealed.verify(cut, seals=[])] == [
        "the anchored seal " + corpus.seals[1].hash[0]
    ]


def test_an_anchor_survives_being_written_down() -> None:
    seal = make_corpus().seals[0]
    anchor = read_anchor(make_anchor(seal) + "\n")
    assert (anchor.organisation_id, anchor.at, anchor.hash) == (3, seal.at, seal.hash)


@pytest.mark.parametrize("line", ["", "3 yesterday abc", "x 2025-03-01T00:00:00+00:00 abc", "3 2025-03-01"])
def test_a_line_that_is_no_anchor_is_refused(line: str) -> None:
    with pytest.raises(KaoheError):
        read_anchor(line)


def test_the_hash_covers_every_field_and_keeps_them_apart() -> None:
    fields = ("case:1", 1, START, 7, "王芳", "filed", "{}", EMPTY.hash)
    changes = [("case:2", 0), (2, 1), (START + dt.timedelta(microseconds=1), 2), (8, 3), ("王", 4), ("芳filed", 5)]
    changes += [('{"a":1}', 6), ("1" * 64, 7)]
    hashes = {hash_entry(*fields)}
    for value, place in changes:
        hashes.add(hash_entry(*(value if at == place else field for at, field in enumerate(fields))))  # type: ignore[arg-type]  # the place decides the type
    assert len(hashes) == 9


def test_a_moment_hashes_alike_in_every_zone() -> None:
    elsewhere = START.astimezone(dt.timezone(dt.timedelta(hours=8)))
    one, other = (chain_entry(EMPTY, "case:1", at, WANG, "filed", {})[1] for at in (START, elsewhere))
    assert one == other


def test_details_are_written_one_way() -> None:
    details = {"b": Decimal("1.50"), "a": [dt.date(2025, 3, 1), START], "c": {"d": None}}
    assert write_details(details) == (
        '{"a":["2025-03-01","2025-03-01T08:30:00.000000+00:00"],"b":"1.50","c":{"d":null}}'
    )
    assert write_details(dict(reversed(details.items()))) == write_details(details)


def test_details_hold_nothing_that_a_database_refuses() -> None:
    text = write_details({"reason": "a\x00b\ud800"})
    assert "\x00" not in text
    assert text.encode("utf-8")
    assert json.loads(text) == {"reason": "a\x00b\ud800"}


def test_details_hold_only_values() -> None:
    with pytest.raises(TypeError):
        write_details({"what": object()})


def test_what_nobody_did_is_the_systems() -> None:
    row, _head = chain_entry(EMPTY, "case:1", START, None, "step_lapsed", {})
    assert (row["actor_id"], row["actor_name"], row["place"]) == (None, "系统", 1)


def test_verification_holds_no_entries_in_memory() -> None:
    def measure(count: int) -> int:
        tracemalloc.start()
        assert list(check_entries(make_entries("case:1", count), {}, {})) == []
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    measure(100)
    assert measure(10_000) < measure(500) + 50_000


def test_guards_survive_formatting_and_bind_parameters() -> None:
    for statements in make_append_only_guards("ledger_entries").values():
        for statement in statements:
            assert "%" not in statement
            assert ":" not in statement
