"""Facts of a birth as columns of the OA's forms, and the form of a registration as the register's.

What a person does by eye: a day is written with hyphens, a code by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import ethnic_groups
from sandbox.moments import is_date

_PLACES = {"institution": "1", "elsewhere": "2"}
_SEXES = {"M": "1", "F": "2"}
_RELATIONS = {"父亲": "51", "母亲": "52"}


def columns(facts: Mapping[str, Any]) -> dict[str, str]:
    """The facts that the ward wrote down (``sandbox.births``), in form 640."""
    certificate, child = facts["certificate"], facts["child"]
    filled = {
        "qfrq": _day(certificate.get("issued_on", "")),
        "qfjg": certificate["issuer"],
        "ythbh": certificate.get("replaces", ""),
        "csdlb": _PLACES.get(child.get("born_in", ""), ""),
        "swrq": _day(child.get("died", "")),
        "xb": _SEXES.get(child["sex"], "9"),
        "csrq": _day(child["born"]),
        "cssj": f"{child['born'][8:10]}:{child['born'][10:12]}",
        "cssx": child["order"],
        "sfdt": "1" if child["multiple"] == "Y" else "0",
        "csdqh": child["division"],
        "csdxz": child["place"],
        "cstz": child["weight_g"],
        "cssc": child["length_cm"],
        "csyz": child["gestation"],
        "jgmc": facts["facility"]["name"],
        "jgxydm": facts["facility"]["uscc"],
    }
    for letters, who in (("mq", "mother"), ("fq", "father")):
        filled |= _parent(letters, facts[who]) if who in facts else {}
    return filled


def _parent(letters: str, told: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{letters}xm": told["name"],
        f"{letters}zjlx": told["id_type"],
        f"{letters}zjhm": told["id_number"],
        f"{letters}gj": told["nationality"],
        f"{letters}mz": ethnic_groups.name(told.get("ethnicity", "")),
    }


def _day(digits: str) -> str:
    """``20260105`` (or more) with hyphens; what is no day stays as it is."""
    day = digits[:8]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if is_date(day, "%Y%m%d") else digits


def register_record(form: Mapping[str, str]) -> dict[str, str]:
    """Form 646 in the names of the birth register, for its own demands."""
    follows = "fqzjhm" if form.get("lhfs") == "0" else "mqzjhm"
    record = {
        "postid": form.get("ywlsh", ""),
        "mz": ethnic_groups.code(form.get("mz", "")),
        "csrq": form.get("csrq", "").replace("-", ""),
        "cssj": form.get("cssj", "").replace(":", ""),
        "csdssxq": form.get("csdqh", ""),
        "lhsfz": form.get(follows, ""),
        "jhryjhgx": _RELATIONS.get(form.get("sbrgx", ""), ""),
    }
    same = {name: name for name in ("cszmbh", "xm", "xb", "csdxz", "mqxm", "fqxm")}
    same |= {"mqgmsfhm": "mqzjhm", "fqgmsfhm": "fqzjhm", "sbrxm": "sbrxm", "sbrsfz": "sbrzjhm"}
    same |= {"sbrlxdh": "sbrlxdh", "jhryxm": "sbrxm", "jhrygmsfhm": "sbrzjhm"}
    return record | {theirs: form.get(ours, "") for theirs, ours in same.items()}
