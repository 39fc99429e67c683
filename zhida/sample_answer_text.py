"""A tried sample for a person: the pointer of each value, the rules one by one, what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from zhida.sample_answer import UNKNOWN, VERDICTS

MOST = 200
"""Lines of the answer that are shown; ``--json`` has all."""
_LONGEST = 120
_TESTS = {
    "equals": "等于 {}",
    "one_of": "是 {} 之一",
    "matches": "符合 {}",
    "present": "有值",
    "absent": "没有值",
    "empty": "是空列表",
}

_ABOUT_ANOTHER = "generic.answer-about-another"

Found = Mapping[str, Any]


def for_people(operation: str, found: Found) -> str:
    """Several lines, in the order in which one looks for the mistake."""
    lines = [f"操作 {operation}：用样例试读应答，没有发送"]
    lines += [*_places(found), *_rules(found), *_same(found), *_verdict(found)]
    return "\n".join(lines)


def _places(found: Found) -> Iterator[str]:
    places = list(found.get("places", {}).items())
    if places:
        yield "应答的内容（位置  值）："
    for at, value in places[:MOST]:
        yield f"  {_pointer(at)}  {_value(value)}"
    if len(places) > MOST:
        yield f"  … 还有 {len(places) - MOST} 项（--json 全部列出）"
    for at in found.get("unread", ()):
        yield f"  ! unwrap 的位置 {_pointer(at)} 没有文本可读：核对位置"


def _rules(found: Found) -> Iterator[str]:
    if found["rules"]:
        yield "规则（各条全部成立才算）："
    for rule in found["rules"]:
        yield f"  {_mark(rule)} {rule['rule']} {VERDICTS[rule['rule']]}"
        for test in rule["tests"]:
            yield f"      {_mark(test)} {_pointer(test['at'])} {_wanted(test)}：{_stands(test)}"


def _wanted(test: Found) -> str:
    wanted = test["wanted"]
    words = "、".join(map(_value, wanted)) if isinstance(wanted, list) else _value(wanted)
    return _TESTS[test["test"]].format(words)


def _stands(test: Found) -> str:
    told = "没有" if test["found"] is None else f"应答是 {_value(test['found'])}"
    if not test["nearest"]:
        return told
    return f"{told}（规则写的是 {test['at']}，应答中有 {test['nearest']}）"


def _same(found: Found) -> Iterator[str]:
    if found["same"]:
        yield "须与所发一致："
    for pair in found["same"]:
        theirs, ours = _value(pair["found"]), _value(pair["sent"])
        mark = _mark(pair) if pair["found"] is not None or _must_say(found) else "–"
        yield f"  {mark} {pair['theirs']} = {pair['ours']}：应答 {theirs}，所发 {ours}"
    if found.get("problem", {}).get("code") == _ABOUT_ANOTHER:
        yield "  ! 样例说的是另一笔：把样例中的这些值改成所发的，再试"


def _must_say(found: Found) -> bool:
    """Who refuses, is busy or knows no login often leaves out what it is about."""
    return found["verdict"] in ("success", "stored", "there", "waiting", "")


def _verdict(found: Found) -> Iterator[str]:
    yield f"结论：{VERDICTS.get(found['verdict'], UNKNOWN)}"
    for key, title in (
        ("reference", "对方编号"),
        ("as_of", "事实的时间"),
        ("refusal_code", "拒绝代码"),
        ("refusal", "拒绝理由"),
    ):
        if found.get(key):
            yield f"  {title}：{found[key]}"
    if "record" in found:
        yield f"产出的数据：{json.dumps(found['record'], ensure_ascii=False, indent=1)}"
        yield "产出的数据不合规定：" if found["record_problems"] else "产出的数据符合其种类的规定"
    shown = [found["problem"]] if "problem" in found else []
    for problem in [*shown, *found["record_problems"]]:
        yield f"  {problem['what']} [{problem['code']}]"
        yield f"    → {problem['remedy']}"


def _mark(told: Found) -> str:
    return "✓" if told["holds"] else "✗"


def _pointer(at: str) -> str:
    return at or '""（整个应答）'


def _value(value: Any) -> str:
    if value is None:
        return "没有"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
