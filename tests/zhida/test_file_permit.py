"""Whoever may have a file is asked for again while it goes out: by bytes, by time, and not for each chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Forbidden
from exchange.sealed_file import CHUNK
from tests.zhida.large_office import Office
from zhida.file_claims import Known
from zhida.file_permit import BYTES, TIME, Permit

UNIT = "portal-office"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Known]]:
    office = Office(tmp_path_factory.mktemp("permit") / "town")
    yield office, office.claim("a.dwg", b"1")
    office.hub.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


def withdraw(office: Office) -> None:
    office.hub.site = replace(office.hub.site, agreements=())


def test_what_is_withdrawn_is_noticed_after_so_many_bytes(office: Office) -> None:
    permit = Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)
    assert permit.agreement.id == "portal"
    withdraw(office)
    for _ in range(BYTES // CHUNK):
        assert not permit.renewed(CHUNK)
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"agreement\.none"):
            permit.renewed(1)


@pytest.mark.parametrize("jump", [TIME, -timedelta(hours=1)])
def test_and_after_so_long_also_by_a_clock_that_was_put_back(
    office: Office, jump: timedelta
) -> None:
    permit = Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)
    withdraw(office)
    office.endpoint.clock.now += TIME - timedelta(microseconds=1)
    assert not permit.renewed(1)
    office.endpoint.clock.now += jump
    with pytest.raises(Forbidden, match=r"agreement\.none"):
        permit.renewed(1)


def test_its_last_day_ends_it(office: Office) -> None:
    permit = Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)
    office.endpoint.clock.skip(days=201)
    with pytest.raises(Forbidden, match=r"agreement\.expired"):
        permit.renewed(1)


def test_a_correction_ends_it(office: Office) -> None:
    known = office.claim("a.dwg", b"1")
    permit = Permit(office.hub, known, UNIT)
    office.claim("b.dwg", b"2", supersedes=known.claim.id)
    office.endpoint.clock.now += TIME
    with pytest.raises(Forbidden, match=r"file\.corrected"):
        permit.renewed(1)
    (told,) = office.endpoint.entries("file-withheld")
    assert (told["ref"], told["code"]) == (known.claim.id, "file.corrected")


def requiring(office: Office, path: str) -> None:
    mine = [replace(each, requires=path) for each in office.hub.site.agreements]
    office.hub.site = replace(office.hub.site, agreements=tuple(mine))


def test_a_file_that_names_its_readers_is_for_them_alone_and_a_refusal_is_recorded(
    office: Office,
) -> None:
    requiring(office, "/readers/fire")
    theirs = office.claim("a.dwg", b"1", readers={"fire": True, "station": True})
    assert Permit(office.hub, theirs, UNIT).agreement.id == "portal"
    assert office.endpoint.entries("file-withheld") == []
    for readers in ({"station": True}, {"fire": False}):
        known = office.claim("b.dwg", b"2", readers=readers)
        with pytest.raises(Forbidden, match=r"file\.no-use") as caught:
            Permit(office.hub, known, UNIT)
        assert (caught.value.facts["material"], caught.value.facts["path"]) == (
            "M-001",
            "/readers/fire",
        )
        told = office.endpoint.entries("file-withheld")[-1]
        assert (told["ref"], told["unit"], told["code"]) == (known.claim.id, UNIT, "file.no-use")


def test_a_claim_without_readers_is_no_reader_s(office: Office) -> None:
    requiring(office, "/readers/fire")
    with pytest.raises(Forbidden, match=r"file\.no-use"):
        Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)


def test_another_thing_that_is_required_is_a_consent(office: Office) -> None:
    requiring(office, "/consent/share")
    with pytest.raises(Forbidden, match=r"agreement\.no-consent"):
        Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)


def test_another_agreement_that_allows_it_now_is_told_once(office: Office) -> None:
    permit = Permit(office.hub, office.claim("a.dwg", b"1"), UNIT)
    (mine,) = (each for each in office.hub.site.agreements if each.id == "portal")
    office.hub.site = replace(office.hub.site, agreements=(replace(mine, id="portal-2"),))
    assert not permit.renewed(1)
    office.endpoint.clock.now += TIME
    assert permit.renewed(1)
    assert permit.agreement.id == "portal-2"
    office.endpoint.clock.now += TIME
    assert not permit.renewed(1)


@given(st.lists(st.tuples(st.integers(1, CHUNK), st.integers(0, 90)), max_size=200))
@settings(max_examples=60, deadline=None)
def test_never_more_bytes_nor_longer_without_being_asked(
    shared: tuple[Office, Known], steps: list[tuple[int, int]]
) -> None:
    office, known = shared
    asked: list[int] = []

    class Counted(Permit):
        def _asked(self, known: Known):  # type: ignore[no-untyped-def]
            asked.append(1)
            return super()._asked(known)

    permit, left, since = Counted(office.hub, known, UNIT), 0, office.hub.clock()
    for size, seconds in steps:
        before = len(asked)
        office.endpoint.clock.skip(seconds=seconds)
        permit.renewed(size)
        if len(asked) > before:
            left, since = 0, office.hub.clock()
        left += size
        assert left <= BYTES
        assert office.hub.clock() - since < TIME
