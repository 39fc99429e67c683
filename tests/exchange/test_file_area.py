"""The file area: chunk boundaries, what a crash leaves, what somebody changes, what is erased."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import digests
from exchange import file_area, file_chunks, sealed_file
from exchange.byte_range import Part
from exchange.errors import Fatal, Retriable
from exchange.file_area import FileArea
from exchange.vault import Vault, bucket_of

BUCKET, UNIT = "drawings-2040-01", "registry"
SMALL = 16
"""Bytes of a chunk in most of these tests."""
DATA = random.Random(3).randbytes(200)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sealed_file, file_chunks):
        monkeypatch.setattr(module, "CHUNK", SMALL)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("keys"), b"s" * 32, cipher="AES-256-GCM")


@pytest.fixture
def area(tmp_path: Path, vault: Vault) -> FileArea:
    return FileArea(tmp_path / "files", vault)


def told(data: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "sm3": digests.digest("sm3", data).hex()}


def fill(area: FileArea, data: bytes, *, chunks: int = 1 << 30, mark: str = "m") -> str:
    tag = area.tag(BUCKET, len(data), told(data), provider=UNIT)
    with area.writing(BUCKET, tag, len(data), mark=mark) as writer:
        while writer.wanted and chunks:
            writer.append(data[writer.length : writer.length + writer.wanted])
            chunks -= 1
        if not writer.wanted:
            assert writer.digests == told(data)
    return tag


def put(area: FileArea, data: bytes) -> str:
    tag = fill(area, data)
    area.finish(tag)
    return tag


def read(area: FileArea, tag: str, size: int, part: Part | None = None) -> bytes:
    with area.reading(tag, size) as reader:
        return b"".join(reader.read(part or Part(0, size)))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 5 * SMALL - 1])
def test_every_size_around_a_chunk_s(area: FileArea, size: int) -> None:
    tag = put(area, DATA[:size])
    assert read(area, tag, size) == DATA[:size]
    assert area.has(tag)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_part_after_any_crash(tmp_path_factory: Any, vault: Vault, data: st.DataObject) -> None:
    """Written in several goes, after each of which the disk holds any beginning of what was written."""
    area = FileArea(tmp_path_factory.mktemp("area"), vault)
    size = data.draw(st.integers(1, 120), "size")
    with pytest.MonkeyPatch.context() as patch:
        for module in (sealed_file, file_chunks):
            patch.setattr(module, "CHUNK", SMALL)
        content = DATA[:size]
        for _ in range(data.draw(st.integers(0, 3), "crashes")):
            tag = fill(area, content, chunks=data.draw(st.integers(0, 9), "chunks"))
            path = next(area._folder.glob("*.part"))
            os.truncate(path, data.draw(st.integers(0, path.stat().st_size), "left"))
            garbage = data.draw(st.binary(max_size=50), "garbage")
            path.write_bytes(path.read_bytes() + garbage)
        tag = put(area, content)
        start = data.draw(st.integers(0, size - 1), "start")
        stop = data.draw(st.integers(start + 1, size), "stop")
        assert read(area, tag, size, Part(start, stop)) == content[start:stop]


@pytest.mark.usefixtures("small")
def test_whole_chunks_outlive_a_crash_and_count_again(area: FileArea) -> None:
    tag = fill(area, DATA, chunks=4)
    with area.writing(BUCKET, tag, len(DATA), mark="m") as writer:
        assert (writer.length, writer.changed) == (4 * SMALL, False)
        assert writer.digests == told(DATA[: 4 * SMALL])
    with area.writing(BUCKET, tag, len(DATA), mark="another") as writer:
        assert (writer.length, writer.changed) == (0, True)


@pytest.mark.usefixtures("small")
def test_a_chunk_of_another_size_is_none(area: FileArea) -> None:
    tag = area.tag(BUCKET, len(DATA), told(DATA), provider=UNIT)
    with area.writing(BUCKET, tag, len(DATA), mark="m") as writer:
        for wrong in (b"", DATA[: SMALL - 1], DATA[: SMALL + 1]):
            with pytest.raises(Fatal, match=r"file\.broken"):
                writer.append(wrong)


@pytest.mark.guarantee("G6")
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("attack", ["flip", "swap", "repeat", "cut", "other file", "other head"])
def test_what_somebody_changes_on_the_disk_does_not_open(area: FileArea, attack: str) -> None:
    tag, other = put(area, DATA), put(area, DATA[::-1])
    path, strange = area._path(tag, "whole"), area._path(other, "whole")
    data, others = bytearray(path.read_bytes()), strange.read_bytes()
    record, base = SMALL + 30, len(data) - (13 * 30 + 200)
    first, second = slice(base, base + record), slice(base + record, base + 2 * record)
    if attack == "flip":
        data[base + 20] ^= 1
    elif attack == "swap":
        data[first], data[second] = data[second], data[first]
    elif attack == "repeat":
        data[second] = data[first]
    elif attack == "cut":
        del data[-1:]
    elif attack == "other file":
        data[first] = others[first]
    else:
        data[:base] = others[:base]
    path.write_bytes(data)
    with pytest.raises(Fatal, match=r"file\.broken|vault\.broken"):
        read(area, tag, len(DATA))


def test_nothing_of_it_stands_in_the_clear(area: FileArea) -> None:
    content = "霍靐淼的房屋".encode() * 50
    tag = put(area, content)
    found = area._path(tag, "whole").read_bytes()
    assert "霍靐淼".encode() not in found
    assert told(content)["sha256"] not in tag
    assert bucket_of(found[16:]) == BUCKET
    assert area._path(tag, "whole").stat().st_mode & 0o777 == 0o600
    assert area._folder.stat().st_mode & 0o777 == 0o700


def test_the_name_is_a_secret_of_this_hub(area: FileArea, tmp_path: Path) -> None:
    other = FileArea(tmp_path, Vault(tmp_path / "keys", b"t" * 32, cipher="AES-256-GCM"))
    names = {
        area.tag(BUCKET, 5, told(b"12345"), provider=UNIT),
        area.tag(BUCKET, 5, told(b"12345"), provider="tax"),
        area.tag("drawings-2041-01", 5, told(b"12345"), provider=UNIT),
        area.tag(BUCKET, 6, told(b"12345"), provider=UNIT),
        area.tag(BUCKET, 5, {"sha256": told(b"12345")["sha256"]}, provider=UNIT),
        other.tag(BUCKET, 5, told(b"12345"), provider=UNIT),
    }
    assert len(names) == 6


def test_with_its_bucket_s_key_gone_it_is_gone(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys", b"s" * 32, cipher="SM4-GCM")
    area = FileArea(tmp_path / "files", vault)
    tag, part = put(area, DATA), fill(area, DATA[:100], chunks=0)
    vault.destroy(BUCKET)
    with pytest.raises(Fatal, match=r"vault\.bucket-gone"):
        read(area, tag, len(DATA))
    with pytest.raises(Fatal, match=r"vault\.bucket-gone"):
        fill(area, DATA[:100])
    assert area._path(part, "part").exists()


def test_what_is_removed_is_gone_and_its_head_overwritten(
    area: FileArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = put(area, DATA)
    before, left = area._path(tag, "whole").read_bytes(), []
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda p: (left.append(p.read_bytes()), unlink(p)))
    assert area.remove(tag)
    assert left[0][:16] != before[:16]
    assert not area.has(tag)
    assert not area.remove(tag)
    with pytest.raises(Retriable, match=r"file\.not-here"):
        read(area, tag, len(DATA))
    assert (area.kept(tag), area.kept(put(area, DATA)) > 200) == (0, True)


FULL = """
import resource, sys
from pathlib import Path
from exchange.errors import Retriable
from exchange.file_area import FileArea
from exchange.vault import Vault

