"""Invented births for the demo and the tests: what the hospital knows, what the parents say.

Nobody here exists. Numbers have right check digits and a sequence that no office gives out in
such a row; telephone numbers lie in no operator's range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import resident_id


@dataclass(frozen=True, slots=True)
class Birth:
    """``facts`` for the hospital's ``POST /births``; ``form`` for the clerk's form 615."""

    facts: dict[str, Any]
    form: dict[str, str]


def birth(
    number: int = 1,
    *,
    father: bool = True,
    signed: bool = True,
    replaces: str = "",
    born_in: str = "",
    died: str = "",
) -> Birth:
    """The ``number``-th invented birth (1 … 4999); odd ones are boys.

    ``signed``: its certificate has a day of issue. ``replaces``: the number of the void one that it
    was issued for. ``born_in``, ``died``: as in ``hospital_message``, told where they are given.

    A day has a thousand of them, for the register has 500 numbers for the boys of one day.

    >>> birth(7).form["cszmbh"]
    'X320117007'
    """
    certificate = f"X{320117000 + number}"
    told = {"issued_on": "20260106"} if signed else {}
    told |= {"replaces": replaces} if replaces else {}
    child = {name: value for name, value in (("born_in", born_in), ("died", died)) if value}
    mother = _parent("李小直", "19960214", 2 * number)
    facts: dict[str, Any] = {
        "certificate": {"number": certificate, "issuer": HOSPITAL} | told,
        "facility": {"name": HOSPITAL, "uscc": USCC},
        "child": _child(number) | child,
        "mother": mother | {"mrn": f"M{number:06}"},
    }
    if father:
        facts["father"] = _parent("王知达", "19940808", 2 * number - 1)
    follows = "0" if father and number % 2 else "1"
    return Birth(facts, _form(certificate, mother, number) | {"lhfs": follows})


HOSPITAL = "溧水区示例妇幼保健院"
USCC = "12320117MB00000191"


def _child(number: int) -> dict[str, str]:
    return {
        "mrn": f"N{number:06}",
        "sex": "M" if number % 2 else "F",
        "born": f"2026010{5 - number // 1000}{number % 24:02}30",
        "place": "江苏省南京市溧水区示例妇幼保健院",
        "division": "320117",
        "multiple": "N",
        "order": "1",
        "weight_g": "3350",
        "length_cm": "50.5",
        "gestation": "39.3",
    }


def _parent(name: str, born: str, sequence: int) -> dict[str, str]:
    number = resident_id.compose("320117", born, sequence % 1000)
    codes = {"id_type": "01", "nationality": "156", "ethnicity": "01"}
    return {"name": name, "id_number": number} | codes


def _form(certificate: str, mother: dict[str, str], number: int) -> dict[str, str]:
    return {
        "cszmbh": certificate,
        "xsexm": f"王小直{'一二三四五六七八九'[number % 9]}",
        "xsemz": "汉族",
        "sbrxm": mother["name"],
        "sbrsfz": mother["id_number"],
        "sbrlxdh": f"1990000{number:04}",
        "sbrgx": "母亲",
        "cbd": "320117",
        "sqrq": "2026-01-07",
        "tysq": "1",
    }
