"""``zhida firewall`` and ``zhida diff``: a site for those who look at it from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, show

_CHANGES = {"added": "新增", "removed": "删去", "changed": "改动"}
_DIFF = {"file": "文件", "key": "键", "change": "差异", "left": "前者", "right": "后者"}


def firewall(
    csv: Annotated[bool, typer.Option("--csv", help="CSV，可用 Excel 打开 for Excel")] = False,
    as_json: AsJson = False,
) -> None:
    """列出需要放行的网络访问 (who talks to whom on which port).

    取自各连接，不含账号口令。没有配置的连接列出问题代码，退出码为 1。
    """
    from zhida import site
    from zhida.environment import site_folder, store_url
    from zhida.firewall import COLUMNS, as_csv, rules

    told = site.load(site_folder())
    found = rules(told, store=store_url() or told.store)
    if csv:
        emit(as_csv(found), as_json=False, plain=True)
    else:
        emit(found, as_json=as_json, table=show(found, COLUMNS, title="网络访问"))
    if any(row["problem"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


def diff(
    left: Annotated[Path, typer.Argument(help="站点目录 a site's folder")],
    right: Annotated[Path, typer.Argument(help="另一个站点目录 another site's folder")],
    as_json: AsJson = False,
) -> None:
    """比较两个站点 (compare two sites by meaning: test against production).

    只比较含义，不管注释、次序和换行。可能含口令的值只说不同，不显示。有差异时退出码为 1。
    """
    from zhida.site_diff import compare

    found = compare(left, right)
    rows = [row | {"change": _CHANGES[row["change"]]} for row in found]
    emit(found, as_json=as_json, table=show(rows, _DIFF, title="差异"))
    if found:
        raise typer.Exit(EXIT_PROBLEM)
