"""A legal period in a table's cell: until when, how long still, whether it stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_UNITS = {"day": "天", "working day": "个工作日"}


def until(row: Mapping[str, Any]) -> str:
    """The cell of an item of ``case_view.one``.

    >>> told = {"due_on": "2026-03-09", "left": 5, "unit": "working day", "paused": True}
    >>> print(until({"due_at": "", "clock": told | {"code": "", "overdue": False}}))
    2026-03-09
    还剩 5 个工作日（暂停中）
    """
    told = row.get("clock")
    if told is None:
        return str(row["due_at"])
    if not told["due_on"]:
        return "未知（缺节假日表）"
    day = f"{told['due_on']} 或更晚" if told["code"] else told["due_on"]
    pause = "（暂停中）" if told["paused"] else ""
    return f"{day}\n{_left(told)}{pause}"


def _left(told: Mapping[str, Any]) -> str:
    if told["left"] is None:
        return ""
    if told["overdue"]:
        return f"已逾期 {-told['left']} {_UNITS[told['unit']]}"
    return f"还剩 {told['left']} {_UNITS[told['unit']]}" if told["left"] else "今天到期"
