"""A mapping file to begin with: equal and near names proposed, everything else left to a person.

Nothing is decided silently. A guess stands in the file with ``todo: check``, a field that found no
counterpart under ``todo: to`` or ``todo: from``; the loader refuses the file until all are gone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exchange.names import NONE, similar
from mappings import titles
from mappings.fields import source_fields
from mappings.shapes import Shapes

Side = str | tuple[str, ...]
"""A kind of document, or the fields of a wire."""
_PLAIN = re.compile(r"/[A-Za-z\u4e00-\u9fff][\w./*\u4e00-\u9fff-]*")
_WORD = re.compile(r"[a-z][a-z_]*[_-][\w-]*")
_SHORT = 2
"""Names of so few letters are near to anything."""
_HEAD = "# 由 zhida mapping new 起草。todo 中的各项逐一决定后删去；写法见 docs/mapping-format.md。"
_ABOUT = {
    "check": "猜的规则：核对后从这里删去",
    "to": "目标字段还没有规则（必填的标 *）",
    "from": "来源字段还没有用到：补规则，或写入 ignore 并说明理由",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A leaf of one side."""

    path: str
    type: str = ""
    title: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal. ``sure``: the names are the same and nothing is to be converted."""

    source: Field
    target: Field
    sure: bool


def fields(side: Side, shapes: Shapes) -> tuple[Field, ...]:
    """The leaves of a side in its order."""
    if not isinstance(side, str):
        return tuple(map(Field, side))
    named, shape = titles.of_kind(side, shapes), shapes.find(side)
    return tuple(
        Field(path, kind, named.get(path, ""), path in shape.required)
        for path, kind in source_fields({"": side}, shapes).items()
    )


def pairs(sources: Sequence[Field], targets: Sequence[Field]) -> tuple[Pair, ...]:
    """For each target its source, if one has the same or a near name; members of lists: none."""
    left = {each.path: each for each in sources if "/*" not in each.path}
    free = [each for each in targets if "/*" not in each.path]
    found: list[Pair] = []
    for find in (_equal, _near):
        for target in [each for each in free if all(p.target != each for p in found)]:
            source = find(target, left.values())
            if source is not None:
                found.append(Pair(left.pop(source.path), target, _is_sure(source, target)))
    order = [each.path for each in targets]
    return tuple(sorted(found, key=lambda pair: order.index(pair.target.path)))


def _is_sure(source: Field, target: Field) -> bool:
    """The whole way to it is called the same: ``/mother/name`` is no ``/name``."""
    return source.type == target.type and _fold(source.path) == _fold(target.path)


def _names(field: Field) -> list[str]:
    """What it may be called: by its whole path, its last segment, its title."""
    title = field.title.split()[-1:]
    return [_fold(each) for each in (field.path, field.path.rpartition("/")[2], *title)]


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _equal(target: Field, sources: Iterable[Field]) -> Field | None:
    """By the whole path before the last segment before the title; two that fit are no proposal."""
    listed = list(sources)
    for name in _names(target):
        fitting = [each for each in listed if name and name in _names(each)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _near(target: Field, sources: Iterable[Field]) -> Field | None:
    named: dict[str, Field] = {}
    for each in sources:
        for name in _names(each):
            named.setdefault(name, each)
    known = [name for name in named if len(name) > _SHORT]
    for name in _names(target):
        found = similar(name, known) if len(name) > _SHORT and name not in named else NONE
        if found != NONE:
            return named[found]
    return None


def text(name: str, title: str, sides: tuple[Side, Side], shapes: Shapes) -> str:
    """The file. It can be read, and is refused for what is undecided."""
    sources, targets = (fields(side, shapes) for side in sides)
    found = pairs(sources, targets)
    lines = [_HEAD, f"mapping: {quoted(name)}", f"title: {quoted(title)}", *_side("from", sides[0])]
    lines += [f"to: {quoted(sides[1]) if isinstance(sides[1], str) else 'wire'}"]
    lines += ["text: {trim: true}", "fields:" if found else "fields: []"]
    lines += [_rule(pair) for pair in found]
    return "\n".join([*lines, *_todo(sources, targets, found)]) + "\n"


def _side(key: str, side: Side) -> list[str]:
    if isinstance(side, str):
        return [f"{key}: {quoted(side)}"]
    return [f"{key}:", *(f"  - {quoted(path)}" for path in side)]


def _rule(pair: Pair) -> str:
    parts = [f"to: {quoted(pair.target.path)}", f"from: {quoted(pair.source.path)}"]
    parts += [] if pair.target.required or not pair.target.type else ["required: false"]
    if pair.target.type == "integer" and pair.source.type != "integer":
        parts.append("number: {}")
    mark = "" if pair.sure else "（猜的）"
    named = " ← ".join(filter(None, (pair.target.title, pair.source.title)))
    comment = f"  # {named}{mark}" if named or mark else ""
    return f"  - {{{', '.join(parts)}}}{comment}"


def _todo(
    sources: Sequence[Field], targets: Sequence[Field], found: Sequence[Pair]
) -> Iterator[str]:
    used = {each for pair in found for each in (pair.source, pair.target)}
    left: Mapping[str, list[Field]] = {
        "check": [pair.target for pair in found if not pair.sure],
        "to": [each for each in targets if each not in used],
        "from": [each for each in sources if each not in used],
    }
    yield "todo:" if any(left.values()) else ""
    for part, listed in left.items():
        if listed:
            yield f"  {part}:  # {_ABOUT[part]}"
        for each in listed:
            star = "*" if each.required and part == "to" else ""
            comment = f"  # {each.title}{star}" if each.title or star else ""
            yield f"    - {quoted(each.path)}{comment}"


def quoted(value: str) -> str:
    """A text on one line, quoted where YAML would read something else.

    >>> quoted("/child/sex"), quoted("/a b"), quoted("birth-record")
    ('/child/sex', '"/a b"', 'birth-record')
    """
    return (
        value
        if _PLAIN.fullmatch(value) or _WORD.fullmatch(value)
        else json.dumps(value, ensure_ascii=False)
    )
