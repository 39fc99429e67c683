"""The award of a policy file to a rule over facts: one form each, tiers that rise, kinds that fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from matters import criteria_file
from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.criteria import Node, Term
from matters.policy_reading import Reading

_FORMS: Mapping[str, frozenset[str]] = {
    "each": frozenset({"each", "pay"}),
    "share": frozenset({"share", "rate"}),
    "by": frozenset({"by", "tiers"}),
    "first_of": frozenset({"first_of"}),
    "sum": frozenset({"sum"}),
}
_NOTHING = Fixed(0)


def award(reading: Reading, told: Mapping[str, Any], at: str) -> Award:
    """The award of a version."""
    if ("pay" in told) == ("stages" in told):
        reading.wrong("policy.pay", at, found=", ".join(told) or "-")
    rounding = told.get("round", {})
    unit = reading.money(rounding["to"], f"{at}/round/to") if rounding else 1
    if unit == 0:
        reading.wrong("policy.value", f"{at}/round/to", text=rounding["to"][:30], wanted="money")
    return Award(
        stages=tuple(_stages(reading, told, at)),
        cap=reading.money(told["cap"], f"{at}/cap") if "cap" in told else None,
        less=tuple(_money_facts(reading, told.get("less", ()), f"{at}/less")),
        unit=unit,
        rounding=rounding.get("how", "down"),
        clauses=reading.each_clause(told.get("clause", ()), f"{at}/clause"),
    )


def _stages(reading: Reading, told: Mapping[str, Any], at: str) -> list[Stage]:
    if "pay" in told:
        return [Stage("", "", None, _rule(reading, told["pay"], f"{at}/pay"))]
    return [
        Stage(
            name=name,
            title=stage.get("title", name),
            when=_when(reading, stage, f"{at}/stages/{name}"),
            pay=_rule(reading, stage["pay"], f"{at}/stages/{name}/pay"),
        )
        for name, stage in told.get("stages", {}).items()
    ]


def _when(reading: Reading, told: Mapping[str, Any], at: str) -> Node | None:
    if "when" not in told:
        return None
    return criteria_file.node(reading, told["when"], f"{at}/when")


def _money_facts(reading: Reading, names: list[str], at: str) -> list[str]:
    for i, name in enumerate(names):
        found = reading.fact(name, f"{at}/{i}")
        if found and found.kind != "money":
            reading.wrong("policy.kind", f"{at}/{i}", name=name, kind=found.kind, word="less")
    return names


def _rule(reading: Reading, told: Any, at: str) -> Rule:
    if isinstance(told, str):
        return Fixed(reading.money(told, at))
    form = next((word for word in _FORMS if word in told), "")
    if not form or set(told) != _FORMS[form]:
        reading.wrong("policy.pay", at, found=", ".join(told) or "-")
        return _NOTHING
    return _READERS[form](reading, told, at)


def _each(reading: Reading, told: Mapping[str, Any], at: str) -> Rule:
    of = _term(reading, told["each"], f"{at}/each", ("count",), word="each")
    return Each(of, reading.money(told["pay"], f"{at}/pay"))


def _share(reading: Reading, told: Mapping[str, Any], at: str) -> Rule:
    of = _term(reading, told["share"], f"{at}/share", ("money",), word="share")
    rate = reading.ratio(told["rate"], f"{at}/rate")
    if rate.numerator < 0:
        reading.wrong("policy.negative", f"{at}/rate", text=told["rate"][:30])
    return Share(of, rate)


def _by(reading: Reading, told: Mapping[str, Any], at: str) -> Rule:
    by, kind = criteria_file.plain_term(reading, told["by"], f"{at}/by")
    if kind not in ("", "count", "money"):
        reading.wrong("policy.kind", f"{at}/by", name=" ".join(by.facts), kind=kind, word="by")
    tiers = []
    for i, tier in enumerate(told["tiers"]):
        place = f"{at}/tiers/{i}"
        start = (
            reading.value(tier["from"], kind, f"{place}/from") if kind in ("count", "money") else 0
        )
        tiers.append(Tier(int(str(start)), reading.money(tier["pay"], f"{place}/pay")))
    for i, (lower, higher) in enumerate(pairwise(tiers), 1):
        if kind in ("count", "money") and higher.start <= lower.start:
            reading.wrong("policy.tiers", f"{at}/tiers/{i}")
    return Tiers(by, tuple(tiers))


def _first_of(reading: Reading, told: Mapping[str, Any], at: str) -> Rule:
    branches = []
    for i, branch in enumerate(told["first_of"]):
        place = f"{at}/first_of/{i}"
        if "when" not in branch and i + 1 < len(told["first_of"]):
            reading.wrong("policy.branch", place)
        when = _when(reading, branch, place)
        branches.append(Branch(when, _rule(reading, branch["pay"], f"{place}/pay")))
    return FirstOf(tuple(branches))


def _sum(reading: Reading, told: Mapping[str, Any], at: str) -> Rule:
    parts = enumerate(told["sum"])
    return Sum(tuple(_rule(reading, part, f"{at}/sum/{i}") for i, part in parts))


def _term(reading: Reading, told: Any, at: str, kinds: tuple[str, ...], *, word: str) -> Term:
    of, kind = criteria_file.plain_term(reading, told, at)
    if kind and kind not in kinds:
        reading.wrong("policy.kind", at, name=" ".join(of.facts), kind=kind, word=word)
    return of


_READERS: Mapping[str, Callable[[Reading, Mapping[str, Any], str], Rule]] = {
    "each": _each,
    "share": _share,
    "by": _by,
    "first_of": _first_of,
    "sum": _sum,
}
