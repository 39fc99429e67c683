"""Who is surely dead, and who only may be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from exchange import owner


def test_a_process_that_lives_is_not_dead() -> None:
    assert not owner.is_dead(owner.name())


def test_a_stopped_process_is_not_dead_and_a_killed_one_is() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    name = owner.name(child.pid)
    os.kill(child.pid, signal.SIGSTOP)
    assert not owner.is_dead(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert owner.is_dead(name), "a corpse that nobody has buried yet"
    child.wait()
    assert owner.is_dead(name)


def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    host, pid, started = owner.name().split("/")
    assert owner.is_dead(f"{host}/{pid}/{int(started) - 1}")


def test_nobody_of_another_host_can_be_proven_dead() -> None:
    assert not owner.is_dead("0123456789ab/999999/1")


def test_what_is_no_name_proves_nothing() -> None:
    assert not any(owner.is_dead(each) for each in ("", "x", "x/y/z", f"{owner.name()[:12]}/x/1"))
