"""A dispute's way from desk to desk: its states, what moves it on, and who has it in hand.

A case is on several tracks at once: the dispute itself, legal aid beside it, the rapid response. What a
unit says is an event; where the case stands is the fold of all events, so nothing is kept that could
disagree with what was said. An event that no edge knows from where the case stands is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from exchange.errors import Forbidden, Invalid, Rejected
from exchange.names import nearest
from matters.ladder_parts import HOLDER, START, Edge, Event, Ladder, Say


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands."""

    states: Mapping[str, str] = field(default_factory=dict)
    """Track → state, of the tracks on which something has happened."""
    holder: str = ""
    """The unit that has it."""
    happened: frozenset[str] = frozenset()

    def state(self, track: str) -> str:
        """On this track; ``START`` where nothing has happened."""
        return self.states.get(track, START)


def stand(ladder: Ladder, events: Iterable[Event]) -> Standing:
    """Where these events, oldest first, have brought a case. Refuses as ``step`` does."""
    standing = Standing()
    for event in events:
        standing = step(ladder, standing, event)
    return standing


def step(ladder: Ladder, standing: Standing, event: Event) -> Standing:
    """Where the event brings the case.

    ``Invalid`` for an event that the ladder does not know, ``Forbidden`` if it is not for this role to
    say, ``Rejected`` if it can't happen where the case stands or after what has happened.
    """
    say = _may_say(ladder, event)
    edges = dict(_edges(ladder, standing, event.name))
    if not edges and not say.marks:
        raise _no_edge(ladder, standing, event.name)
    for edge in edges.values():
        if edge.needs and not edge.needs & standing.happened:
            raise Rejected(
                "ladder.too-early", event=event.name, needs=", ".join(sorted(edge.needs))
            )
    moved = {track: edge.ends for track, edge in edges.items()}
    return replace(
        standing,
        states={**standing.states, **moved},
        holder=_holder(say, event) or standing.holder,
        happened=standing.happened | {event.name},
    )


def _holder(say: Say, event: Event) -> str:
    """Who has the case from now on; empty: who had it before."""
    return event.to or ((event.unit or event.role) if say.takes_over else "")


def _may_say(ladder: Ladder, event: Event) -> Say:
    say = ladder.says.get(event.name)
    if say is None:
        near = nearest(event.name, ladder.says)
        raise Invalid("ladder.unknown-event", event=event.name, nearest=near)
    if event.role not in say.by:
        by = ", ".join(sorted(say.by))
        raise Forbidden("ladder.not-theirs", event=event.name, role=event.role, by=by)
    if say.hands_over != bool(event.to):
        raise Invalid("ladder.target", event=event.name)
    return say


def _edges(ladder: Ladder, standing: Standing, name: str) -> Iterator[tuple[str, Edge]]:
    for track in ladder.tracks.values():
        edge = track.edge(name, standing.state(track.name))
        if edge is not None:
            yield track.name, edge


def _no_edge(ladder: Ladder, standing: Standing, name: str) -> Rejected:
    told = [f"{track}={standing.state(track) or '-'}" for track in ladder.tracks]
    return Rejected("ladder.no-edge", event=name, state=", ".join(told))


def possible(ladder: Ladder, standing: Standing, role: str) -> list[str]:
    """The events that this role may tell now, in the file's order; marks are not among them."""
    return [
        say.name
        for say in ladder.says.values()
        if role in say.by
        and any(
            not edge.needs or edge.needs & standing.happened
            for _, edge in _edges(ladder, standing, say.name)
        )
    ]


def owners(ladder: Ladder, standing: Standing) -> dict[str, str]:
    """Track → who must see to it now, a role or (of ``HOLDER``) a unit; ended tracks are not in it."""
    found: dict[str, str] = {}
    for name, state in standing.states.items():
        told = ladder.tracks[name].states[state]
        if not told.ended:
            found[name] = standing.holder if told.owner == HOLDER else told.owner
    return found
