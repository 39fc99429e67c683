"""Where the items of a matter lie on a page: a row a level, and a lane for each line that passes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matters.matter import Matter


@dataclass(frozen=True, slots=True)
class _Box:
    width: int = 232
    height: int = 96


BOX = _Box()
_LANE, _GAP, _BETWEEN = 22, 28, 52
"""Widths of a lane and of the gap beside each place; height between two rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point; of a box its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the way from an item down to one that waits for it: to the next row, or past one."""

    begins: Place
    ends: Place
    needs: bool
    """False: only to have ended."""
    is_last: bool
    """It arrives."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole page; lines that share a way share its pieces."""

    places: Mapping[str, Place]
    lines: Sequence[Line]
    width: float
    height: float


Slot = str | tuple[str, bool]
"""An item by its name; or the lane of all lines of one kind that go down to an item."""
Way = list[tuple[int, Slot]]
"""Of one line: the row and the slot of the item that it leaves, of its lanes, of the other item."""


def levels(matter: Matter) -> dict[str, int]:
    """Item → how many others at most lie above it. A person's item shares its item's box."""
    found: dict[str, int] = {}
    items = [item for item in matter.items.values() if not item.stands_for]
    while len(found) < len(items):
        for item in items:
            above = (*item.needs, *item.after)
            if item.name not in found and all(name in found for name in above):
                found[item.name] = 1 + max((found[name] for name in above), default=-1)
    return found


def of(matter: Matter) -> Layout:
    """The layout: rows in the order of the file, drawn towards what they wait for."""
    level = levels(matter)
    ways = [(_way(level, above, below, needs), needs) for above, below, needs in _edges(matter)]
    rows: list[list[Slot]] = [[] for _ in range(1 + max(level.values(), default=0))]
    for row, slot in dict.fromkeys(
        [(r, n) for n, r in level.items()] + [s for w, _ in ways for s in w]
    ):
        rows[row].append(slot)
    width = max(_width(row) for row in rows)
    middles = _middles(rows, [way for way, _ in ways], width)
    lines = dict.fromkeys(line for way, needs in ways for line in _lines(way, middles, needs))
    places = {
        name: Place(middles[row, name] - BOX.width / 2, _top(row)) for name, row in level.items()
    }
    return Layout(places, list(lines), width, _top(len(rows)) - _BETWEEN)


def _edges(matter: Matter) -> list[tuple[str, str, bool]]:
    """Above, below, and whether it must be applied; what is needed is not drawn twice."""
    items = [item for item in matter.items.values() if not item.stands_for]
    found = [(name, item.name, True) for item in items for name in item.needs]
    return found + [
        (name, item.name, False) for item in items for name in item.after if name not in item.needs
    ]


def _way(level: Mapping[str, int], above: str, below: str, needs: bool) -> Way:
    lanes: Way = [(row, (below, needs)) for row in range(level[above] + 1, level[below])]
    return [(level[above], above), *lanes, (level[below], below)]


def _middles(
    rows: list[list[Slot]], ways: list[Way], width: float
) -> dict[tuple[int, Slot], float]:
    """Each row in the order in which what lies above it wishes, centred."""
    above: dict[tuple[int, Slot], list[tuple[int, Slot]]] = {}
    for way in ways:
        for one, two in pairwise(way):
            above.setdefault(two, []).append(one)
    found: dict[tuple[int, Slot], float] = {}
    for number, row in enumerate(rows):
        wishes = {slot: _wish(above.get((number, slot), []), found, width / 2) for slot in row}
        row.sort(key=wishes.__getitem__)
        left = (width - _width(row)) / 2
        for slot in row:
            found[number, slot] = left + _size(slot) / 2
            left += _size(slot) + _GAP
    return found


def _wish(above: Way, found: Mapping[tuple[int, Slot], float], otherwise: float) -> float:
    """Below the middle of what is waited for; a lane goes straight on."""
    lanes = [each for each in above if not isinstance(each[1], str)]
    wishes = [found[each] for each in (lanes or above)]
    return sum(wishes) / len(wishes) if wishes else otherwise


def _lines(way: Way, middles: Mapping[tuple[int, Slot], float], needs: bool) -> Iterator[Line]:
    for one, two in pairwise(way):
        begins = Place(middles[one], _top(one[0]) + BOX.height)
        ends = Place(middles[two], _top(two[0]))
        is_last = two == way[-1]
        yield Line(begins, ends, needs, is_last)
        if not is_last:
            yield Line(ends, Place(ends.x, ends.y + BOX.height), needs, is_last)


def _width(row: Sequence[Slot]) -> float:
    return sum(map(_size, row)) + _GAP * (len(row) - 1)


def _size(slot: Slot) -> int:
    return BOX.width if isinstance(slot, str) else _LANE


def _top(row: int) -> float:
    return row * (BOX.height + _BETWEEN)
