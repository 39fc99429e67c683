"""Materials of a building that others than its owner have: who has them, and what they answer when asked."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import large_bytes
from sandbox.moments import china_time
from sandbox.project_library import PAPERS

CERTIFICATES = frozenset(
    {
        "land-use-permit",
        "plan-permit",
        "construction-permit",
        "fire-design-review",
        "defence-permit",
        "owner-licence",
        "designer-qualification",
        "builder-qualification",
        "supervisor-qualification",
        "tester-qualification",
        "defence-installer",
        "fire-installer",
    }
)
"""What the register of certificates has."""
ASKED: Mapping[str, str] = {
    "line-check-notice": "规划验线合格通知",
    "inspection-records": "监督检查记录（质量、消防、人防一次检查）",
    "water-agreement": "供水接入方案和供用水合同",
    "power-plan": "供电方案答复单",
    "gas-agreement": "燃气接入方案和供用气合同",
    "drainage-plan": "排水接管审查意见",
    "supervision-report": "工程质量监督报告",
}
"""What the people of a unit have, by its title on their desk."""
AFTER: Mapping[str, str] = {
    "line-check-notice": "line-check",
    "supervision-report": "quality-supervision",
}
"""What is there only when this has passed."""
FROM_OTHERS = CERTIFICATES | ASKED.keys() | PAPERS.keys() | {"joint-opinion"}
"""What no owner hands in: others have it, or the hub gets it sealed."""
SIZE = 4096


def asked(title: str) -> str:
    """The material that a task is about, by the task's title.

    >>> asked("提供：供电方案答复单")
    'power-plan'
    """
    return next(name for name, told in ASKED.items() if told in title)


def answer(name: str, acceptance: str, department: str) -> dict[str, str]:
    """What is written into form 697."""
    told = {"wh": f"示例〔2026〕{acceptance[-4:]} 号", "clmc": ASKED[name], "cjdw": department}
    told |= {"cjrq": china_time("%Y-%m-%d"), "wjdx": str(SIZE)}
    told["wjzy"] = large_bytes.sm3(f"{name}/{acceptance}", SIZE)
    return told | {"bljg": "1", "blyj": "已提供"}
