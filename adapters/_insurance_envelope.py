"""The JSON envelope of the national medical-insurance platform, made and read.

Source: the platform's interface documents as published by vendors (dossier C6). The spelling
``mdtrtarea_admvs`` beside ``insuplc_admdvs`` is the platform's own. How ``cainfo`` is made is
inferred from those documents (all parameters but ``cainfo`` and ``input``, sorted by name,
joined ``k=v&``, then the key): a real installation gives its own rule with its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
"""Insurance clocks are in China time, without a zone in the text (no summer time since 1991)."""


class UnreadableAnswerError(ValueError):
    """Not an answer of the platform. The caller knows whether anything was executed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, as registered with the platform."""

    institution: str
    """12 characters: fixmedins_code."""
    institution_name: str
    region: str
    """Six digits: medical-insurance region, not always equal to GB/T 2260."""
    system: str
    operator: str
    operator_name: str


def message_id(institution: str, at: datetime, effect_key: str) -> str:
    """``H`` + institution + time to the second + four digits that differ with the effect.

    The digits come from the effect key, so that two enrolments in one second differ while the
    same one keeps its number.

    >>> message_id("H32011700001", datetime(2026, 1, 5, 1, 0, tzinfo=CHINA), "k1")
    'HH32011700001202601050100000987'
    """
    digits = int.from_bytes(hashlib.sha256(effect_key.encode()).digest()[:4], "big") % 10_000
    return f"H{institution}{at.astimezone(CHINA):%Y%m%d%H%M%S}{digits:04d}"


def signature(parameters: Mapping[str, Any], secret: str) -> str:
    """``cainfo``: SM3 in hexadecimal over the sorted parameters and the shared key.

    >>> signature({"b": "2", "a": "1", "cainfo": "", "input": {}}, "s")[:16]
    '2ca9bc32992c087c'
    """
    names = sorted(name for name in parameters if name not in {"cainfo", "input"})
    joined = "&".join(f"{name}={parameters[name]}" for name in names)
    return hashlib.new("sm3", f"{joined}&key={secret}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Question:
    """One call: the number of the interface, its data, and where the person is insured."""

    number: str
    data: Mapping[str, Any]
    place: str = ""


def envelope(
    question: Question, sender: Sender, *, at: datetime, effect_key: str, secret: str
) -> dict[str, Any]:
    """The whole message for one call, signed."""
    parameters = {
        "infno": question.number,
        "msgid": message_id(sender.institution, at, effect_key),
        "mdtrtarea_admvs": sender.region,
        "insuplc_admdvs": question.place,
        "recer_sys_code": sender.system,
        "dev_no": "",
        "dev_safe_info": "",
        "signtype": "SM3",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": sender.operator,
        "opter_name": sender.operator_name,
        "inf_time": f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": sender.institution,
        "fixmedins_name": sender.institution_name,
        "sign_no": "",
    }
    cainfo = signature(parameters, secret)
    return parameters | {"cainfo": cainfo, "input": {"data": dict(question.data)}}


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer: whether it went well, the platform's text if not, and the output."""

    accepted: bool
    text: str
    reference: str
    output: Mapping[str, Any]


def outcome(body: object) -> Outcome:
    """Read an answer. Raises ``UnreadableAnswerError``.

    ``infcode`` comes as number or as text; ``output`` may be absent, and where it is a string
    it is encrypted, which needs a key that this system has not agreed upon.

    >>> outcome({"infcode": "0", "inf_refmsgid": "r", "output": {"psn_no": "1"}}).accepted
    True
    >>> outcome({"infcode": -1, "err_msg": "重复参保"}).text
    '重复参保'
    """
    if not isinstance(body, Mapping) or str(body.get("infcode")) not in {"0", "-1"}:
        raise UnreadableAnswerError
    output = body.get("output") or {}
    if not isinstance(output, Mapping):
        raise UnreadableAnswerError
    text, reference = (str(body.get(name) or "") for name in ("err_msg", "inf_refmsgid"))
    return Outcome(str(body["infcode"]) == "0", text, reference, output)


def insurances(output: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """``insuinfo`` of a 1101 answer: a list, an object when there is one, or absent.

    >>> insurances({"insuinfo": {"psn_no": "1"}})
    [{'psn_no': '1'}]
    """
    found = output.get("insuinfo") or []
    rows = [found] if isinstance(found, Mapping) else found
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise UnreadableAnswerError
    return rows
