"""What the owner and the units of a joint acceptance may say, and who may say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from matters.acceptance_parts import HUB, OWNER

LEAD = "lead"
UNIT = "unit"
"""Whoever decides the item that the event names."""


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened, nothing of a person in it."""

    name: str
    at: datetime
    role: str
    unit: str = ""
    items: tuple[str, ...] = ()
    """Of what a unit says: the one item. Of a fix: those that it answers."""
    materials: Mapping[str, str] | None = None
    """Material → digest, of what is handed in; → empty, of what is asked for."""
    parts: frozenset[str] = frozenset()
    """Parts of the building that were worked on."""
    checks: tuple[str, ...] = ()
    """Clauses that are not met."""
    until: date | None = None
    """By when it is to be mended."""
    verdict: str = ""
    """Of the joint opinion: ``pass`` or ``fail``."""
    why: str = ""
    """Of a pause: ``test`` or ``expert``."""
    visited: tuple[int, ...] = ()
    """Numbers of what was looked at, of a visit."""

    @property
    def item(self) -> str:
        """The one that it names."""
        return self.items[0] if self.items else ""

    @property
    def handed_in(self) -> Mapping[str, str]:
        """Material → digest."""
        return self.materials or {}


@dataclass(frozen=True, slots=True)
class Say:
    """One kind of event."""

    name: str
    title: str
    by: tuple[str, ...]
    item: bool = False
    """It names one item."""


SAYS: Mapping[str, Say] = {
    each.name: each
    for each in (
        Say("registered", "登记项目", (HUB,)),
        Say("submitted", "提交材料", (OWNER, HUB)),
        Say("assigned", "材料齐备，交给办理单位", (HUB,), item=True),
        Say("correction-asked", "一次性告知补正", (UNIT,), item=True),
        Say("paused", "检测或专家评审，暂停计时（已书面告知）", (UNIT,), item=True),
        Say("resumed", "恢复计时", (UNIT,), item=True),
        Say("visited", "现场查验", (UNIT,), item=True),
        Say("passed", "通过", (UNIT,), item=True),
        Say("remedy", "通过，限期整改", (UNIT,), item=True),
        Say("failed", "不通过", (UNIT,), item=True),
        Say("not-applicable", "不适用", (UNIT,), item=True),
        Say("silent", "期满未提意见，视为无意见", (HUB,), item=True),
        Say("lapsed", "结论有效期届满", (HUB,), item=True),
        Say("fixed", "整改完成", (OWNER,)),
        Say("extended", "批准延长联合验收期限", (LEAD,)),
        Say("opinion", "联合验收意见", (LEAD,)),
        Say("opinion-revoked", "撤销联合验收意见", (LEAD,)),
        Say("delivered", "交付", (HUB,)),
        Say("withdrawn", "撤回", (OWNER,)),
    )
}
RESULTS = ("passed", "remedy", "failed", "not-applicable")
"""What a unit may find."""
PAUSES: Mapping[str, str] = {"test": "检测", "expert": "专家评审"}
"""Why a period may stand still (行政许可法第四十五条)."""
