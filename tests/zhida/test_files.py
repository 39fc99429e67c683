"""Files of a person: whole or refused when read, whole or as before when written."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida import files


@contextmanager
def small_disk() -> Iterator[None]:
    """No file grows beyond 1,000 bytes: also not the one that this run's output may go to, so
    only what is tested stands inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, former)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert files.read(path, 5) == files.read(path) == b"12345"
    with pytest.raises(Fatal, match=r"cli\.too-big") as caught:
        files.read(path, 4)
    assert caught.value.facts == {"file": "a", "limit": 4}
    with pytest.raises(Fatal, match=r"cli\.no-file"):
        files.read(tmp_path / "none")


def test_a_full_disk_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in "abc")
    first.write_bytes(b"before")
    second.write_bytes(b"before")
    with small_disk(), pytest.raises(Fatal, match=r"file\.unwritable"):
        files.write_all({first: b"after", second: b"x" * 2_000, third: b"after"})
    assert first.read_bytes() == second.read_bytes() == b"before"
    assert names(tmp_path) == {"a", "b"}


def test_a_folder_that_is_not_there_leaves_the_others(tmp_path: Path) -> None:
    first = tmp_path / "a"
    first.write_bytes(b"before")
    with pytest.raises(Fatal) as caught:
        files.write_all({first: b"after", tmp_path / "none" / "b": b"after"})
    assert caught.value.facts["file"] == str(tmp_path / "none" / "b")
    assert first.read_bytes() == b"before"
    assert names(tmp_path) == {"a"}


def test_who_reads_it_meanwhile_reads_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"before")
    with path.open("rb") as open_before:
        files.write(path, b"after")
        assert open_before.read() == b"before"
    assert path.read_bytes() == b"after"


def test_rights_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"before")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write(link, b"after")
    assert link.is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"after", 0o640)
    assert names(tmp_path) == {"real", "link"}


def test_what_is_no_plain_file_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    files.write(path, b"told")
    assert os.read(reader, 10) == b"told"
    os.close(reader)


def test_a_token_has_no_white_space(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b" ab\r\ncd\n")
    assert files.token(path) == "abcd"