folder = Path(sys.argv[1])
area = FileArea(folder / "files", Vault(folder / "keys", b"s" * 32, cipher="AES-256-GCM"))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
data = bytes(range(256)) * 4096 * 4
tag = area.tag("b-2040-01", len(data), {}, provider="registry")
try:
    with area.writing("b-2040-01", tag, len(data), mark="m") as writer:
        print(writer.length)
        while writer.wanted:
            writer.append(data[writer.length : writer.length + writer.wanted])
    print("whole")
except Retriable as error:
    print(error.code, error.facts["reason"])
"""


@pytest.mark.guarantee("G8")
def test_a_full_disk_is_told_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """The kernel itself refuses to write on: a file may have so many bytes in this process."""

    def run(limit: int) -> list[str]:
        command = [sys.executable, "-c", FULL, str(tmp_path), str(limit)]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
        return done.stdout.split("\n")[:-1]

    chunk = sealed_file.CHUNK
    assert run(2 * chunk + chunk // 2) == ["0", f"file.disk {errno.errorcode[errno.EFBIG]}"]
    part = next((tmp_path / "files").glob("*.part"))
    assert part.stat().st_size < 2 * chunk + 2000, "what was half written takes no room"
    assert run(resource.RLIM_INFINITY) == [str(2 * chunk), "whole"]


def test_two_never_write_the_same_file(area: FileArea) -> None:
    tag = area.tag(BUCKET, len(DATA), told(DATA), provider=UNIT)
    with area.writing(BUCKET, tag, len(DATA), mark="m") as writer:
        writer.append(DATA)
        with pytest.raises(Retriable, match=r"file\.written"):
            fill(area, DATA)
    assert put(area, DATA) == tag
    assert read(area, tag, len(DATA)) == DATA


def test_room_is_asked_for_before(area: FileArea) -> None:
    writing = area.writing(BUCKET, "0" * 32, 1 << 60, mark="m")
    with pytest.raises(Retriable, match=r"file\.no-room"), writing:
        pass


def test_digests_are_those_that_claims_tell() -> None:
    assert file_area.DIGESTS == ("sha256", "sm3")
