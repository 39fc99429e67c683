"""A run of a sync in a process of its own that kills itself where it is told to."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from tests.zhida.syncs.conftest import Town

Steps = Iterable[tuple[type, str]]
"""Methods: each time that one is entered or left is a step."""


def killed(town: Town, steps: Steps, number: int) -> bool:
    """Killed at the step of that number; False if the run was through before."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_until, args=(town, steps, number))
    process.start()
    process.join()
    return process.exitcode == -signal.SIGKILL


def _until(town: Town, steps: Steps, number: int) -> None:
    left = iter(range(number, -1, -1))

    def counting(done: Callable[..., Any]) -> Callable[..., Any]:
        def call(*told: Any, **more: Any) -> Any:
            _die(next(left))
            found = done(*told, **more)
            _die(next(left))
            return found

        return call

    for owner, name in steps:
        setattr(owner, name, counting(getattr(owner, name)))
    town.run()


def _die(left: int) -> None:
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
