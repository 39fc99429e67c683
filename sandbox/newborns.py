"""Newborns of every kind: what is so about one, told to everybody in the district who knows of it.

``facts`` names what differs from a plain birth (``father:none;follows:mother``), as the table of the
tests writes it. Nobody here exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sandbox import resident_id
from sandbox.births import birth

Facts = dict[str, Any]
NAMES = {
    "rare": "王㛃",
    "latin": "王Amy",
    "long": "阿卜杜热西提·阿卜杜热合曼",
    "undecided": "",
}
FOREIGN = {"03": ("E{0:08}", "840"), "06": ("H{0:08}", "344"), "07": ("{0:08}", "158")}
"""CV02.01.101 → form of an invented number, and a nationality (GB/T 2659)."""
ETHNICITIES = {"01": "汉族", "02": "蒙古族", "05": "维吾尔族"}
BANK = "102"
REFUSAL = "父母信息与人口库不一致"


@dataclass(frozen=True, slots=True)
class Newborn:
    """One birth as everybody sees it."""

    number: int
    facts: Facts
    """What the hospital records."""
    form: dict[str, str]
    """What the clerk fills in."""
    answers: dict[str, str] = field(default_factory=dict)
    """What the parents say when they are asked what was missing."""
    married: bool = True
    settled: bool = True
    """The mother's stay at the hospital."""
    expected: bool = False
    """Insured before its birth."""
    doubt: str = ""
    """Why the police do not register it."""
    by_hand_only: bool = False
    """The doubt is the officer's, not the register's."""

    @property
    def certificate(self) -> str:
        """Number of the certificate of birth."""
        return self.form["cszmbh"]

    @property
    def couple(self) -> tuple[str, str] | None:
        """Numbers of the mother and the father, if there is one."""
        mother, father = self.facts["mother"], self.facts.get("father")
        return (mother["id_number"], father["id_number"]) if father else None


def read(facts: str) -> dict[str, str]:
    """``a:b;c:d`` as a mapping.

    >>> read("father:none;follows:mother")
    {'father': 'none', 'follows': 'mother'}
    """
    return dict(each.split(":", 1) for each in facts.split(";") if each)


def newborn(number: int, told: Mapping[str, str]) -> Newborn:
    """The ``number``-th, with what is told of it."""
    known = told.get("certificate", "")
    plain = birth(
        number,
        father=told.get("father") != "none",
        signed=known in ("issued", "reissued"),
        replaces=f"X{310000000 + number}" if known == "reissued" else "",
        born_in=told.get("born_in", "institution"),
        died="202601060800" if told.get("died") else "",
    )
    facts, form = plain.facts, dict(plain.form)
    _parents(number, facts, told)
    _siblings(facts, told)
    if told.get("born") == "late":
        facts["child"]["born"] = "202412050130"
    form |= {"sbrxm": facts["mother"]["name"], "sbrsfz": _applicant(facts)}
    form |= {"sbrgx": "父亲"} if facts["mother"]["id_type"] != "01" else {}
    form |= {"sbrxm": facts["father"]["name"]} if form["sbrgx"] == "父亲" else {}
    return Newborn(
        number,
        facts,
        form | _said(told),
        _answers(form, facts, told),
        married=told.get("married") != "no",
        settled=told.get("mother") != "unsettled",
        expected=told.get("insured") == "before",
        doubt=REFUSAL if "refuses" in (told.get("police"), told.get("officer")) else "",
        by_hand_only="officer" in told,
    )


def lately(child: Newborn, today: date) -> Newborn:
    """The same child, born the day before ``today`` and declared on it."""
    born = f"{today - timedelta(days=1):%Y%m%d}{child.facts['child']['born'][8:]}"
    facts = child.facts | {"child": child.facts["child"] | {"born": born}}
    return replace(child, facts=facts, form=child.form | {"sqrq": today.isoformat()})


def _parents(number: int, facts: Facts, told: Mapping[str, str]) -> None:
    for who in ("mother", "father"):
        if who not in facts:
            continue
        facts[who]["ethnicity"] = told.get(f"{who}_ethnicity", facts[who]["ethnicity"])
        kind = told.get(f"{who}_id_type", "01")
        if kind != "01":
            form, nationality = FOREIGN[kind]
            facts[who] |= {"id_type": kind, "id_number": form.format(number)}
            facts[who] |= {"nationality": nationality, "ethnicity": "/"}


def _siblings(facts: Facts, told: Mapping[str, str]) -> None:
    """Of one mother and one moment; the certificates and the order differ."""
    group = told.get("twin") or told.get("triplet")
    if not group:
        return
    eldest = birth(900 + ord(group[0])).facts
    facts["mother"], facts["father"] = eldest["mother"], eldest["father"]
    facts["child"] |= {"born": eldest["child"]["born"], "multiple": "Y", "order": group[1:]}


def _applicant(facts: Facts) -> str:
    """Who comes to the window shows a citizen's card."""
    mother = facts["mother"]
    number: str = mother["id_number"] if mother["id_type"] == "01" else facts["father"]["id_number"]
    assert resident_id.is_valid(number)
    return number


def _said(told: Mapping[str, str]) -> dict[str, str]:
    """What the parents say at once."""
    follows = {"father": "0", "mother": "1", "other": "2"}[told.get("follows", "mother")]
    said = {"lhfs": follows, "xsly": "2" if told.get("surname") == "other" else "0"}
    said |= {"fkyh": "" if told.get("bank") == "none" else BANK}
    said |= {"xsexm": NAMES[told["name"]]} if "name" in told else {}
    said |= {"sfzsl": "1"} if told.get("identity_card") == "wanted" else {}
    differ = "/" in (told.get("mother_ethnicity"), told.get("father_ethnicity"))
    foreign = "mother_id_type" in told or "father_id_type" in told
    if "ethnicity" in told:
        said["xsemz"] = ETHNICITIES[told["ethnicity"]]
    elif (differ or "father_ethnicity" in told) and not foreign:
        said["xsemz"] = ""
    return said


def _answers(form: Mapping[str, str], facts: Facts, told: Mapping[str, str]) -> dict[str, str]:
    """And what they add when they are asked."""
    said, answers = _said(told), dict[str, str]()
    if not said.get("xsexm", form["xsexm"]):
        answers["xsexm"] = form["xsexm"]
    if not said.get("xsemz", form["xsemz"]):
        answers["xsemz"] = ETHNICITIES["01"]
    if not said["fkyh"]:
        answers["fkyh"] = BANK
    return answers
