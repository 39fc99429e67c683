"""The trigger that wakes a sweep: it reads our own table, so a lost wake-up is impossible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TaskSkippedEvent, TaskSuccessEvent, TriggerEvent

from exchange.errors import Retriable
from zhida.watch import open_watch

LOOK_EVERY = 1.0
"""Seconds between two looks at the store: a handful of small queries."""


class WorkTrigger(BaseTrigger):
    """Ends its task when work is due for a matter (empty: for the recovery), or as skipped after a
    quiet while.

    The task ends where it waits: to resume it would start a process that says nothing new.
    """

    def __init__(self, matter: str, quiet_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.matter = matter
        self.quiet_s = quiet_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class and arguments, for the triggerer."""
        told = {"matter": self.matter, "quiet_s": self.quiet_s}
        return "zhida.airflow.triggers.WorkTrigger", told

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is work; a store that does not answer for a while is no work yet."""
        end = time.monotonic() + self.quiet_s
        with open_watch() as watch:
            while time.monotonic() < end:
                if await asyncio.to_thread(self._look, watch):
                    yield TaskSuccessEvent()
                    return
                await asyncio.sleep(LOOK_EVERY)
        yield TaskSkippedEvent()

    def _look(self, watch: Any) -> bool:
        try:
            return bool(watch.has_work(self.matter) if self.matter else watch.has_aside())
        except Retriable:
            return False
