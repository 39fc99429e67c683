"""A small procedure of joint acceptance, and buildings that go through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from exchange import times
from matters import acceptance, terms
from matters.acceptance_events import LEAD, SAYS, UNIT, Event
from matters.acceptance_parts import (
    HUB,
    OWNER,
    Check,
    Item,
    Material,
    Procedure,
    Silence,
    Stage,
    Whole,
)
from matters.acceptance_plan import Plan
from matters.acceptance_standing import Standing
from matters.conditions import Fields

START = datetime(2026, 3, 2, 9, tzinfo=times.CHINA)
"""A Monday."""


def item(name: str, stage: str, by: str, **more: Any) -> Item:
    more = {"parts": frozenset({name})} | more
    within = terms.legal(more.pop("within", "10 working days"))
    kind = more.pop("kind", "行政确认")
    return Item(name, f"{name}验收", stage, by, kind, "示例", "推定", within, **more)


def material(name: str, stage: str, *consumers: str, **more: Any) -> Material:
    return Material(name, f"{name}图", "设计单位", stage, frozenset(consumers), "推定", **more)


ITEMS = [
    item("base", "foundation", "station"),
    item("frame", "structure", "station", needs=frozenset({"base"})),
    item("fire", "joint", "fire", remind=terms.ahead("2 working days before")),
    item("shelter", "joint", "defence", when={"equal": {"/project/shelter": True}}),
    item("plan", "joint", "planning", valid=terms.legal("6 months")),
    item("trees", "joint", "green", kind="部门意见", silence=Silence("no-objection", "示例")),
    item("record", "filing", LEAD),
]
MATERIALS = [
    material("survey", "foundation", "base", "plan"),
    material("steel", "structure", "frame"),
    material("drawing", "joint", "fire", "plan", parts=frozenset({"frame"})),
    material("alarm", "joint", "fire"),
    material("doors", "joint", "shelter"),
    material("sheet", "filing", "record"),
]
PROCEDURE = Procedure(
    "after",
    "示例",
    "推定",
    roles={n: f"{n}局" for n in ("station", "fire", "defence", "planning", "green", LEAD, OWNER, HUB)},
    parts={each.name: each.name for each in ITEMS},
    stages={n: Stage(n, n, "推定") for n in ("foundation", "structure", "joint", "filing")},
    filings={},
    items={each.name: each for each in ITEMS},
    materials={each.name: each for each in MATERIALS},
    checks={
        each.name: Check(each.name, each.title, "示例", frozenset({each.name}), frozenset(), on_site=True)
        for each in ITEMS
    },
    whole=Whole(
        "joint", "联合验收", terms.legal("45 working days"), terms.legal("60 working days"), "示例"
    ),
)  # fmt: skip
PLAN = Plan(PROCEDURE, {"/project/shelter": True})


def plan(fields: Fields) -> Plan:
    return Plan(PROCEDURE, fields)


class House:
    """One building: what is said of it is taken at once, an hour after what was said before."""

    def __init__(self, of: Plan = PLAN, start: datetime = START) -> None:
        self.plan, self.at = of, start
        self.events: list[Event] = []
        self.say("registered")

    @property
    def standing(self) -> Standing:
        return acceptance.stand(self.plan, self.events)

    def event(self, name: str, *items: str, **more: Any) -> Event:
        by = SAYS[name].by[0]
        role = self.plan.procedure.items[items[0]].by if by == UNIT else by
        more = {"role": role} | more
        more["parts"] = frozenset(more.get("parts", ()))
        return Event(name, self.at, more.pop("role"), items=items, **more)

    def say(self, name: str, *items: str, **more: Any) -> Standing:
        """Take it, or refuse it."""
        self.at += timedelta(hours=1)
        event = self.event(name, *items, **more)
        found = acceptance.step(self.plan, self.standing, event)
        self.events.append(event)
        return found

    def hand_in(self, *names: str, version: str = "1") -> Standing:
        return self.say("submitted", materials={name: f"{name}-{version}" for name in names})

    def begin(self, *names: str) -> None:
        for name in names:
            self.say("assigned", name)

    def passes(self, *names: str) -> None:
        for name in names:
            self.say("passed", name)

    def to_joint(self) -> House:
        """All materials are there, and all units of the joint stage have it in hand."""
        self.hand_in(*(n for n in self.plan.materials if n != "sheet"))
        for name in ("base", "frame"):
            self.begin(name)
            self.passes(name)
        self.begin(*self.plan.of_stage("joint"))
        return self

    def later(self, **span: float) -> House:
        self.at += timedelta(**span)
        return self


def states(house: House, names: Iterable[str] = ()) -> dict[str, str]:
    return {n: house.standing.state(n) for n in (names or house.plan.items)}


def fail(house: House, name: str) -> None:
    house.say("failed", name, checks=(name,))


def remedy(house: House, name: str, until: date) -> None:
    house.say("remedy", name, checks=(name,), until=until)


def with_items(*items: Item) -> Plan:
    told = {**PROCEDURE.items, **{each.name: each for each in items}}
    return Plan(replace(PROCEDURE, items=told), PLAN.fields)
