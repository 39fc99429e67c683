"""Invented buildings whose acceptance begins, as the owners' platform writes them. Nobody and nothing exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import uscc

DIVISION = "320111"
_PARTIES = (
    "owner",
    "builder",
    "designer",
    "supervisor",
    "tester",
    "fireInstaller",
    "defenceInstaller",
)
_TRADES = ("置业", "建工", "设计院", "监理", "检测", "消防工程", "人防设备")
_PERMITS = {
    "landPermitNo": "YDGHXK",
    "planPermitNo": "GCGHXK",
    "constructionPermitNo": "SGXK",
    "fireDesignNo": "XFSJSC",
    "defenceNo": "RFSP",
}
"""Number of a permit → its type in the register of certificates."""
_HOLDERS = {
    "owner": "YYZZ",
    "designer": "SJZZ",
    "builder": "SGZZ",
    "supervisor": "JLZZ",
    "tester": "JCZZ",
    "fireInstaller": "XFSGZZ",
    "defenceInstaller": "RFAZZZ",
}
"""Party → the type of the certificate that says what it may do."""


@dataclass(frozen=True, slots=True)
class Building:
    """One building: what its owner states of it. What is not in ``said`` was not stated."""

    number: int
    said: Mapping[str, Any]

    @property
    def wire(self) -> dict[str, Any]:
        """As the platform takes it."""
        return dict(self.said)

    @property
    def certificates(self) -> Iterator[dict[str, str]]:
        """What the register has of it: a permit for each number, a certificate for each party."""
        for name, kind in _PERMITS.items():
            if name in self.said:
                yield _certificate(kind, str(self.said[name]), self.said["owner"])
        for name, kind in _HOLDERS.items():
            if name in self.said:
                party = self.said[name]
                yield _certificate(kind, f"{kind}-{party['uscc']}", party)


def _certificate(kind: str, number: str, holder: Mapping[str, str]) -> dict[str, str]:
    told = {"ZZBS": f"1.2.156.3005.2.{kind}.{number}", "ZZLXDM": kind, "ZZBH": number, "ZZMC": kind}
    return told | {"ZZBFJG": "示例发证机关", "ZZBFRQ": "20240506", "CZZTDM": holder["uscc"]}


def building(number: int, **changed: Any) -> Building:
    """The building of a number: flats that have everything; then what differs (None: not stated).

    >>> building(3, hasGas="0").said["hasGas"], "hasGas" in building(3, hasGas=None).said
    ('0', False)
    >>> len(building(7).said["projectCode"])
    24
    """
    parties = {
        name: {
            "name": f"示例{number}{trade}有限公司",
            "uscc": uscc.compose(DIVISION, 10 * number + place),
        }
        for place, (name, trade) in enumerate(zip(_PARTIES, _TRADES, strict=True))
    }
    told: dict[str, Any] = {
        "projectCode": f"2024-{DIVISION}-47-01-{100000 + number:06}",
        "buildingNo": f"{number}",
        "buildingName": f"示例花园 {number} 号楼",
        "address": f"示例路 {1 + number % 300} 号",
        "usage": "住宅",
        **parties,
        **{name: f"示例{kind}〔2024〕{number} 号" for name, kind in _PERMITS.items()},
        "area": str(8000 + number % 50 * 100),
        "height": str(30 + number % 40),
        "floors": str(8 + number % 20),
        "units": str(32 + number % 100),
        "fireClass": "1",
        **dict.fromkeys(("hasShelter", "isResidential", "hasGas", "hasGreen", "hasLift"), "1"),
        "contact": {"name": f"钱示例{number}", "phone": f"199{number:08}"},
    }
    whole = told | changed
    return Building(number, {name: value for name, value in whole.items() if value is not None})
