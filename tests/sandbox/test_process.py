"""A process of the district ends with all that it began, and nothing else does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.handle import wait_for
from sandbox.process import Process

FAMILY = """
import os, sys, time
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


@pytest.fixture
def leader(tmp_path: Path) -> Process:
    """With a child in its group."""
    command = [sys.executable, "-c", FAMILY, "a-mark-of-ours"]
    process = Process("leader", command, tmp_path / "log", "a-mark-of-ours")
    process.leads = True
    process.start(detached=True)
    wait_for(process, process.tail, seconds=10)
    return process


def runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed before"])
def test_the_children_of_a_leader_end_with_it(
    leader: Process, killed: bool, wait_until: Callable[..., None]
) -> None:
    child = int(leader.tail())
    if killed:
        leader.kill()
        assert runs(child)
    leader.stop()
    wait_until(10, lambda: not runs(child), lambda: child)


def test_another_group_of_its_number_is_left_alone(
    leader: Process, wait_until: Callable[..., None]
) -> None:
    child = int(leader.tail())
    leader.kill()
    leader.mark = "some-other-mark"
    leader.stop()
    assert runs(child)
    os.kill(child, signal.SIGKILL)
    wait_until(10, lambda: not runs(child), lambda: child)
