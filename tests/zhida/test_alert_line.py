"""The line itself: one line, everything that the reader must know, nothing of a person."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from zhida import alert_line, alert_sinks

TOLD: dict[str, Any] = {
    "incident": "police-1",
    "kind": "system",
    "system": "police",
    "system_title": "户政常住人口系统",
    "unit_title": "溧水区示例公安分局",
    "code": "wire.refused",
    "what": "对方 10.0.0.8:8443 拒绝连接。",
    "remedy": "请对方检查服务是否启动",
    "contact": "户政科技员",
    "phone": "025-00000003",
    "waiting": 3,
    "due_at": "2026-12-20",
    "today": "2026-11-25",
    "urgent": False,
    "opened_at": "2026-11-22T03:33:00.000000Z",
    "told_at": "",
    "silenced_until": "",
    "silenced": False,
    "closed_at": "2026-11-25T03:40:00.000000Z",
}


def test_it_says_what_whose_since_when_can_it_wait_whom_to_call_and_what_to_do() -> None:
    assert alert_line.began(TOLD) == (
        "【直达】系统故障 police-1：户政常住人口系统（溧水区示例公安分局），"
        "对方 10.0.0.8:8443 拒绝连接 [wire.refused]。自 2026-11-22 11:33 起。"
        "可等：最早法定期限 2026-12-20，目前 3 件在等。请联系 户政科技员 025-00000003。"
        "办法：请对方检查服务是否启动。"
    )


def test_the_end_says_how_long_it_lasted_and_what_is_left() -> None:
    assert alert_line.ended(TOLD) == (
        "【直达】已恢复 police-1：户政常住人口系统（溧水区示例公安分局）。"
        "2026-11-22 11:33 至 2026-11-25 11:40，历时 3 天 0 小时。还有 3 件，正按先后办理。"
    )
    assert "没有积压" in alert_line.ended(TOLD | {"waiting": 0})
    assert "已处理" in alert_line.ended(TOLD | {"kind": "parked"})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"due_at": "2026-11-25", "urgent": True}, "不能等：3 件在等，最早的今天到期"),
        ({"due_at": "2026-11-20", "urgent": True}, "不能等：3 件在等，最早的已于 2026-11-20 到期"),
        ({"due_at": ""}, "可等：没有法定期限临近，目前 3 件在等"),
        ({"waiting": 0, "due_at": ""}, "可等：目前没有办件在等"),
        ({"kind": "source"}, "可等：已受理的照办；新来件还在对方系统里，恢复后补收"),
    ],
)
def test_whether_it_can_wait_is_computed_from_the_law_s_own_clocks(
    changed: dict[str, Any], expected: str
) -> None:
    assert alert_line.can_wait(TOLD | changed) == expected


def test_it_stays_one_line_whatever_the_peer_said() -> None:
    line = alert_line.began(TOLD | {"what": "a\nb\r\n c"})
    assert len(line.splitlines()) == 1


def test_one_that_is_told_again_after_a_silence_says_so() -> None:
    again = {
        "told_at": "2026-11-22T03:34:00.000000Z",
        "silenced_until": "2026-11-22T09:00:00.000000Z",
    }
    assert "系统故障（静默已结束） police-1" in alert_line.began(TOLD | again)
    assert "静默" not in alert_line.began(TOLD | again | {"silenced": True})


def test_a_site_without_contacts_is_told_so() -> None:
    assert "没有写联系人" in alert_line.began(TOLD | {"contact": "", "phone": ""})


def test_doctests() -> None:
    for module in (alert_line, alert_sinks):
        found = doctest.testmod(module)
        assert (found.failed, found.attempted > 0) == (0, True)
