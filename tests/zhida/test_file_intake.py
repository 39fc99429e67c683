"""A claimed file comes in: in pieces, resumed, compared, kept once; what is wrong is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid, NotYet, Rejected, Retriable
from exchange.sealed_file import CHUNK
from tests.zhida.large_office import Office, sm3
from zhida import file_intake

DATA = os.urandom(2 * CHUNK + 12_345)


@pytest.fixture
def office(tmp_path: Path) -> Any:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


def whole(office: Office, known: Any) -> bytes:
    with office.hub.files.reading(known.tag, known.claim.bytes) as reader:
        chunks = range(-(-known.claim.bytes // CHUNK))
        return b"".join(reader.chunk(number) for number in chunks)


class Killed(Exception):
    """Stands for a kill: nothing after it is done."""


def until(chunks: int) -> Any:
    """A progress that ends it all after so many chunks."""
    left = [chunks]

    def progress(here: int, of: int) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    return progress


def test_it_comes_in_whole_and_once(office: Office) -> None:
    known = office.claim("a1/结构 01.dwg", DATA, sm3=sm3(DATA))
    seen: list[int] = []
    told = file_intake.take_in(office.hub, known, lambda here, of: seen.append(here))
    assert told == "taken"
    assert seen == [0, CHUNK, 2 * CHUNK, len(DATA)]
    assert whole(office, known) == DATA
    assert file_intake.take_in(office.hub, known) == "here"
    kept = office.endpoint.entries("file-kept")
    assert [(each["ref"], each["bytes"]) for each in kept] == [(known.claim.id, len(DATA))]


def test_the_same_content_is_kept_once_in_a_bucket_and_apart_in_another(office: Office) -> None:
    """In another bucket it has another key: destroying the one must not erase the other."""
    first, second = office.claim("a.dwg", DATA), office.claim("b.dwg", DATA)
    third = office.claim("a.dwg", DATA, bucket="drawings-2050-01")
    assert file_intake.take_in(office.hub, first) == "taken"
    (office.out / "b.dwg").unlink()
    assert file_intake.take_in(office.hub, second) == "here"
    assert file_intake.take_in(office.hub, third) == "taken"
    assert len(list(office.area.iterdir())) == 2
    office.hub.vault.destroy(first.bucket)
    assert whole(office, third) == DATA


def test_it_goes_on_at_the_last_whole_chunk(office: Office) -> None:
    known = office.claim("a.dwg", DATA)
    with pytest.raises(Killed):
        file_intake.take_in(office.hub, known, until(2))
    with next(office.area.glob("*.part")).open("ab") as part:
        part.write(b"the chunk under way")
    seen: list[int] = []
    file_intake.take_in(office.hub, known, lambda here, of: seen.append(here))
    assert seen[0] in (CHUNK, 2 * CHUNK)
    assert whole(office, known) == DATA


def test_another_digest_is_refused_and_both_are_told(office: Office) -> None:
    known = office.claim("a.dwg", DATA, sm3="0" * 64)
    with pytest.raises(Rejected, match=r"file\.digest") as raised:
        file_intake.take_in(office.hub, known)
    assert raised.value.facts["told"] == "0" * 64
    assert raised.value.facts["found"] == sm3(DATA)
    assert list(office.area.iterdir()) == []
    assert [each["code"] for each in office.endpoint.entries("file-refused")] == ["file.digest"]


def test_another_size_is_refused_before_anything_is_read(office: Office) -> None:
    known = office.claim("a.dwg", DATA, bytes=len(DATA) + 1)
    with pytest.raises(Rejected, match=r"file\.size"):
        file_intake.take_in(office.hub, known)
    assert not office.area.exists()


def test_a_source_that_changed_between_two_tries_is_begun_anew(office: Office) -> None:
    known = office.claim("a.dwg", DATA)
    (office.out / "a.dwg").write_bytes(b"x" * len(DATA))
    with pytest.raises(Killed):
        file_intake.take_in(office.hub, known, until(2))
    os.utime(office.out / "a.dwg", ns=(1, 1))
    (office.out / "a.dwg").write_bytes(DATA)
    seen: list[int] = []
    file_intake.take_in(office.hub, known, lambda here, of: seen.append(here))
    assert seen[0] == 0
    assert whole(office, known) == DATA


def test_a_source_that_changes_while_it_is_read_is_noticed(office: Office) -> None:
    known = office.claim("a.dwg", DATA)

    def change(here: int, of: int) -> None:
        if here == CHUNK:
            with (office.out / "a.dwg").open("r+b") as file:
                file.seek(2 * CHUNK)
                file.write(b"another content")
            os.utime(office.out / "a.dwg", ns=(1, 1))

    with pytest.raises(Retriable, match=r"file\.source-changed"):
        file_intake.take_in(office.hub, known, change)
    assert list(office.area.iterdir()) == []


def test_a_source_that_is_cut_while_it_is_read_is_noticed(office: Office) -> None:
    known = office.claim("a.dwg", DATA)

    def cut(here: int, of: int) -> None:
        if here == CHUNK:
            os.truncate(office.out / "a.dwg", CHUNK + 5)

    with pytest.raises(Retriable, match=r"file\.source-changed"):
        file_intake.take_in(office.hub, known, cut)


def test_who_claims_a_file_of_another_unit_s_system_gets_nothing(office: Office) -> None:
    known = office.claim("a.dwg", DATA, provider="tax")
    with pytest.raises(Forbidden, match=r"file\.not-theirs"):
        file_intake.take_in(office.hub, known)


@pytest.mark.guarantee("G8")
def test_to_know_digest_and_size_of_a_file_that_is_here_is_not_to_have_it(office: Office) -> None:
    """Another unit's claim of the same content stands for its own file, never for what lies here."""
    theirs = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, theirs)
    known = office.claim("a.dwg", provider="tax", bytes=len(DATA), **theirs.claim.digests)
    assert (known.bucket, known.claim.digests) == (theirs.bucket, theirs.claim.digests)
    assert file_intake.waiting(office.hub, [known]) == [known]
    with pytest.raises(Forbidden, match=r"file\.not-theirs"):
        file_intake.take_in(office.hub, known)


