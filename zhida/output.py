"""How commands speak: a rich table for people, one JSON document for programs, errors with remedies."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from exchange import times
from exchange.errors import Fact, Fatal, Forbidden, Rejected, ZhidaError
from exchange.problems import describe

Facts = Mapping[str, Fact]
EXIT_PROBLEM = 1
"""The command worked and found something wrong."""
EXIT_USAGE, EXIT_DEFECT = 64, 70
EXIT_DATA, EXIT_UNAVAILABLE, EXIT_FORBIDDEN, EXIT_CONFIG = 65, 75, 77, 78
"""As in sysexits.h: bad data, try again later, not allowed, repair the installation."""

STATES = {
    "waiting": "等待前置",
    "ready": "待办",
    "sent": "已发出",
    "stored": "对方办理中",
    "unknown": "结果未知",
    "applied": "已办结",
    "refused": "不予办理",
    "invalid": "数据无效",
    "blocked": "受阻",
    "parked": "待人工",
    "given-up": "人工终止",
    "cancelled": "已取消",
    "shadowed": "影子运行，未发送",
    "skipped": "不需办理",
    "by-hand": "转人工办理",
    "halted": "按规定不办理",
    "live": "正常",
    "stopped": "已停用",
    "shadow": "影子运行",
    "superseded": "已被更新",
    "changed": "更正",
    "opened": "受理",
    "joined": "并入办件",
    "known": "已收过",
    "errors": "出错",
    "busy": "稍后再看",
    "failed": "未能处理",
    "open": "办理中",
    "done": "全部办结",
    "partial": "部分办结",
    "none": "未办结",
    "agreed": "已同意，待提供",
    "provided": "已提供",
}
_COLOURS = {
    "applied": "green",
    "done": "green",
    "refused": "red",
    "invalid": "red",
    "parked": "magenta",
    "given-up": "red",
    "cancelled": "yellow",
    "shadowed": "blue",
    "live": "green",
    "stopped": "red",
    "halted": "red",
    "by-hand": "cyan",
    "shadow": "blue",
    "blocked": "yellow",
    "partial": "yellow",
    "none": "red",
    "unknown": "yellow",
    "sent": "cyan",
    "stored": "cyan",
}


FOLDED = 12
"""Cells that a column is left at least, so that a day or a case's id stays in one piece."""


class Marked(str):
    """Text that is rich markup on purpose. Any other text in a table is shown as it is: a peer's
    words or an operator's reason may hold brackets.
    """

    __slots__ = ()


def state(name: str) -> Marked:
    """A state in Chinese, coloured.

    >>> state("applied")
    '[green]已办结[/]'
    """
    text = STATES.get(name, name)
    colour = _COLOURS.get(name)
    return Marked(f"[{colour}]{text}[/]" if colour else text)


def counted(states: Mapping[str, int]) -> Marked:
    """How many in which state, in Chinese; always in the same order.

    >>> counted({"invalid": 1, "applied": 2})
    '[green]已办结[/] 2，[red]数据无效[/] 1'
    """
    order = [name for name in STATES if name in states]
    order += [name for name in states if name not in STATES]
    return Marked("，".join(f"{state(name)} {states[name]}" for name in order))


def named(row: Mapping[str, Any]) -> str:
    """An item for a person, with the name by which commands know it.

    >>> named({"title": "出生登记", "item": "household"})
    '出生登记\\nhousehold'
    """
    return f"{row['title']}\n{row['item']}"


def local(stamp: str) -> str:
    """An instant of the store as a clock on the wall in China shows it.

    >>> local("2026-01-05T01:02:03.000000Z")
    '2026-01-05 09:02:03'
    """
    if not stamp:
        return ""
    return f"{times.in_china(times.instant(stamp)):%Y-%m-%d %H:%M:%S}"


def show(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, title: str
) -> RenderableType:
    """A table: ``columns`` maps each key to its heading. Without rows: that there is none.

    Narrow columns stay in one piece, so that what one has to copy (a case, a code) can be copied.
    """
    if not rows:
        return f"{title}：无"
    table = Table(title=title, title_justify="left", header_style="bold")
    cells = [[_cell(row.get(key, "")) for key in columns] for row in rows]
    widths = [
        max(_width(heading), *(_width(line.plain) for line in column))
        for heading, column in zip(columns.values(), zip(*cells, strict=True), strict=True)
    ]
    whole = _whole(widths, Console().width)
    for place, heading in enumerate(columns.values()):
        table.add_column(heading, overflow="fold", no_wrap=place in whole)
    for line in cells:
        table.add_row(*line)
    return table


def _cell(value: Any) -> Text:
    return Text.from_markup(value) if isinstance(value, Marked) else Text(str(value))


def _width(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)


def _whole(widths: Sequence[int], screen: int) -> set[int]:
    """The columns that need not fold: the narrowest, while each other is left enough.

    >>> _whole([12, 40, 8, 60], 80), _whole([12, 40, 8, 60], 140)
    ({0, 2}, {0, 1, 2, 3})
    """
    left = screen - 3 * len(widths) - 1
    whole: set[int] = set()
    for place in sorted(range(len(widths)), key=widths.__getitem__):
        others = set(range(len(widths))) - whole - {place}
        left -= widths[place]
        if left < sum(min(FOLDED, widths[other]) for other in others):
            break
        whole.add(place)
    return whole


def explained(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason among the rows once, with what to do, below the table in its full width.

    >>> explained([{"code": "a.b", "what": "坏了", "remedy": "修"}] * 2 + [{"code": ""}])
    ['坏了 [dim]\\\\[a.b][/]', '  → 修']
    """
    told = {(row["code"], row["what"], row["remedy"]): None for row in rows if row["code"]}
    return [line for each in told for line in _explained(*each)]


def _explained(code: str, what: str, remedy: str) -> list[str]:
    lines = [f"{escape(what)} [dim]\\[{code}][/]"]
    return lines + ([f"  → {escape(remedy)}"] if remedy else [])


def emit(value: Any, *, as_json: bool, table: Any = None, plain: bool = False) -> None:
    """Print ``value`` as JSON, or the table; ``plain``: as it is, to be kept in a file."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201
    elif plain:
        print(value)  # noqa: T201
    else:
        Console().print(table if table is not None else value)


def tell(
    error: ZhidaError, language: str = "zh", spoken: Callable[[Facts], Facts] = lambda told: told
) -> None:
    """Every problem of an error on standard error: what, and what to do about it.

    ``spoken``: its facts in the site's own names.
    """
    console = Console(stderr=True)
    for problem in error.problems:
        facts = {**spoken(problem.facts), **_in_words(problem.facts)}
        what, remedy = describe(problem.code, facts, language)
        first, *rest = _explained(problem.code, what, remedy)
        console.print(f"[red]✗[/] {first}", *rest, sep="\n")
    sys.stderr.flush()


def _in_words(facts: Mapping[str, Any]) -> dict[str, str]:
    """A state that a problem names, as the tables call it."""
    return (
        {"state": STATES.get(str(facts["state"]), str(facts["state"]))} if "state" in facts else {}
    )


def exit_code(error: ZhidaError) -> int:
    """The exit code of an error, by what the caller must do."""
    if isinstance(error, Forbidden):
        return EXIT_FORBIDDEN
    if isinstance(error, Rejected):
        return EXIT_DATA
    return EXIT_CONFIG if isinstance(error, Fatal) else EXIT_UNAVAILABLE
