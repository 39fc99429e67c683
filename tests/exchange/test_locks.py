"""Who holds a lock is alive; who is dead holds none (real threads, real processes)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.errors import Fatal
from exchange.locks import FileLocks

HOLD = """
import sys
from pathlib import Path
from exchange.locks import FileLocks
with FileLocks(Path(sys.argv[1])).hold("k") as owned:
    print(owned, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds ``k``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def is_free(path: Path, key: str = "k") -> bool:
    with FileLocks(path).hold(key) as owned:
        return owned


def test_one_holder_at_a_time_and_never_a_wait(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    with locks.hold("k") as first, locks.hold("k") as second:
        assert (first, second) == (True, False)
    assert is_free(tmp_path / "locks")


def test_who_did_not_get_it_does_not_free_it(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    with locks.hold("k"):
        with locks.hold("k") as second:
            assert not second
        with locks.hold("k") as third:
            assert not third


def test_keys_do_not_disturb_one_another(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    with locks.hold("a") as one, locks.hold("b") as two:
        assert (one, two) == (True, True)


def test_an_error_frees_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError), FileLocks(tmp_path / "locks").hold("k"):
        raise KeyError
    assert is_free(tmp_path / "locks")


def test_no_file_grows_and_none_piles_up(tmp_path: Path) -> None:
    for n in range(50):
        assert is_free(tmp_path / "locks", f"key {n}")
    assert [(f.name, f.stat().st_size) for f in tmp_path.iterdir()] == [("locks", 0)]


def test_threads_exclude_one_another(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    inside = threading.Barrier(2)
    seen: list[bool] = []

    def other() -> None:
        inside.wait(20)
        with locks.hold("k") as owned:
            seen.append(owned)
        inside.wait(20)

    thread = threading.Thread(target=other)
    thread.start()
    with locks.hold("k"):
        inside.wait(20)
        inside.wait(20)
    thread.join()
    assert seen == [False]


def test_processes_exclude_one_another(tmp_path: Path) -> None:
    with holder(tmp_path / "locks") as other:
        assert not is_free(tmp_path / "locks")
        other.communicate(timeout=20)
        assert is_free(tmp_path / "locks")


def test_a_stopped_process_keeps_it_however_long(tmp_path: Path) -> None:
    with holder(tmp_path / "locks") as other:
        os.kill(other.pid, signal.SIGSTOP)
        os.waitpid(other.pid, os.WUNTRACED)
        assert not is_free(tmp_path / "locks")
        os.kill(other.pid, signal.SIGCONT)
        assert not is_free(tmp_path / "locks")


@pytest.mark.parametrize("stopped", [False, True])
def test_a_killed_process_loses_it_at_once(tmp_path: Path, stopped: bool) -> None:
    with holder(tmp_path / "locks") as other:
        if stopped:
            os.kill(other.pid, signal.SIGSTOP)
        other.kill()
        other.wait(timeout=20)
        assert is_free(tmp_path / "locks")


def test_a_program_that_the_holder_started_does_not_keep_it(tmp_path: Path) -> None:
    with FileLocks(tmp_path / "locks").hold("k"):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                                 stdin=subprocess.PIPE, close_fds=False)  # fmt: skip
        time.sleep(0.05)
    try:
        assert is_free(tmp_path / "locks")
    finally:
        child.communicate()


def test_a_lock_file_that_cannot_be_made_is_fatal(tmp_path: Path) -> None:
    with (
        pytest.raises(Fatal, match=r"lock\.unavailable"),
        FileLocks(tmp_path / "none" / "locks").hold("k"),
    ):
        raise AssertionError("not reached")
