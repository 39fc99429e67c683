"""The later version is the one that its source says is later, whenever it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exchange import versions
from exchange.document import Document, Origin

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def version(identifier: str, minute: int, **fields: str) -> Document:
    as_of = NOON + timedelta(minutes=minute)
    origin = Origin("birth-record", "hospital", "hospital", "unit", "his", as_of)
    return Document(identifier, origin, {f"/{name}": text for name, text in fields.items()}, 0, "")


def test_the_source_s_time_decides() -> None:
    assert versions.is_newer(version("a", 2), version("b", 1))
    assert not versions.is_newer(version("b", 1), version("a", 2))


def test_of_two_of_one_instant_the_id_decides_the_same_way_for_everybody() -> None:
    one, other = version("a", 1), version("b", 1)
    assert versions.is_newer(other, one)
    assert not versions.is_newer(one, other)


def test_a_version_is_not_newer_than_itself() -> None:
    assert not versions.is_newer(version("a", 1), version("a", 1))


def test_versions_that_say_the_same_are_told_by_their_fields() -> None:
    assert versions.says_the_same(version("a", 1, name="张"), version("b", 2, name="张"))
    assert not versions.says_the_same(version("a", 1, name="张"), version("b", 2, name="章"))


def test_when_one_of_several_documents_moves_forward_what_they_say_sorts_later() -> None:
    before = versions.of_inputs({"birth": version("a", 1), "declaration": version("d", 9)})
    after = versions.of_inputs({"declaration": version("d", 9), "birth": version("b", 2)})
    assert before < after < versions.LAST
