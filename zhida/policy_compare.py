"""Two policies (or two states of one) compared by meaning: what was added, removed or changed.

Compared is what is decided by; comments, the order of keys and examples don't count. A place is told
as a person reads the file: 版本 2026 · 参数 每户上限. A version that only the later one has is told as
what it does otherwise than the version before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange import canonical
from matters.policy import Policy
from matters.policy_schema import SCHEMA

Row = dict[str, str]
_KINDS = ("count", "money", "ratio", "date", "code")
_PARTS = {
    "since": "施行日期",
    "until": "截止日期",
    "by": "按哪一天适用",
    "clauses": "条款",
    "parameters": "参数",
    "criteria": "条件",
    "award": "奖补",
    "budget": "预算",
    "other_clauses": "其他条款",
}


def differences(before: Policy, after: Policy) -> list[Row]:
    """One row a difference: ``place``, ``change`` (added, removed, changed), ``before``, ``after``."""
    left, right = _told(before), _told(after)
    rows = _rows("", _head(left), _head(right))
    versions = left["versions"], right["versions"]
    for version in (*before.versions, *after.versions):
        if version.name not in versions[0]:
            rows += _added(version.name, after, versions[1])
        elif version in before.versions:
            told = (dict(_version(each.get(version.name, {}))) for each in versions)
            rows += _rows(f"版本 {version.name} · ", *told)
    return rows


def _added(name: str, policy: Policy, versions: Mapping[str, Any]) -> list[Row]:
    """What a new version does otherwise than the one before it."""
    names = [each.name for each in policy.versions]
    base = names[names.index(name) - 1] if names.index(name) else ""
    first = _row(f"版本 {name}", "added", "", f"比照 {base}，不同处如下" if base else "首个版本")
    told = dict(_version(versions.get(base, {}))), dict(_version(versions[name]))
    return [first, *_rows(f"版本 {name} · ", *told)]


def _rows(head: str, left: Mapping[str, str], right: Mapping[str, str]) -> list[Row]:
    rows = []
    for place in dict.fromkeys([*left, *right]):
        one, two = left.get(place), right.get(place)
        if one != two:
            change = "added" if one is None else "removed" if two is None else "changed"
            rows.append(_row(f"{head}{place}", change, one or "", two or ""))
    return rows


def _row(place: str, change: str, before: str, after: str) -> Row:
    return {"place": place, "change": change, "before": before, "after": after}


def _told(policy: Policy) -> dict[str, Any]:
    content: dict[str, Any] = canonical.loads(policy.definition.encode())
    return content


def _head(told: Mapping[str, Any]) -> dict[str, str]:
    return {_title(key): _text(value) for key, value in told.items() if key != "versions"}


def _version(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in told.items():
        part = _PARTS.get(key, key)
        if key == "clauses":
            yield from ((f"{part}{name}", text) for name, text in value.items())
        elif key == "parameters":
            yield from (
                (f"{part} {each['title']}（${n}）", _number(each)) for n, each in value.items()
            )
        elif key == "award":
            yield from ((f"{part} {name}", _text(each)) for name, each in value.items())
        elif key == "criteria":
            yield from _criteria(value)
        else:
            yield part, _text(value)


def _criteria(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """One row for each clause and place in the tree: a criterion more is one difference."""
    for place, text in _tests(told, ""):
        yield f"条件 {place}", text


def _tests(told: Any, at: str) -> Iterator[tuple[str, str]]:
    words = {"all": "且", "any": "或", "none": "非"}
    for word, name in words.items():
        if word in told:
            for number, part in enumerate(told[word], 1):
                yield from _tests(part, f"{at}{name}{number}")
            return
    yield at or "1", _text(told)


def _number(parameter: Mapping[str, Any]) -> str:
    return next(str(parameter[kind]) for kind in _KINDS if kind in parameter)


def _title(key: str) -> str:
    about: Any = SCHEMA["properties"].get(key, {})
    return str(about.get("title", key))


def _text(value: Any) -> str:
    """
    >>> _text({"a": ["x", True], "b": 3})
    'a: [x, 是], b: 3'
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return str(value)
