"""A file is put where its receiver takes files: under an agreement, resumed, never onto another."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Forbidden, Rejected, Retriable
from exchange.sealed_file import CHUNK
from tests.zhida.large_office import Office
from zhida import file_intake, file_permit, file_push

DATA = random.Random(5).randbytes(3 * CHUNK + 777)


@pytest.fixture
def office(tmp_path: Path) -> Any:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


@pytest.fixture
def known(office: Office) -> Any:
    found = office.claim("a1/结构 01.DWG", DATA)
    file_intake.take_in(office.hub, found)
    return found


def push(office: Office, known: Any, progress: Any = lambda *_: None) -> str:
    return file_push.push(office.hub, known, office.hub.site.system("inbox"), progress)


def test_it_is_put_once_under_a_name_that_says_nothing(office: Office, known: Any) -> None:
    assert push(office, known) == "put"
    (found,) = office.inbox.iterdir()
    assert found.name == f"{known.claim.id}.dwg"
    assert found.read_bytes() == DATA
    assert push(office, known) == "same"
    told = [(e["system"], e["unit"], e["agreement"]) for e in office.endpoint.entries("file-put")]
    assert told == [("inbox", "portal-office", "portal")]
    assert len(office.endpoint.entries("file-sent")) == 1


@pytest.mark.parametrize(
    ("left", "start"),
    [
        (2 * CHUNK, 2 * CHUNK),
        (2 * CHUNK + 5, 2 * CHUNK),
        (CHUNK - 1, 0),
        (len(DATA), 3 * CHUNK),
        (0, 0),
    ],
)
def test_it_goes_on_after_the_last_whole_chunk(
    office: Office, known: Any, left: int, start: int
) -> None:
    (office.inbox / f"{known.claim.id}.dwg.part").write_bytes(DATA[:left])
    seen: list[int] = []
    assert push(office, known, lambda here, of: seen.append(here)) == "put"
    assert seen[0] == min(start + CHUNK, len(DATA))
    assert (office.inbox / f"{known.claim.id}.dwg").read_bytes() == DATA
    (sent,) = office.endpoint.entries("file-sent")
    assert (sent["from"], sent["bytes"]) == (start, len(DATA) - start)


def test_what_lies_there_and_is_not_ours_is_begun_anew(office: Office, known: Any) -> None:
    part = office.inbox / f"{known.claim.id}.dwg.part"
    part.write_bytes(b"x" * (2 * CHUNK))
    assert push(office, known) == "put"
    assert (office.inbox / f"{known.claim.id}.dwg").read_bytes() == DATA
    assert not part.exists()


def test_another_file_of_that_name_is_never_overwritten(office: Office, known: Any) -> None:
    (office.inbox / f"{known.claim.id}.dwg").write_bytes(b"theirs")
    with pytest.raises(Rejected, match=r"file\.other-there"):
        push(office, known)
    (office.inbox / f"{known.claim.id}.dwg").unlink()

    def appear(here: int, of: int) -> None:
        (office.inbox / f"{known.claim.id}.dwg").write_bytes(b"theirs")

    with pytest.raises(Rejected, match=r"file\.other-there"):
        push(office, known, appear)
    assert (office.inbox / f"{known.claim.id}.dwg").read_bytes() == b"theirs"


def test_what_another_program_cuts_is_not_shown(office: Office, known: Any) -> None:
    part = office.inbox / f"{known.claim.id}.dwg.part"

    def cut(here: int, of: int) -> None:
        if here == of:
            os.truncate(part, 5)

    with pytest.raises(Retriable, match=r"file\.not-whole-there"):
        push(office, known, cut)
    assert [path.name for path in office.inbox.iterdir()] == [part.name]
    assert push(office, known) == "put"


@pytest.mark.guarantee("G8")
def test_without_an_agreement_nothing_is_written(office: Office, known: Any) -> None:
    (office.endpoint.site / "agreements/portal.yaml").unlink()
    office.hub.site = office.hub.site.__class__(
        **{
            name: () if name == "agreements" else getattr(office.hub.site, name)
            for name in office.hub.site.__slots__
        }
    )
    with pytest.raises(Forbidden, match=r"agreement\.none"):
        push(office, known)
    assert list(office.inbox.iterdir()) == []
    assert office.endpoint.entries("file-sent") == []


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize("how", ["withdrawn", "ended", "corrected"])
def test_an_agreement_that_is_gone_in_the_middle_stops_it(
    office: Office, known: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_permit, "BYTES", 2 * CHUNK)

    def gone(here: int, of: int) -> None:
        if here != CHUNK:
            return
        if how == "withdrawn":
            office.hub.site = replace(office.hub.site, agreements=())
        elif how == "ended":
            office.endpoint.clock.skip(days=201)
        else:
            office.claim("b.dwg", DATA[:9], supersedes=known.claim.id)

    with pytest.raises(Forbidden, match=r"agreement\.(none|expired)|file\.corrected"):
        push(office, known, gone)
    (part,) = office.inbox.iterdir()
    there = CHUNK if how == "ended" else 2 * CHUNK  # the time is over, or the bytes
    assert (part.suffix, part.stat().st_size) == (".part", there)
    assert office.endpoint.entries("file-put") == []


def test_what_leaves_under_another_agreement_is_noted_with_it(office: Office, known: Any) -> None:
    (mine,) = (each for each in office.hub.site.agreements if each.id == "portal")

    def change(here: int, of: int) -> None:
        if here == CHUNK:
            new = (replace(mine, id="portal-2"),)
            office.hub.site = replace(office.hub.site, agreements=new)
            office.endpoint.clock.skip(minutes=1)

    assert push(office, known, change) == "put"
    told = [(e["agreement"], e["from"], e["bytes"]) for e in office.endpoint.entries("file-sent")]
    assert told == [("portal", 0, len(DATA)), ("portal-2", CHUNK, len(DATA) - CHUNK)]


def test_only_one_at_a_time_and_only_what_is_here(office: Office, known: Any) -> None:
    held = office.hub.locks.hold(f"file/{known.tag}/inbox")
    with held, pytest.raises(Retriable, match=r"file\.busy"):
        push(office, known)
    other = office.claim("b.dwg", DATA[:9])
    with pytest.raises(Retriable, match=r"file\.not-here"):
        push(office, other)


def test_a_receiver_whose_folder_is_gone_is_told(office: Office, known: Any) -> None:
    office.inbox.rmdir()
    with pytest.raises(Fatal, match=r"files\.no-folder"):
        push(office, known)


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.dwg", ".dwg"), ("a.b.IFC", ".ifc"), ("a", ""), ("a.张", ""), ("a.verylongending", ""), ("x/y.7z", ".7z")],
)  # fmt: skip
def test_the_ending_is_kept_if_it_is_one(office: Office, name: str, ending: str) -> None:
    known = office.claim(name, b"1")
    assert file_push.target(known.claim) == known.claim.id + ending
