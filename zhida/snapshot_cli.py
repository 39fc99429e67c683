"""``zhida snapshot``: freeze what is known of every firm, and see what was frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import Marked, emit, local, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhida.snapshot import Snapshot

snapshots = typer.Typer(no_args_is_help=True, help="事实快照 frozen facts of every firm")

_SOURCES = {
    "system": "系统",
    "unit": "单位",
    "state_zh": "状态",
    "as_of": "数据时间",
    "facts": "事实数",
}
_LIST = {"id": "编号", "as_of": "时间", "count": "企业数", "digest": "摘要", "told": "来源"}
_STATES = {
    "fresh": Marked("[green]有效[/]"),
    "stale": Marked("[yellow]已过期，按未知[/]"),
    "missing": Marked("[yellow]没有数据，按未知[/]"),
}


@snapshots.command()
def take(as_json: AsJson = False) -> None:
    """把各单位最新的事实并成一份，冻结并记入账本 (freeze the newest of every holder)."""
    from zhida import grants_file, site_words
    from zhida.hub import open_hub
    from zhida.long_work import counting
    from zhida.snapshot_take import Taking

    with open_hub() as hub, counting("冻结快照") as tell:
        made = Taking(hub, grants_file.load(hub.site), tell=tell).run()
        titles = site_words.units(hub.site)
    emit(_told(made), as_json=as_json, table=_table(made, titles))


def _table(made: Snapshot, titles: Mapping[str, str]) -> Any:
    rows = [
        {
            "system": each.system,
            "unit": titles.get(each.unit, each.unit),
            "state_zh": _STATES[each.state],
            "as_of": local(each.as_of),
            "facts": len(each.facts),
        }
        for each in made.sources
    ]
    title = f"快照 {made.id}：{made.count} 家企业，摘要 {made.digest[:16]}…"
    return show(rows, _SOURCES, title=title)


def _told(made: Snapshot) -> dict[str, Any]:
    told = made.told()
    kept = {name: told[name] for name in ("id", "name", "as_of", "count", "sources")}
    return kept | {"digest": made.digest, "facts": len(made.kinds)}


@snapshots.command("list")
def list_snapshots(
    most: Annotated[int, typer.Option(help="最多几个 at most", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """列出快照 (newest first)."""
    from exchange.part_books import PartBooks
    from exchange.store import snapshot_rows
    from zhida import snapshot
    from zhida.hub import open_hub

    with open_hub() as hub:
        parts = PartBooks(hub.store, hub.vault, hub.clock)
        with hub.store.read() as connection:
            rows = snapshot_rows.listed(connection, limit=most)
        found = [snapshot.of_row(row, parts) for row in rows]
    shown = [_row(each) for each in found]
    emit([_told(each) for each in found], as_json=as_json, table=show(shown, _LIST, title="快照"))


def _row(each: Snapshot) -> dict[str, Any]:
    counts = dict.fromkeys(_STATES, 0)
    for source in each.sources:
        counts[source.state] += 1
    told = "，".join(f"{_STATES[state]} {count}" for state, count in counts.items() if count)
    return {
        "id": each.id, "as_of": local(each.as_of), "count": each.count,
        "digest": f"{each.digest[:16]}…", "told": Marked(told),
    }  # fmt: skip


@snapshots.command()
def tag(
    snapshot: Annotated[str, typer.Argument(help="快照编号或其开头，缺省为最新 the newest")] = "",
    as_json: AsJson = False,
) -> None:
    """按快照给企业打标签，签成数据集 (tags of every firm, signed as one dataset)."""
    from zhida import grants_file, tags
    from zhida import snapshot as kept
    from zhida.hub import open_hub
    from zhida.long_work import counting

    with open_hub() as hub, counting("企业标签") as tell:
        frozen = kept.find(hub, snapshot)
        made = tags.Tagging(hub, grants_file.load(hub.site), frozen, tell).run()
        counts = tags.counts(hub, made)
    titles = made.form.about["tags"]
    rows = [{"tag": name, "title": titles[name], "firms": n} for name, n in counts.items()]
    told = {"dataset": made.id, "snapshot": frozen.id, "count": made.count, "tags": rows}
    columns = {"title": "标签", "tag": "名称", "firms": "企业数"}
    table = show(rows, columns, title=f"企业标签 {made.id}：{made.count} 家企业")
    emit(told, as_json=as_json, table=table)
