"""What the portal takes, field by field, and what a firm that says yes fills in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox import uscc
from sandbox.moments import china_time

_MONEY = r"(0|[1-9][0-9]{0,13})\.[0-9]{2}"
_FIRM = {"uscc": ".{18}", "entName": ".{1,200}"}
_FORMS: Mapping[str, Mapping[str, str]] = {
    "list": {
        "serialNo": "[0-9a-f]{32}",
        "listNo": ".{1,64}",
        "policyName": ".{1,200}",
        "number": "[0-9]{1,8}",
        "amount": _MONEY,
        "days": "[1-9][0-9]?",
        "rows": "(?s).+",
        "digest": "[0-9a-f]{64}",
    },
    "question": {
        "serialNo": "[0-9a-f]{32}",
        "awardNo": ".{1,64}",
        **_FIRM,
        "policyName": ".{1,200}",
        "amount": _MONEY,
        "kind": "full|account",
    },
    "facts": {
        "serialNo": "[0-9a-f]{32}",
        "questionNo": ".{1,128}",
        **_FIRM,
        "policyName": ".{1,200}",
        "items": "(?s).+",
    },
    "message": {
        "serialNo": "[0-9a-f]{32}",
        "noticeNo": ".{1,128}",
        **_FIRM,
        "about": "[a-z]+",
        "title": ".{1,200}",
        "text": "(?s).{1,1000}",
    },
}
_NAMES = {"serialNo": "流水号", "uscc": "统一社会信用代码", "amount": "金额", "days": "公示天数"}


def complaint(kind: str, given: Mapping[str, Any]) -> str:
    """Why it is not taken; empty if nothing is wrong."""
    for name, form in _FORMS[kind].items():
        if not re.fullmatch(form, str(given.get(name, ""))):
            return f"{_NAMES.get(name, name)}不符合要求"
    if kind == "list" and not _adds_up(given):
        return "公示明细与笔数、金额不符"
    if "uscc" in _FORMS[kind] and not uscc.is_valid(str(given["uscc"])):
        return "统一社会信用代码不符合要求"
    return ""


def public_rows(text: str) -> list[dict[str, str]]:
    """What the public reads of a list: a line an award, by the number of which it objects."""
    told = csv.DictReader(io.StringIO(text))
    names = {"awardNo": "奖补编号", "entName": "企业名称", "amount": "金额（元）"}
    return [{name: row.get(heading) or "" for name, heading in names.items()} for row in told]


def _adds_up(given: Mapping[str, Any]) -> bool:
    rows = public_rows(str(given["rows"]))
    if not all(row["entName"] and re.fullmatch(_MONEY, row["amount"]) for row in rows):
        return False
    told = (int(given["number"]), Decimal(given["amount"]))
    return told == (len({row["awardNo"] for row in rows}), sum(Decimal(r["amount"]) for r in rows))


def yes(given: Mapping[str, Any], number: int) -> dict[str, str]:
    """The firm accepts, with an account of its own name."""
    said = {"willing": "1", "accName": str(given["entName"]), "accNo": f"43010000{number:010}"}
    said |= {"bankNo": "102301000014", "answerDate": china_time("%Y-%m-%d")}
    return said | ({"qualifies": "1", "acceptsClawback": "1"} if given["kind"] == "full" else {})
