"""``zhida doctor``: the whole installation, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import Marked, emit, explained, show

if TYPE_CHECKING:
    from zhida.doctor_line import Line

_PARTS = {
    "versions": "版本",
    "site": "站点",
    "machine": "本机",
    "store": "数据库",
    "keys": "密钥",
    "trust": "信任",
    "through": "自检消息",
    "clock": "时钟",
    "broker": "消息队列",
    "airflow": "Airflow",
}
_COLOURS = {"good": "green", "note": "yellow", "bad": "red", "open": "dim"}
_COLUMNS = {"mark": "", "part_zh": "部分", "title": "检查", "what": "结果"}


def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="只查进程离不开的，一秒左右 what it can't work without")
    ] = False,
    lock: Annotated[
        Path | None, typer.Option(envvar="ZHIDA_LOCK", help="本版的锁定文件 requirements.lock")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """整套体检：版本、数据库、密钥、信任、时钟、队列、Airflow，一条自检消息走全程 (is all well?)。

    退出码：0 都好，1 有要注意的，2 有坏的；--quick 时 0 能用，1 有坏的。
    """
    from zhida.doctor_line import worst

    lines = list(_looked(quick=quick, lock=lock))
    emit([each.told() for each in lines], as_json=as_json, table=_table(lines))
    # A container's check knows but 0 and 1, and must not restart what only wants to be seen to.
    raise typer.Exit(worst(lines) // 2 if quick else worst(lines))


def _looked(*, quick: bool, lock: Path | None) -> Iterator[Line]:
    if quick:
        from zhida import doctor_near

        return doctor_near.look(doctor_near.Visit())
    from zhida import doctor as whole

    return whole.look(lock)


def _table(lines: list[Line]) -> Any:
    from rich.console import Group

    rows = [_row(each) for each in lines]
    told = explained(row for row in rows if row["remedy"])
    return Group(show(rows, _COLUMNS, title="体检"), *told)


def _row(line: Line) -> dict[str, Any]:
    told = line.told()
    mark = Marked(f"[{_COLOURS[line.state]}]{told['state_zh']}[/]")
    return told | {"mark": mark, "part_zh": _PARTS[line.part]}
