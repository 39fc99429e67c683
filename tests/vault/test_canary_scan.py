"""The search finds what is there, however it was wrapped; another implementation agrees."""

from __future__ import annotations

import base64
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhida.canary_scan import Canaries, Place

TEXT = "溧水区麤犇巷"


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_every_wrapping_is_found(before: int, after: int, encoding: str) -> None:
    known = Canaries([TEXT])
    plain = b"\xf9" * before + TEXT.encode(encoding) + b"\xfa" * after
    for data in (plain, plain.hex().encode(), plain.hex().upper().encode()):
        assert known.are_in(data)
    assert known.are_in(base64.b64encode(plain))
    assert known.are_in(base64.urlsafe_b64encode(plain).rstrip(b"="))


def test_an_escaped_text_is_found() -> None:
    assert Canaries([TEXT]).are_in(json.dumps({"a": TEXT}).encode())


@given(st.binary(max_size=400))
def test_nothing_is_found_where_nothing_is(data: bytes) -> None:
    assert not Canaries(["320117199107130864"]).are_in(data)


def test_pieces_overlap_and_archives_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhida.canary_scan._PIECE", 64)
    (tmp_path / "a").mkdir()
    for shift in range(60, 68):
        (tmp_path / "a" / f"{shift}").write_bytes(b"-" * shift + TEXT.encode() + b"-" * 100)
    (tmp_path / "packed.log.gz").write_bytes(gzip.compress(TEXT.encode("gb18030") * 3))
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b\x08" + b"x" * 40)
    (tmp_path / "clean").write_bytes(b"-" * 1000)
    (tmp_path / f"{TEXT}.txt").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "clean")
    found = Canaries([TEXT]).look_in(Place("x"), tmp_path)
    assert len(found.hits) == 8 + 1 + 1
    assert TEXT not in str(found.told())
    assert [Path(each).name for each in found.unread] == ["broken.gz"]
    assert found.files == 11


def test_what_nobody_looks_behind_is_told(tmp_path: Path) -> None:
    folder, away = tmp_path / "in", tmp_path / "out"
    (folder / "shut").mkdir(parents=True)
    away.mkdir()
    (folder / "day").symlink_to(away)
    (folder / "inner").symlink_to(folder / "shut")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "nowhere").symlink_to(tmp_path / "unmounted")
    (folder / TEXT).symlink_to(away)
    os.mkfifo(folder / "pipe")
    found = Canaries([TEXT]).look_in(Place("x"), folder)
    assert [Path(each).name for each in found.unread] == ["day", "nowhere", found.hits[0]]
    assert TEXT not in str(found.told())
    assert found.files == 0


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may list every folder: so the system refuses this one to all."""
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "in").write_text(TEXT, "utf-8")
    listed = os.scandir

    def refused(path: str) -> Any:
        if os.fspath(path) == str(tmp_path / "shut"):
            raise PermissionError(13, "no", os.fspath(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    found = Canaries([TEXT]).look_in(Place("x"), tmp_path)
    assert found.unread == [str(tmp_path / "shut")]


def test_bytes_are_looked_for_too(tmp_path: Path) -> None:
    known = Canaries((), [bytes(range(200, 240))])
    assert known.are_in(b"x" + bytes(range(200, 240)))
    assert known.are_in(base64.b64encode(b"k" + bytes(range(200, 240)) + b"end"))
    assert not known.are_in(bytes(range(200, 239)))
