"""What the hub holds of a person itself, for that person (个人信息查阅复制, PIPL article 45).

Of a document only what stands beside the person's own number: the other parts are about others. Where
two people's numbers stand side by side, only the person's own number is told, for nobody can say by a
rule whose the name is. Erased bodies are told as erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exchange.document import Document
from exchange.errors import Fatal
from exchange.ports import Scalar
from exchange.store.subject_rows import AboutRow
from exchange.subject import places
from mappings import subjects
from zhida.hub import Hub
from zhida.person import Found, Subject
from zhida.person_told import Telling
from zhida.report_sections import Section

GONE = ("vault.bucket-gone", "document.gone")
HELD = {
    "kind_zh": "数据",
    "field_zh": "项目",
    "value": "内容",
    "custody_zh": "由谁保证",
    "as_of": "数据时间",
}
_ERASED = "保存期限已满，内容已删除，只留存提供记录"


def held(hub: Hub, whom: Subject, found: Found, telling: Telling) -> list[dict[str, Any]]:
    """The person's own fields in the newest version of each document, newest first."""
    told: list[dict[str, Any]] = []
    for row in _newest(found.documents):
        about = {"kind_zh": telling.kind(row.kind), "custody_zh": telling.custody(row)}
        about |= {"as_of": row.as_of, "document": row.id}
        try:
            own = own_fields(hub, whom, hub.archive.get(row.id))
        except Fatal as error:
            if error.code not in GONE:
                raise
            told.append(about | {"field": "", "field_zh": "—", "value": _ERASED, "erased": True})
            continue
        told += [
            about
            | {"field": p, "field_zh": telling.title(row.kind, p), "value": v, "erased": False}
            for p, v in ((path, _shown(value)) for path, value in own.items())
        ]
    return told


def own_fields(hub: Hub, whom: Subject, document: Document) -> Mapping[str, Scalar]:
    """What a document says of the subject, and of nobody else."""
    named = places(hub.vault.tag, subjects.named(document.fields))
    own: dict[str, Scalar] = {}
    for room in sorted({_room(path) for tag, path in named if tag in whom.tags}):
        there = {(tag, path) for tag, path in named if _room(path) == room}
        alone = all(tag in whom.tags for tag, _ in there)
        numbers = {path for tag, path in there if tag in whom.tags}
        own |= {
            path: value
            for path, value in document.fields.items()
            if path in numbers or (alone and _room(path) == room)
        }
    return own


def sections(telling: Telling, own: Iterable[Mapping[str, Any]]) -> Iterator[Section]:
    """The paper's tables: what is held, who has got what, who has looked."""
    yield Section("一、本中枢保存的本人信息", HELD, [*own], [_OWN])
    yield Section("二、向谁提供过", GIVEN, [given(each) for each in telling.exchanges()])
    looks = [each | {"kind_zh": LOOKS[each["kind"]]} for each in telling.looks()]
    yield Section(
        "三、谁查阅过这些记录", {"at": "时间", "by": "查阅人或单位", "kind_zh": "查阅内容"}, looks
    )


_OWN = "同一份材料中他人的信息不在此列。两人号码并列的部分只列本人号码。"
LOOKS = {
    "person-read": "交换记录", "facts-read": "企业事实", "evidence-export": "办件的证据包（含内容）",
    "row-proved": "名单中的一行（含内容）",
}  # fmt: skip
GIVEN = {
    "at": "时间", "matter_zh": "事项", "kind_zh": "数据", "way": "提供方 → 接收方", "fields": "提供的字段",
    "purpose": "目的 · 法律依据",
}  # fmt: skip


def given(row: Mapping[str, Any]) -> dict[str, Any]:
    """One exchange in a line of the table."""
    fields = "、".join(row["disclosed_zh"]) if row["gives"] != "reference" else "仅引用，不含内容"
    basis = "\n".join(filter(None, (row["purpose"], row["basis"], row["mark_zh"])))
    way = f"{row['provider_zh']}\n→ {row['receiver_zh']}（{row['way_zh']}）"
    return dict(row) | {"way": way, "fields": fields, "purpose": basis}


def _newest(rows: Iterable[AboutRow]) -> Iterator[AboutRow]:
    """Each document once, without those that a later version has replaced."""
    known = list(rows)
    replaced, seen = {each.supersedes for each in known}, set()
    for each in known:
        if each.id not in replaced and each.id not in seen:
            seen.add(each.id)
            yield each


def _room(path: str) -> str:
    return path.rpartition("/")[0]


def _shown(value: Scalar) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
