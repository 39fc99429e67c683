"""A birth in the hospital's own words: HL7 v2.5 ADT^A28, A08 and A29, as its system writes it.

Facts of a birth (JSON, as posted to ``/births``), all texts:
``certificate`` {number, issued_on yyyyMMdd (absent: not signed yet), issuer, replaces (the number of
the void one)}, ``facility`` {name, uscc},
``child`` {mrn, sex M|F|U, born yyyyMMddHHmm, place, division, multiple Y|N, order, weight_g,
length_cm, gestation ww.d, born_in "institution"|"elsewhere" (absent: not told), died yyyyMMddHHmm},
``mother`` and, unless absent, ``father`` {name, id_type, id_number, nationality, ethnicity}, mother
also {mrn}; ``charset`` "UNICODE UTF-8" or "GB 18030-2000";
``event`` "A28" (a birth), "A08" (the same told anew) or "A29" (taken back); ``recorded_at``
yyyyMMddHHmmss.ffff, else now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.moments import china_time

Facts = Mapping[str, Any]

CHARSETS = {"UNICODE UTF-8": "utf-8", "GB 18030-2000": "gb18030"}
"""HL7 table 0211 → Python's codec."""

_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}


def escape(text: str) -> str:
    r"""Text with the delimiters as HL7 escapes (HL7 v2.5, 2.7.1).

    >>> escape("a|b")
    'a\\F\\b'
    """
    return "".join(_ESCAPES.get(character, character) for character in text)


def message(facts: Facts, control_id: str) -> bytes:
    """The whole message, segments ended by CR, in the charset that MSH-18 names."""
    charset, event = facts.get("charset", "UNICODE UTF-8"), facts.get("event", "A28")
    recorded_at = facts.get("recorded_at") or china_time("%Y%m%d%H%M%S.%f")[:-2]
    segments = [_msh(control_id, charset, event), ["EVN", event, recorded_at]]
    segments += [_pid(facts), *_next_of_kin(facts), ["PV1", "1", "N"], *_observations(facts)]
    segments += [_certificate(facts)]
    text = "".join("|".join(segment) + "\r" for segment in segments)
    return text.encode(CHARSETS[charset])


_BORN_IN = {"institution": "1", "elsewhere": "2"}
"""ZCS-7, this hospital's own code."""
_STRUCTURES = {"A28": "ADT_A05", "A08": "ADT_A01", "A29": "ADT_A21"}


def _msh(control_id: str, charset: str, event: str) -> list[str]:
    head = ["MSH", "^~\\&", "HIS", "HOSPITAL", "SIGNER", "FRONTEND", china_time("%Y%m%d%H%M%S")]
    return head + [
        "",
        f"ADT^{event}^{_STRUCTURES[event]}",
        control_id,
        "P",
        "2.5",
        "",
        "",
        "",
        "",
        "CHN",
        charset,
    ]


def _pid(facts: Facts) -> list[str]:
    child, mother = facts["child"], facts["mother"]
    kin = {"M": "之子", "F": "之女"}.get(child["sex"], "之婴")
    field = {
        1: "1",
        3: f"{escape(child['mrn'])}^^^HOSP",
        5: escape(mother["name"][:1] + "某" + kin),
        7: child["born"],
        8: child["sex"],
        21: f"{escape(mother['mrn'])}^^^HOSP",
        23: escape(child["place"]),
        24: child["multiple"],
        25: child["order"],
    }
    if child.get("died"):
        field[29] = child["died"]
    return _segment("PID", field)


def _next_of_kin(facts: Facts) -> list[list[str]]:
    parents = [("mother", "MTH^Mother^HL70063"), ("father", "FTH^Father^HL70063")]
    there = [(facts[name], relation) for name, relation in parents if facts.get(name)]
    return [_kin(number, *parent) for number, parent in enumerate(there, 1)]


def _kin(number: int, parent: Facts, relation: str) -> list[str]:
    field = {
        1: str(number),
        2: escape(parent["name"]),
        3: relation,
        19: parent["nationality"],
        33: f"{escape(parent['id_number'])}^^^^{parent['id_type']}",
        35: parent["ethnicity"],
    }
    return _segment("NK1", field)


def _observations(facts: Facts) -> list[list[str]]:
    child = facts["child"]
    measured = [
        ("8339-4^BIRTH WEIGHT^LN", child["weight_g"], "g"),
        ("89269-5^BIRTH LENGTH^LN", child["length_cm"], "cm"),
        ("11884-4^GESTATIONAL AGE^LN", child["gestation"], "wk+d"),
    ]
    return [
        ["OBX", str(number), "NM", code, "", value, unit]
        for number, (code, value, unit) in enumerate(measured, 1)
    ]


def _certificate(facts: Facts) -> list[str]:
    certificate, facility = facts["certificate"], facts["facility"]
    field = {
        1: certificate["number"],
        2: certificate.get("issued_on", ""),
        3: escape(certificate.get("issuer") or facility["name"]),
        4: facility["uscc"],
        5: facts["child"]["division"],
    }
    if certificate.get("replaces"):
        field[6] = certificate["replaces"]
    if "born_in" in facts["child"]:
        field[7] = _BORN_IN[facts["child"]["born_in"]]
    return _segment("ZCS", field)


def _segment(name: str, field: Mapping[int, str]) -> list[str]:
    return [name] + [field.get(number, "") for number in range(1, max(field) + 1)]
