"""Files that the endpoint fetches from their holders because somebody asked for them, while it answers others."""

from __future__ import annotations

import logging
import threading

from exchange.errors import ZhidaError
from zhida import file_intake
from zhida.file_claims import Known
from zhida.hub import Hub

_AT_ONCE = 16
"""Files that are fetched at the same time: each has a thread, a line, and a few chunks in memory."""
_log = logging.getLogger(__name__)


class Fetching:
    """Fetches by threads of this process, one a file; at a kill the next request goes on with it.

    Who finds them all busy is not queued: a queue would grow with the claims that somebody asks for,
    and who still wants the file comes back anyway. Thread-safe.
    """

    def __init__(self, hub: Hub, *, at_once: int = _AT_ONCE) -> None:
        self._hub, self._at_once = hub, at_once
        self._running: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def begin(self, known: Known) -> bool:
        """True: it is being fetched. False: as many as may be are fetched already."""
        with self._lock:
            self._running = {tag: each for tag, each in self._running.items() if each.is_alive()}
            if known.tag in self._running:
                return True
            if len(self._running) >= self._at_once:
                return False
            thread = threading.Thread(target=_take, args=(self._hub, known), daemon=True)
            thread.start()
            self._running[known.tag] = thread
            return True

    def wait(self) -> None:
        """Until what is being fetched has come in, or has not."""
        with self._lock:
            running = list(self._running.values())
        for thread in running:
            thread.join()


def _take(hub: Hub, known: Known) -> None:
    """Told by its code only: an error may name what the holder calls the file."""
    try:
        file_intake.take_in(hub, known)
    except ZhidaError as error:
        _log.warning("file claim=%s code=%s", known.claim.id, error.code)
    except Exception as defect:  # noqa: BLE001 - the next request tries again
        _log.error("file claim=%s defect=%s", known.claim.id, type(defect).__name__)
