"""What the soak looks with: children count, an act that failed is told."""

from __future__ import annotations

import subprocess
import sys
import threading

from tests.production.soak import Repeated, Sample, Watch, tree_memory

_HOLDS = "import sys; b = bytes(80_000_000); b = b.replace(b'\\0', b'x'); print(flush=True); sys.stdin.read()"
_STARTS = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def test_memory_of_a_program_is_also_that_of_its_children() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _STARTS, _HOLDS], **pipes) as parent:  # type: ignore[call-overload]
        assert parent.stdout.readline() == b"\n"
        held = tree_memory(parent.pid)
        parent.stdin.close()
    assert held > 80_000
    assert tree_memory(parent.pid) == 0, "who has ended holds nothing"


def test_the_first_thing_that_an_act_could_not_do_is_kept() -> None:
    often, tries = threading.Event(), iter(range(100))

    def act() -> None:
        number = next(tries)
        if number == 3:
            often.set()
        if number in (1, 2):
            raise ValueError(number)

    acts = Repeated(0.001, act)
    assert often.wait(60)
    acts.stop()
    assert acts.error == "ValueError(1)"
    assert acts.done >= 2


def test_the_middle_of_a_time_is_told_for_each_figure() -> None:
    watch = Watch([], None, None)  # type: ignore[arg-type]
    watch.seen += [Sample(at, {"serve": at * 10}, {"log": 1}, 5) for at in (1, 2, 3, 4, 99)]
    assert watch.medians(2, 5) == {"serve": 30, "log": 1, "log files": 5}
    assert watch.memory("serve")[0] == (1 / 60, 10 / 1024)
