"""Take in what opens cases: look at every source that is due, and move its cursor.

The cursor moves when the whole poll is in; what was taken in before a failure is known by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from exchange import circuit, incident, times
from exchange.errors import Fatal, ZhidaError
from exchange.incident import Trouble
from exchange.ports import Arrival, Source
from exchange.store import document_rows
from matters.matter import Matter, Opening
from zhida import message
from zhida.hub import Hub
from zhida.message import Stream
from zhida.site import System
from zhida.watch import Watch


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at a source came to."""

    opened: int = 0
    invalid: int = 0
    known: int = 0
    error: ZhidaError | None = None


def take_in(hub: Hub, matter: Matter) -> Intake:
    """Look at every source of the matter that is due."""
    found = Intake()
    watch = Watch(hub.site, hub.store, hub.clock)
    for opening in filter(watch.opening_due, matter.opens_on):
        one = _poll(Stream(hub, matter, opening, _system(hub, opening)))
        found = Intake(
            found.opened + one.opened,
            found.invalid + one.invalid,
            found.known + one.known,
            found.error or one.error,
        )
    return found


def _system(hub: Hub, opening: Opening) -> System:
    return hub.site.find_system(opening.unit, opening.adapter)


def _poll(stream: Stream) -> Intake:
    hub, name = stream.hub, stream.system.name
    with hub.store.read() as connection:
        value, _, failures = document_rows.get_cursor(connection, name, stream.opening.stream)
    try:
        source: Any = hub.adapter(stream.system)
        if not isinstance(source, Source):
            raise Fatal("intake.not-a-source", system=name)
        arrivals, after = source.poll(stream.opening.stream, value)
    except ZhidaError as error:
        return _again_later(stream, value, failures, Intake(error=error))
    found = _take_all(stream, arrivals)
    if found.error is not None:
        return _again_later(stream, value, failures, found)
    _move(stream, after, wait=timedelta(seconds=stream.opening.every), well=failures > 0)
    return found


def _again_later(stream: Stream, value: str, failures: int, found: Intake) -> Intake:
    """The cursor stays; what was taken in before the failure is known by then."""
    wait = circuit.pause(failures + 1)
    _move(stream, value, wait=wait, failures=failures + 1, error=found.error)
    return found


def _take_all(stream: Stream, arrivals: Sequence[Arrival]) -> Intake:
    """Each message; one that we fail to keep does not hold up the others."""
    words: list[str] = []
    failed: ZhidaError | None = None
    for arrival in arrivals:
        try:
            words.append(message.take(stream, arrival))
        except ZhidaError as error:
            failed = failed or error
        except Exception as defect:  # noqa: BLE001 (told by its kind only, it may quote data)
            failed = failed or Fatal("sweep.defect", type=type(defect).__name__)
    opened, invalid, known = (words.count(word) for word in ("opened", "invalid", "known"))
    return Intake(opened, invalid, known, failed)


def _move(
    stream: Stream,
    value: str,
    *,
    wait: timedelta,
    failures: int = 0,
    error: ZhidaError | None = None,
    well: bool = False,
) -> None:
    """Move the cursor; ``error``: why it stays, ``well``: it had stayed before."""
    name, now = stream.system.name, stream.hub.clock()
    told: dict[str, str | int] = {"value": value, "failures": failures}
    told["next_at"] = times.stamp(now + wait)
    with stream.hub.store.write() as connection:
        document_rows.put_cursor(connection, name, stream.opening.stream, **told)
        if error is not None and failures >= circuit.TOLERATED:
            trouble = Trouble(name, "source", error.code, error.facts)
            incident.begin(connection, trouble, now)
        if well:
            incident.end(connection, name, "source", now)
