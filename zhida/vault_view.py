"""Retention buckets as operators see them, and the paper of an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import times
from exchange.store import sealed_rows
from exchange.store.engine import Connection
from zhida import vault_book
from zhida.hub import Hub
from zhida.output import local
from zhida.report_sections import Section
from zhida.vault_book import Story

_PLACES = {
    "store": "数据库各表（逐行）", "data": "数据目录（含预写日志、密钥）", "temporary": "临时目录",
    "airflow": "Airflow 的数据库与日志", "named": "另指明的目录",
}  # fmt: skip


def buckets(hub: Hub) -> list[dict[str, Any]]:
    """Every bucket of which a body or a key is here, the first to end first."""
    with hub.store.read() as connection:
        names = {*sealed_rows.buckets(connection), *hub.vault.buckets()}
        found = [_bucket(hub, connection, name) for name in sorted(names)]
    return sorted(found, key=lambda each: (each["ends"] or "9999", each["bucket"]))


def _bucket(hub: Hub, connection: Connection, name: str) -> dict[str, Any]:
    ends, story = vault_book.ends(name), vault_book.read(hub.site, connection, name)
    is_over = ends is not None and ends <= times.civil_day(hub.clock())
    has_key = hub.vault.has(name)
    return {
        "bucket": name,
        "ends": str(ends or ""),
        "bodies": sealed_rows.count(connection, name),
        "files": len(hub.files.in_bucket(name)),
        "open_cases": sealed_rows.open_cases(connection, name),
        "key": has_key,
        "archived": story.events.get(vault_book.ARCHIVED, {}).get("at", ""),
        "erased": story.events.get(vault_book.ERASED, {}).get("at", ""),
        "state": _state(has_key, is_over, story),
    }


def _state(has_key: bool, is_over: bool, story: Story) -> str:
    if has_key:
        return "over" if is_over else "kept"
    if not story.proofs:
        return "gone"
    return "erased" if story.proofs[-1]["holds"] else "unproven"


def proof(hub: Hub, bucket: str) -> dict[str, Any] | None:
    """The newest proof of its erasure, as the ledger keeps it, and what those before it came to; None if
    there is none.
    """
    with hub.store.read() as connection:
        story = vault_book.read(hub.site, connection, bucket)
    if not story.proofs:
        return None
    *before, last = story.proofs
    return {**last, "earlier": [{name: each[name] for name in _EARLIER} for each in before]}


_EARLIER = ("seq", "at", "hits", "holds", "places")


def sections(told: Mapping[str, Any]) -> list[Section]:
    """The tables of the paper."""
    lines = [{"what": what, "told": said} for what, said in _lines(told)]
    places = [_looked(each) for each in told["places"]]
    return [
        Section("抹除", {"what": "项目", "told": "结果"}, lines),
        Section("查找已知内容", _LOOKED, places, [_NOTE]),
    ]


def _looked(place: Mapping[str, Any]) -> dict[str, Any]:
    told = {"what": _place(place["what"]), "files": place["files"], "unread": _unread(place)}
    return told | {
        "mb": f"{place['bytes'] / 1e6:.1f}",
        "hits": "\n".join(place["hits"]) or "0",
    }


def _unread(place: Mapping[str, Any]) -> str:
    """How many, and where the first few of them are."""
    paths = place["unread"]
    more = ["…"] if len(paths) > _FIRST else []
    return "\n".join([str(len(paths)), *paths[:_FIRST], *more])


_FIRST = 5
_LOOKED = {
    "what": "查找的地方",
    "files": "文件（表）",
    "mb": "MB",
    "hits": "发现",
    "unread": "没有读的",
}
_NOTE = (
    "抹除前取出桶内若干个人信息的值和桶密钥的密文作为已知内容，只在内存里，随进程消失；"
    "按 UTF-8、GB 18030、UTF-16、\\u 转义、十六进制、base64、gzip 各种写法查找。"
)


def _lines(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = f"{told['values']} 个值、{told['slices']} 段内容、桶密钥的密文"
    control = "找到了（查找有效）" if told["control"] else "没有找到（查找无效）"
    if told["resumed"]:
        known, control = "上次运行中途被终止，密钥已毁，已知内容不可再得", "—"
    if searched := told.get("searched"):
        known += f"（账本第 {searched} 条所查，照录；此后无法再查）"
    return [
        ("保存期限桶", told["bucket"]),
        ("提议、同意", "、".join(told["people"])),
        ("理由", told["reason"]),
        ("抹除前已归档", "是" if told["archived"] else "否（两人决定不归档）"),
        ("桶内密文", f"{told['bodies']} 份"),
        ("已知内容", known),
        ("对照：放一份在临时文件里", control),
        ("抹除前能打开", f"{told['opened_before']} / {told['tried']} 份"),
        ("抹除后能打开", f"{told['opened_after']} / {told['tried']} 份"),
        ("销毁的密钥副本", "\n".join(told["copies"]) or "无"),
        ("没有动的同名文件（链接或不可写）", "\n".join(told.get("stayed", ())) or "无"),
        ("发现", f"{told['hits']} 处"),
        ("结论", _verdict(told)),
        *[("先前的证明", _earlier(each)) for each in told.get("earlier", ())],
    ]


def _earlier(told: Mapping[str, Any]) -> str:
    found = [hit for place in told["places"] for hit in place["hits"]]
    verdict = "得到证明" if told["holds"] else "没有得到证明"
    lines = [
        f"账本第 {told['seq']} 条　{local(str(told['at']))}　发现 {told['hits']} 处，{verdict}"
    ]
    return "\n".join([*lines, *found])


def _verdict(told: Mapping[str, Any]) -> str:
    """Never more than was seen."""
    unread = sum(len(place["unread"]) for place in told["places"])
    if not told["holds"]:
        return "没有得到证明：见下表"
    if told["resumed"]:
        return "密钥已毁，密文打不开；上次中途被终止，已知内容没能再查找"
    if unread:
        return (
            f"已抹除，读到的地方没有发现；{unread} 处没有读（读不了，或是通向别处的链接），须另查"
        )
    return "已抹除，得到证明"


def _place(what: str) -> str:
    kind, _, where = what.partition(" ")
    return f"{_PLACES[kind]} {where}".strip()


def title(told: Mapping[str, Any]) -> str:
    """Of the paper."""
    return f"数据抹除证明　{told['bucket']}"


def lead(told: Mapping[str, Any], site: str) -> str:
    """The line under it: whose, when, where in the ledger."""
    return f"{site}　账本第 {told['seq']} 条　{local(str(told['at']))}"
