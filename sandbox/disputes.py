"""Invented labour disputes, as a window's form has them and as a platform writes them. Nobody exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import resident_id, uscc
from sandbox.moments import china_time

DIVISION = "320115"
STREETS = ("秣陵街道", "东山街道")
_SURNAMES, _JOBS = "赵钱孙李周吴郑王", ("木工", "保洁员", "快递员", "车工", "店员")
_COLUMNS: Mapping[str, str] = {
    "worker": "ldzxm",
    "id_number": "ldzsfz",
    "phone": "ldzdh",
    "address": "ldzdz",
    "job": "gw",
    "employer": "dwmc",
    "uscc": "dwxydm",
    "representative": "dwfr",
    "kind": "zylb",
    "claims": "qq",
    "facts": "ss",
    "evidence": "zj",
    "workers": "sjrs",
    "risk": "jhfx",
    "severity": "jjcd",
    "street": "jd",
    "migrant": "nmg",
    "relation": "ldgx",
    "mediator": "tjyy",
    "aid": "sqfy",
    "complaint": "yyts",
    "known": "zdrq",
    "due": "gzrq",
    "left": "lzrq",
    "mediate": "tytj",
    "share": "tyys",
}
"""What is known of a dispute → the column of form 625."""
_WIRE: Mapping[str, str] = {
    "kind": "disputeType",
    "facts": "facts",
    "workers": "workerCount",
    "risk": "risk",
    "severity": "level",
    "street": "street",
    "migrant": "migrant",
    "relation": "laborRelation",
    "mediator": "mediator",
    "aid": "legalAid",
    "complaint": "complaint",
    "known": "knowDate",
    "due": "wageDate",
    "left": "leaveDate",
    "mediate": "agreeMediate",
    "share": "agreeShare",
}
"""The same → the platform's member, where it is one of the whole."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute: what was said at the desk, as its form keeps it (codes and texts). Empty: not said."""

    number: int
    said: Mapping[str, str]

    @property
    def form(self) -> dict[str, str]:
        """Form 625 as the window fills it in."""
        told = {column: self.said.get(name, "") for name, column in _COLUMNS.items()}
        return {"djrq": china_time("%Y-%m-%d")} | {n: v for n, v in told.items() if v}

    @property
    def wire(self) -> dict[str, Any]:
        """As a platform writes it."""
        said = self.said
        told: dict[str, Any] = {m: said[n] for n, m in _WIRE.items() if said.get(n)}
        worker = {"name": said["worker"], "idNo": said.get("id_number"), "job": said.get("job")}
        worker |= {"phone": said.get("phone"), "address": said.get("address")}
        employer = {"name": said["employer"], "uscc": said.get("uscc")}
        told["worker"] = {n: v for n, v in worker.items() if v}
        told["employer"] = {n: v for n, v in employer.items() if v}
        told |= {"claims": [{"item": said["claims"]}]} if said.get("claims") else {}
        return told | ({"evidence": [{"name": said["evidence"]}]} if said.get("evidence") else {})


def dispute(number: int, **changed: str) -> Dispute:
    """The dispute of a number: unpaid wages of one worker, who agrees to everything; then what differs.

    >>> dispute(3, share="0").said["share"], dispute(3).said["worker"] == dispute(3).said["worker"]
    ('0', True)
    """
    birth = f"{1965 + number % 40}{1 + number % 12:02}{1 + number % 28:02}"
    said = {
        "worker": f"{_SURNAMES[number % len(_SURNAMES)]}示例{number}",
        "id_number": resident_id.compose(DIVISION, birth, number % 1000),
        "phone": f"199{number:08}",
        "address": f"示例路 {1 + number % 300} 号",
        "job": _JOBS[number % len(_JOBS)],
        "employer": f"示例{number % 50}劳务有限公司",
        "uscc": uscc.compose(DIVISION, number % 50 + 1),
        "kind": "01",
        "claims": f"支付拖欠的工资 {3000 + number % 90 * 100} 元",
        "facts": f"编号 {number} 的虚构争议：拖欠工资",
        "evidence": "考勤记录",
        "workers": "1",
        "risk": "0",
        "severity": "1",
        "relation": "1",
        "street": STREETS[number % len(STREETS)],
        "mediate": "1",
        "share": "1",
    }
    return Dispute(number, said | changed)