@pytest.mark.guarantee("G10")
@pytest.mark.parametrize(
    "name", ["../a.dwg", "/etc/hostname", "x/../../a.dwg", ".ssh/id", "link/a"]
)
def test_a_name_that_leads_elsewhere_is_refused(office: Office, name: str, tmp_path: Path) -> None:
    (tmp_path / "town/holder/a.dwg").write_bytes(DATA)
    (office.out / "link").symlink_to(tmp_path / "town/holder")
    (tmp_path / "town/holder/a").write_bytes(DATA)
    known = office.claim(name, bytes=len(DATA), sha256="0" * 64)
    with pytest.raises((Invalid, Exception), match=r"files\.(name|no-right)"):
        file_intake.take_in(office.hub, known)


def test_a_file_that_is_not_there_yet_is_waited_for(office: Office) -> None:
    known = office.claim("a.dwg", bytes=5, sha256="0" * 64)
    with pytest.raises(NotYet, match=r"file\.not-there"):
        file_intake.take_in(office.hub, known)
    assert file_intake.take_all(office.hub, [known]) == {known.claim.id: "file.not-there"}


def test_one_worker_does_it(office: Office) -> None:
    known = office.claim("a.dwg", DATA)
    with office.hub.locks.hold(f"file/{known.tag}") as mine:
        assert mine
        with pytest.raises(Retriable, match=r"file\.busy"):
            file_intake.take_in(office.hub, known)
    assert file_intake.take_in(office.hub, known) == "taken"


def test_a_claim_of_a_system_without_large_files_says_so(office: Office) -> None:
    known = office.claim("a.dwg", DATA, system="inbox", provider="portal-office")
    with pytest.raises(Invalid, match=r"large\.place"):
        file_intake.take_in(office.hub, known)


@pytest.mark.guarantee("G8")
def test_a_disk_that_has_no_room_is_told_before_anything_is_read(office: Office) -> None:
    huge = 1 << 43
    (office.out / "huge.ifc").touch()
    os.truncate(office.out / "huge.ifc", huge)
    known = office.claim("huge.ifc", bytes=huge, sha256="0" * 64)
    with pytest.raises(Retriable, match=r"file\.no-room"):
        file_intake.take_in(office.hub, known)


def test_what_waits_is_what_is_not_here_and_not_corrected(office: Office) -> None:
    old = office.claim("a.dwg", DATA)
    new = office.claim("b.dwg", DATA[:99], supersedes=old.claim.id)
    from zhida import file_claims

    every = file_claims.every(office.hub)
    assert [each.claim.id for each in file_intake.waiting(office.hub, every)] == [new.claim.id]
    file_intake.take_in(office.hub, new)
    assert file_intake.waiting(office.hub, every) == []
