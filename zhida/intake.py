"""Take in what opens cases: look at every source that is due, and move its cursor.

A stream that a living listener holds (``zhida.listen``) is left to it; when it dies, the next
sweep finds the stream due and free.

The cursor moves when the whole poll is in; what was taken in before a failure is known by then.
Then a source that wants to know is told what we keep: a receipt leaves only after our commit. A
crash in between makes the same messages come again, and they are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import takewhile
from typing import Any, Protocol, runtime_checkable

from exchange import circuit, incident, times
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.incident import Trouble
from exchange.ports import Arrival, Settling, Source
from exchange.store import document_rows
from matters.matter import Change, Matter
from zhida import changes, message
from zhida.hub import Hub
from zhida.message import Stream
from zhida.watch import AnySource, Watch

LEFT_ALONE = timedelta(seconds=15)
MANY = 100
"""So many new messages in one look are a backlog: it is looked at again in the next sweep."""
_RIVALS = 2
AnyStream = Stream | changes.Stream


@runtime_checkable
class Taking(Protocol):
    """A stream whose messages open no case: what becomes of each is its own to say."""

    def take(self, arrival: Arrival) -> str:
        """One of ``Intake.words``, or a word of its own."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at a source came to: how many messages were what, and what went wrong."""

    words: Counter[str] = field(default_factory=Counter)
    """``opened``, ``changed``, ``invalid``, ``superseded``, ``known``, ``foreign``."""
    error: ZhidaError | None = None
    next_at: str = ""
    """When the first of the sources is due (stamp), if it was too early for all of them."""

    @property
    def taken(self) -> int:
        """How many messages are ours by now, whatever they were."""
        return self.words.total()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a stream was left, when it is due, how often it failed in a row."""

    value: str
    next_at: str
    failures: int


def take_in(hub: Hub, matter: Matter, *, well: bool = False) -> Intake:
    """Look at every source of the matter that is due; ``well``: and that answered the last time."""
    found = Intake()
    watch = Watch(hub.site, hub.store, hub.clock)
    due = [s for s in hub.site.sources(matter) if watch.opening_due(s, well=True if well else None)]
    for opening in due:
        one = look_alone(hub, matter, opening)
        found = Intake(found.words + one.words, found.error or one.error)
    return found if due else replace(found, next_at=watch.next_look(matter))


def look_alone(hub: Hub, matter: Matter, opening: AnySource) -> Intake:
    """Look at one source, unless a listener or another sweep is at it."""
    stream = _stream(hub, matter, opening)
    with hub.locks.hold(lock_of(stream)) as free:
        if free:
            return look(stream, lambda: hub.adapter(stream.system))
    _leave(stream)
    return Intake()


def _leave(stream: AnyStream) -> None:
    """Another is at it; if it should die, it is looked after in a while, and not without a pause."""
    where = stream.system.name, stream.opening.stream
    until = times.stamp(stream.hub.clock() + LEFT_ALONE)
    with stream.hub.store.write() as connection:
        document_rows.postpone_cursor(connection, *where, until)


def _stream(hub: Hub, matter: Matter, opening: AnySource) -> AnyStream:
    system = hub.site.find_system(opening.unit, opening.adapter)
    if isinstance(opening, Change):
        return changes.Stream(hub, matter, opening, system)
    return Stream(hub, matter, opening, system)


def lock_of(stream: AnyStream) -> str:
    """Whoever holds it looks at the stream: a listener all its life, a sweep for one look."""
    return f"listen/{stream.system.name}/{stream.opening.stream}"


def take(stream: AnyStream, arrival: Arrival) -> str:
    """What became of it. Where another worker inserts the same thing at this moment, look again.

    Twice: the same message and the same business may be two different workers'.
    """
    for _ in range(_RIVALS):
        try:
            return _take_once(stream, arrival)
        except Retriable as error:
            if error.code != "store.conflict":
                raise
    return _take_once(stream, arrival)


def _take_once(stream: AnyStream, arrival: Arrival) -> str:
    if isinstance(stream, changes.Stream):
        return changes.take(stream, arrival)
    if isinstance(stream, Taking):
        return stream.take(arrival)
    return message.take(stream, arrival)


def look(
    stream: AnyStream, source_of: Callable[[], Any], *, go_on: Callable[[], bool] = lambda: True
) -> Intake:
    """Look once: take in what is there, move the cursor, tell the source what is ours.

    Ends after the message in hand when ``go_on()`` says so; the rest comes again. For the holder
    of ``lock_of(stream)``.
    """
    place = _place(stream)
    try:
        source = source_of()
        if not isinstance(source, Source):
            raise Fatal("intake.not-a-source", system=stream.system.name)
        arrivals, after = source.poll(stream.opening.stream, place.value)
    except Exception as error:  # noqa: BLE001 (a defect is told like any other failure)
        return _again_later(stream, place, Intake(error=_told(error)))
    found, kept = _take_all(stream, arrivals, go_on)
    if found.error is None and found.taken == len(arrivals):
        _move_on(stream, place, after, found)
        place = replace(place, value=after)
    found = _settle(stream, source, kept, found)
    return _again_later(stream, place, found) if found.error else found


def _place(stream: AnyStream) -> _Place:
    with stream.hub.store.read() as connection:
        where = stream.system.name, stream.opening.stream
        return _Place(*document_rows.get_cursor(connection, *where))


def _move_on(stream: AnyStream, place: _Place, after: str, found: Intake) -> None:
    """A listener comes by every second: it writes only what is new, or shows that it lives.

    Where so much was new, more may lie: a source gives only so many at once, and none waits.
    """
    fresh = found.taken - found.words["known"] - found.words["foreign"]
    wait = timedelta(seconds=stream.opening.every if fresh < MANY else 0)
    soon = times.stamp(stream.hub.clock() + wait / 2)
    if (place.value, place.failures) != (after, 0) or place.next_at <= soon:
        _move(stream, after, wait=wait, well=place.failures > 0)


def _again_later(stream: AnyStream, place: _Place, found: Intake) -> Intake:
    """Look again after a pause; what was taken in before the failure is known by then."""
    failures = place.failures + 1
    wait = circuit.pause(failures)
    _move(stream, place.value, wait=wait, failures=failures, error=found.error)
    return found


def _take_all(
    stream: AnyStream, arrivals: Sequence[Arrival], go_on: Callable[[], bool]
) -> tuple[Intake, list[str]]:
    """Each message, and the keys of those that are ours; one that we fail to keep does not hold
    up the others. (Changes wait for one that can be kept later: what follows may take it back.)
    """
    words: list[str] = []
    kept: dict[str, bool] = {}
    failed: ZhidaError | None = None
    for arrival in takewhile(lambda _: go_on(), arrivals):
        word, error = _tried(stream, arrival)
        words.append(word)
        kept[arrival.key] = kept.get(arrival.key, True) and error is None
        failed = failed or error
        if isinstance(stream, changes.Stream) and isinstance(error, Retriable):
            break
    counted = Counter(word for word in words if word)
    return Intake(counted, failed), [key for key, ours in kept.items() if ours]


def _tried(stream: AnyStream, arrival: Arrival) -> tuple[str, ZhidaError | None]:
    try:
        return take(stream, arrival), None
    except Exception as error:  # noqa: BLE001 (a defect is told like any other failure)
        return "", _told(error)


def _told(error: Exception) -> ZhidaError:
    """A defect by its kind only: it may quote data. It stops neither other messages nor sources."""
    if isinstance(error, ZhidaError):
        return error
    return Fatal("sweep.defect", type=type(error).__name__)


def _settle(stream: AnyStream, source: Source, kept: Sequence[str], found: Intake) -> Intake:
    """Tell the source what is durably ours; if that fails it is told again at the next look."""
    if not kept or not isinstance(source, Settling):
        return found
    try:
        source.settle(stream.opening.stream, kept)
    except Exception as error:  # noqa: BLE001 (a defect is told like any other failure)
        return replace(found, error=found.error or _told(error))
    return found


def _move(
    stream: AnyStream,
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
