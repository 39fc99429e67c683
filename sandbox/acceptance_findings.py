"""What an inspector finds, drawn from a seed: the same building, item and round always come to the same.

Names of clauses and materials are read from the slip: each entry begins with one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"(?:^|[；;\n])[\W\d]*([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?![\w-])")
_NUMBERS = re.compile(r"[：:]\s*(\d+(?:[、,，]\s*\d+)*)")


def names(text: str) -> tuple[str, ...]:
    """The names with which a slip's entries begin.

    >>> names("escape 疏散楼梯；2. escape-lit 应急照明（GB 51309）；说明")
    ('escape', 'escape-lit')
    """
    return tuple(_NAME.findall(text))


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that were drawn, behind a colon.

    >>> numbers("住宅户，120 户抽查 3 户：4、17、98")
    (4, 17, 98)
    """
    found = _NUMBERS.search(text)
    return tuple(int(each) for each in re.findall(r"\d+", found[1])) if found else ()


@dataclass(frozen=True, slots=True)
class Slip:
    """What lies on an inspector's desk."""

    acceptance: str
    item: str
    round: int
    checks: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    drawn: tuple[int, ...] = ()

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Slip:
        """As the OA's form 693 shows it."""
        return cls(
            form["ysbh"],
            form["ysx"],
            int(form.get("djc") or 1),
            names(form.get("jcnr", "")),
            names(form.get("cl", "")),
            numbers(form.get("ccfa", "")),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an inspector tells, by form 628."""

    event: str
    checks: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    why: str = ""
    days: int = 0
    """Until when it is to be mended, counted from today."""
    visited: tuple[int, ...] = ()
    verdict: str = ""


Finds = Callable[[Slip], list[Step]]
"""What comes of a slip, in the order in which it is told. After a correction the rest waits for the owner."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Most pass. ``chances``: of a hundred, how many are found so; the rest pass at once."""

    seed: int = 0
    chances: Mapping[str, int] = field(
        default_factory=lambda: {"failed": 12, "remedy": 8, "correction-asked": 8, "paused": 5}
    )
    rounds: int = 3
    """In this round and later ones everything passes, so that every building comes to an end."""

    def __call__(self, slip: Slip) -> list[Step]:
        """What is told of it."""
        if slip.item == "opinion":
            return [Step("opinion", verdict="pass")]
        chance = random.Random(f"{self.seed}/{slip.acceptance}/{slip.item}/{slip.round}")
        seen = [Step("visited", visited=slip.drawn)] if slip.drawn else []
        return seen + (self._drawn(slip, chance) or [Step("passed")])

    def _drawn(self, slip: Slip, chance: random.Random) -> list[Step]:
        thrown = chance.randrange(100) if slip.round < self.rounds else 100
        for event, share in self.chances.items():
            if (thrown := thrown - share) < 0:
                return _steps(event, slip, chance)
        return []


def _steps(event: str, slip: Slip, chance: random.Random) -> list[Step]:
    """Nothing where the slip names no clause or material that it could be about."""
    if event == "paused":
        return [Step(event, why=chance.choice(("test", "expert"))), Step("resumed"), Step("passed")]
    about = slip.materials if event == "correction-asked" else slip.checks
    if not about:
        return []
    chosen = tuple(sorted(chance.sample(about, min(len(about), chance.randint(1, 2)))))
    if event == "correction-asked":
        return [Step(event, materials=chosen), Step("passed")]
    return [Step(event, checks=chosen, days=30 if event == "remedy" else 0)]
