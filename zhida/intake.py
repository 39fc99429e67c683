"""Take in what opens cases: look at every source that is due, and move its cursor.

The cursor moves when the whole poll is in; what was taken in before a failure is known by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from exchange import circuit, times
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Arrival, Source
from exchange.store import document_rows
from matters.matter import Change, Matter, Opening
from zhida import changes, message
from zhida.hub import Hub
from zhida.message import Stream
from zhida.watch import Watch


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at a source came to: how many messages were what, and what went wrong."""

    words: Counter[str] = field(default_factory=Counter)
    """``opened``, ``changed``, ``invalid``, ``superseded``, ``known``, ``foreign``."""
    error: ZhidaError | None = None


def take_in(hub: Hub, matter: Matter) -> Intake:
    """Look at every source of the matter that is due."""
    found = Intake()
    watch = Watch(hub.site, hub.store, hub.clock)
    for opening in filter(watch.opening_due, matter.sources):
        one = _poll(_stream(hub, matter, opening))
        found = Intake(found.words + one.words, found.error or one.error)
    return found


def _stream(hub: Hub, matter: Matter, opening: Opening | Change) -> Stream | changes.Stream:
    system = hub.site.find_system(opening.unit, opening.adapter)
    if isinstance(opening, Change):
        return changes.Stream(hub, matter, opening, system)
    return Stream(hub, matter, opening, system)


def _take(stream: Stream | changes.Stream, arrival: Arrival) -> str:
    if isinstance(stream, changes.Stream):
        return changes.take(stream, arrival)
    return message.take(stream, arrival)


def _poll(stream: Stream | changes.Stream) -> Intake:
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
    _move(stream, after, wait=timedelta(seconds=stream.opening.every), failures=0)
    return found


def _again_later(
    stream: Stream | changes.Stream, value: str, failures: int, found: Intake
) -> Intake:
    """The cursor stays; what was taken in before the failure is known by then."""
    _move(stream, value, wait=circuit.pause(failures + 1), failures=failures + 1)
    return found


def _take_all(stream: Stream | changes.Stream, arrivals: Sequence[Arrival]) -> Intake:
    """Each message; one that we fail to keep does not hold up the others."""
    words: list[str] = []
    failed: ZhidaError | None = None
    for arrival in arrivals:
        try:
            words.append(_take(stream, arrival))
        except ZhidaError as error:
            failed = failed or error
        except Exception as defect:  # noqa: BLE001 (told by its kind only, it may quote data)
            failed = failed or Fatal("sweep.defect", type=type(defect).__name__)
    return Intake(Counter(words), failed)


def _move(stream: Stream | changes.Stream, value: str, *, wait: timedelta, failures: int) -> None:
    next_at = times.stamp(stream.hub.clock() + wait)
    with stream.hub.store.write() as connection:
        document_rows.put_cursor(
            connection,
            stream.system.name,
            stream.opening.stream,
            value=value,
            next_at=next_at,
            failures=failures,
        )
