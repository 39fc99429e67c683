"""Lists that a peer gives out in pages: all of it, or an error that says why not.

Error map (asking again from the start is harmless)::

    no list at its place                       Fatal      rest.no-rows
    the same page again                        Fatal      rest.pages-repeat
    more pages than any list has               Fatal      rest.pages-endless
    the total changed, or was not reached      Retriable  rest.pages-changed

Peers cut a page shorter than it was asked for without a word, so a short page is not the end: the
end is an empty page, the total that was told, or no further cursor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchange import pointer
from exchange.errors import Fatal, Retriable
from exchange.ports import Reply

_MOST = 10_000
_POINTER = {"type": "string", "pattern": "^(/.*)?$"}

PAGING: dict[str, Any] = {
    "title": "分页",
    "description": "page：页码加每页条数；cursor：以上一页给出的游标取下一页。",
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "rows", "field"],
    "properties": {
        "kind": {"title": "方式", "enum": ["page", "cursor"]},
        "rows": {
            "title": "列表在答复中的位置",
            "description": "JSON 指针；只有一条时对方写成对象的，也按一条读取。",
            **_POINTER,
        },
        "field": {
            "title": "页码或游标的参数名",
            "description": "请求正文（GET 为地址参数）的顶层字段。",
            "type": "string",
            "minLength": 1,
        },
        "first": {
            "title": "第一页的页码",
            "description": "用于 page。",
            "type": "integer",
            "minimum": 0,
            "default": 1,
        },
        "size_field": {"title": "每页条数的参数名", "type": "string", "default": ""},
        "size": {"title": "每页条数", "type": "integer", "minimum": 1, "default": 100},
        "total": {
            "title": "总条数在答复中的位置",
            "description": "JSON 指针；用于 page。填写后核对总数，读取期间总数变化则重读；不填则读到空页为止。",
            **_POINTER,
        },
        "next": {
            "title": "下一页游标在答复中的位置",
            "description": "JSON 指针；用于 cursor，缺省 /next；没有、为空即为最后一页。",
            **_POINTER,
        },
        "max_pages": {"title": "页数上限", "type": "integer", "minimum": 1, "default": _MOST},
    },
}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer and its rows."""

    reply: Reply
    rows: list[Any]


def pages(
    ask: Callable[[Mapping[str, Any]], Reply],
    body: Mapping[str, Any],
    rule: Mapping[str, Any],
    judge: Callable[[Reply], None] = lambda _: None,
) -> Iterator[Page]:
    """Every page with rows, in order. ``ask`` makes one call (that changes nothing) with a body.

    ``judge`` raises for an answer that is a refusal in good clothes. What was given out before an
    error is right but not all; who needs all keeps it until the iterator has ended.
    """
    way = _Numbers(rule) if rule["kind"] == "page" else _Cursors(rule)
    turn, before = way.first, b""
    for _ in range(rule.get("max_pages", _MOST)):
        reply = ask({**body, **_size(rule), **turn})
        judge(reply)
        if reply.raw == before:
            raise Fatal("rest.pages-repeat", field=rule["field"])
        before, rows = reply.raw, rows_at(reply.value, rule)
        if rows:
            yield Page(reply, rows)
        following = way.following(reply.value, rows)
        if following is None:
            return
        turn = following
    raise Fatal("rest.pages-endless", limit=rule.get("max_pages", _MOST))


class _Numbers:
    """By page number: the end is the total, or an empty page."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rule, self._number = rule, rule.get("first", 1)
        self._seen, self._total = 0, ""

    @property
    def first(self) -> Mapping[str, Any]:
        return {self._rule["field"]: self._number}

    def following(self, value: Any, rows: list[Any]) -> Mapping[str, Any] | None:
        self._seen += len(rows)
        total = text_at(value, self._rule["total"]) if "total" in self._rule else ""
        if "total" in self._rule:
            self._check(total, ended=not rows)
        if not rows or (total and self._seen == int(total)):
            return None
        self._number += 1
        return {self._rule["field"]: self._number}

    def _check(self, total: str, *, ended: bool) -> None:
        """Rows that came or went while we read have moved others from page to page."""
        before, self._total = self._total or total, total
        known = re.fullmatch("[0-9]{1,15}", total)
        if not known:
            raise Fatal("rest.no-rows", pointer=self._rule["total"])
        if total != before or self._seen > int(total) or (ended and self._seen < int(total)):
            raise Retriable("rest.pages-changed", seen=self._seen, total=int(total))


class _Cursors:
    """By the cursor that each answer gives for the next: the end is none."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rule = rule

    @property
    def first(self) -> Mapping[str, Any]:
        return {}

    def following(self, value: Any, rows: list[Any]) -> Mapping[str, Any] | None:
        told = text_at(value, self._rule.get("next", "/next"))
        return {self._rule["field"]: told} if told else None


def _size(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {rule["size_field"]: rule.get("size", 100)} if rule.get("size_field") else {}


def rows_at(value: Any, rule: Mapping[str, Any]) -> list[Any]:
    """The rows at ``rule["rows"]``; one that stands alone is one, an explicit null or empty text is none.

    ``Fatal`` where there is no list: nobody can tell then whether all was read.
    """
    place: str = rule["rows"]
    found = pointer.get(value, place)
    if isinstance(found, list):
        return found
    if isinstance(found, Mapping):
        return [found] if found else []
    parent, _, name = place.rpartition("/")
    around = pointer.get(value, parent)
    told = isinstance(around, Mapping) and name in around and found in (None, "")
    if told or ("total" in rule and text_at(value, rule["total"]) == "0"):
        return []
    raise Fatal("rest.no-rows", pointer=place)


def text_at(value: Any, place: str) -> str:
    """The text or whole number at a place; empty for anything else."""
    found = pointer.get(value, place)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
