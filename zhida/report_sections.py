"""The report of a matter as tables: for a terminal, and as Markdown for who has to hand it on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from zhida.output import Marked, counted, show

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One table: rows, the heading of each of their keys, and what the reader has to know."""

    title: str
    columns: Mapping[str, str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()


def drawn(title: str, sections: Iterable[Section], *, about: str = "") -> RenderableType:
    """For a terminal: the first line is what matters, the second says of what."""
    parts: list[RenderableType] = [Text(title, style="bold")]
    parts += [Text(about, style="dim")] if about else []
    for each in sections:
        parts.append(Text())
        parts.append(show(each.rows, each.columns, title=each.title))
        parts += [Text(note) for note in each.notes if each.rows]
    return Group(*parts)


def markdown(title: str, sections: Iterable[Section]) -> str:
    """The same as a file.

    >>> print(markdown("报表", [Section("材料", {"n": "件|数"}, [{"n": 2}], ["说明。"])]))
    # 报表
    <BLANKLINE>
    ## 材料
    <BLANKLINE>
    | 件\\|数 |
    |---|
    | 2 |
    <BLANKLINE>
    说明。
    <BLANKLINE>
    """
    return "\n\n".join([f"# {title}", *(part for each in sections for part in _parts(each))]) + "\n"


def _parts(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    if section.rows:
        lines = [_line(section.columns.values()), "|" + "---|" * len(section.columns)]
        lines += [_line(row.get(key, "") for key in section.columns) for row in section.rows]
        yield "\n".join(lines)
        yield from section.notes
    else:
        yield "无"


def _line(cells: Iterable[Any]) -> str:
    plain = (Text.from_markup(c).plain if isinstance(c, Marked) else str(c) for c in cells)
    inside = (each.replace("|", "\\|").replace("\n", "<br>") for each in plain)
    return "| " + " | ".join(inside) + " |"


def states(row: Row) -> Marked:
    """What became of an item, those that people did in brackets.

    >>> from rich.text import Text
    >>> told = {"states": {"applied": 6, "by-hand": 2}, "by_hand": {"applied": 1, "stored": 1}}
    >>> Text.from_markup(states(told | {"corrections": {}})).plain
    '已办结 6，转人工办理 2（对方办理中 1，已办结 1）'
    """
    found = [str(counted({name: number})) for name, number in _ordered(row["states"])]
    if row["by_hand"]:
        place = next(n for n, (name, _) in enumerate(_ordered(row["states"])) if name == "by-hand")
        found[place] += f"（{counted(row['by_hand'])}）"
    found += [f"另有更正 {sum(row['corrections'].values())}"] if row["corrections"] else []
    return Marked("，".join(found))


def _ordered(states: Mapping[str, int]) -> list[tuple[str, int]]:
    first = ("applied", "by-hand")
    known = [name for name in first if name in states]
    return [(name, states[name]) for name in [*known, *(s for s in states if s not in first)]]
