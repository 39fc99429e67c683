"""``zhida invalid replay``: messages that could not be understood are read again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import emit, explained, local, show

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.kept import Filter
    from zhida.operators import Signatory

How = dict[str, Any]
"""``again``, ``reason``: for ``zhida.reread``."""
_ID = typer.Argument(help="消息编号的开头；不写则按条件成批 one message; without it, many")
_COLUMNS = {
    "id": "编号",
    "source": "来源",
    "at": "收到时间",
    "result_zh": "结果",
    "code": "原因代码",
}
WORDS = {
    "opened": "受理",
    "invalid": "仍无效",
    "duplicate": "重复业务",
    "unmended": "映射未改，略过",
    "refused": "不能重读",
}
"""What becomes of a message, or would."""


def replay(
    message: Annotated[str, _ID] = "",
    *,
    source: Annotated[str, typer.Option(help="来源系统 of this system")] = "",
    stream: Annotated[str, typer.Option(help="数据流 of this stream")] = "",
    code: Annotated[str, typer.Option(help="原因代码 with this problem")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="真的做；缺省只演算 do it, no dry run")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="映射没有改也重读 though nothing was mended")
    ] = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """映射改好后，把留存的无效消息重新读一遍 (read invalid messages again, as they came).

    写编号：读这一件。只写条件：成批，先演算，加 --yes 才做，先来的先办。读得懂的照常受理；仍读不懂的留下，
    记新的原因。原文不能改；内容有错的，由来源单位重新发送。
    """
    how = {"again": again, "reason": reason}
    if message:
        _one(message, how, as_json=as_json)
    else:
        from zhida.kept import Filter

        _many(Filter(source, stream, code), how, yes=yes, as_json=as_json)


def _one(beginning: str, how: How, *, as_json: bool) -> None:
    from zhida import kept, reread
    from zhida.hub import open_hub

    with open_hub() as hub:
        who = _person(hub)
        with hub.store.read() as connection:
            told = kept.one(connection, beginning)
        row = reread.done(told, hub, who, **how)
    emit(row, as_json=as_json, table=_table([row], "重新读取无效消息"))


def _many(wanted: Filter, how: How, *, yes: bool, as_json: bool) -> None:
    from zhida import kept, parked, reread
    from zhida.hub import open_hub

    with open_hub() as hub:
        known = parked.Filter(system=wanted.source, code=wanted.code)
        parked.require_known(hub.site, known)
        who = _person(hub) if yes else None
        with hub.store.read() as connection:
            chosen = kept.choose(connection, wanted)
        rows = [reread.tried(each, hub, who, **how) for each in chosen]
    counted = Counter(row["result"] for row in rows)
    text = "，".join(f"{WORDS[word]} {number} 件" for word, number in counted.items())
    emit(rows, as_json=as_json, table=_table(rows, text or "重新读取无效消息"))
    if not as_json and not yes:
        emit(None, as_json=False, table="以上为演算，什么也没有做。确认后加 --yes")


def _person(hub: Hub) -> Signatory:
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    return this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)


def _table(rows: list[dict[str, Any]], title: str) -> Any:
    from rich.console import Group

    shown = [
        {"code": ""}
        | row
        | {"id": row["id"][:12], "at": local(row["at"]), "result_zh": WORDS[row["result"]]}
        for row in rows
    ]
    reasons = [row for row in rows if row.get("code")]
    return Group(show(shown, _COLUMNS, title=title), *explained(reasons))
