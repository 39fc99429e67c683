"""How commands speak: a rich table for people, one JSON document for programs, errors with remedies."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from exchange import times
from exchange.errors import Fatal, Forbidden, Rejected, ZhidaError
from exchange.problems import describe

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
    "shadowed": "影子运行，未发送",
    "live": "正常",
    "stopped": "已停用",
    "shadow": "影子运行",
    "superseded": "已被更新",
    "changed": "更正",
    "opened": "受理",
    "known": "已收过",
    "errors": "出错",
    "busy": "稍后再看",
    "failed": "未能处理",
    "open": "办理中",
    "done": "全部办结",
    "partial": "部分办结",
}
_COLOURS = {
    "applied": "green",
    "done": "green",
    "refused": "red",
    "invalid": "red",
    "parked": "magenta",
    "given-up": "red",
    "shadowed": "blue",
    "live": "green",
    "stopped": "red",
    "shadow": "blue",
    "blocked": "yellow",
    "partial": "yellow",
    "unknown": "yellow",
    "sent": "cyan",
    "stored": "cyan",
}


def state(name: str) -> str:
    """A state in Chinese, coloured.

    >>> state("applied")
    '[green]已办结[/]'
    """
    text = STATES.get(name, name)
    colour = _COLOURS.get(name)
    return f"[{colour}]{text}[/]" if colour else text


def counted(states: Mapping[str, int]) -> str:
    """How many in which state, in Chinese.

    >>> counted({"applied": 2, "opened": 1})
    '[green]已办结[/] 2，受理 1'
    """
    return "，".join(f"{state(name)} {count}" for name, count in states.items())


def local(stamp: str) -> str:
    """An instant of the store as a clock on the wall in China shows it.

    >>> local("2026-01-05T01:02:03.000000Z")
    '2026-01-05 09:02:03'
    """
    if not stamp:
        return ""
    return f"{times.instant(stamp).astimezone(times.CHINA):%Y-%m-%d %H:%M:%S}"


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, title: str) -> Table:
    """A table: ``columns`` maps each key to its heading."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(str(row.get(key, "")) for key in columns))
    return table


def emit(value: Any, *, as_json: bool, table: Any = None, plain: bool = False) -> None:
    """Print ``value`` as JSON, or the table; ``plain``: as it is, to be kept in a file."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201
    elif plain:
        print(value)  # noqa: T201
    else:
        Console().print(table if table is not None else value)


def tell(error: ZhidaError, language: str = "zh") -> None:
    """Every problem of an error on standard error: what, and what to do about it."""
    console = Console(stderr=True)
    for problem in error.problems:
        what, remedy = describe(problem.code, problem.facts, language)
        console.print(f"[red]✗[/] {escape(what)} [dim]\\[{problem.code}][/]")
        if remedy:
            console.print(f"  → {escape(remedy)}")
    sys.stderr.flush()


def exit_code(error: ZhidaError) -> int:
    """The exit code of an error, by what the caller must do."""
    if isinstance(error, Forbidden):
        return EXIT_FORBIDDEN
    if isinstance(error, Rejected):
        return EXIT_DATA
    return EXIT_CONFIG if isinstance(error, Fatal) else EXIT_UNAVAILABLE
