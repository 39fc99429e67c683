"""What the new procedure of joint acceptance saves, counted from the two procedures. Pure.

Each figure says how many of the entries that it is counted from are inferred: a figure that agrees with
the published one and rests on inferred entries shows that the figures fit together, and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from matters.acceptance_parts import PUBLIC, Dropped, Filing, Item, Material, Procedure

Entry = Filing | Item | Material
QUARTER = 2500
"""超过25%, in basis points."""


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of the district, and the sentence in which it stands."""

    value: int
    sentence: str
    over: bool = False
    """More than the value, not the value itself."""

    def agrees(self, value: int) -> bool:
        """Does what was counted fit it?

        >>> Published(2500, "压缩比率超过25%", over=True).agrees(2500)
        False
        """
        return value > self.value if self.over else value == self.value


_FILINGS = "建设单位由原来三次申报变为一次申报"
_COMMON = "质量、人防、消防监管共性材料压缩17件，压缩比率超过25%"
_FEWER = "减少2个环节事项、压缩46件过程性材料"
_LISTS = "形成“竣工即验收(交付)”改革19项事项清单和98项材料清单"
_STAGES = "将竣工验收阶段细分为“基础施工、主体施工、验收准备、联合验收、竣工备案(交付)”五大环节"
PUBLISHED = {
    "filings-before": Published(3, _FILINGS),
    "filings": Published(1, _FILINGS),
    "common-cut": Published(17, _COMMON),
    "common-share": Published(QUARTER, _COMMON, over=True),
    "process-cut": Published(46, _FEWER),
    "items-cut": Published(2, _FEWER),
    "stages": Published(5, _STAGES),
    "items": Published(19, _LISTS),
    "materials": Published(98, _LISTS),
}
"""The district's own words; what is not here it has not told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    name: str
    title: str
    value: int
    """A number; of ``common-share`` basis points."""
    entries: int
    """How many entries it is counted from."""
    inferred: int
    """How many of them are inferred."""

    @property
    def published(self) -> Published | None:
        """What the district told; None: nothing."""
        return PUBLISHED.get(self.name)

    @property
    def agrees(self) -> bool | None:
        """With what was published; None: nothing was."""
        return self.published.agrees(self.value) if self.published else None


@dataclass(frozen=True, slots=True)
class Common:
    """A document that several of the old filings asked for."""

    material: Material
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that is asked for no more, and why."""

    material: Material
    dropped: Dropped


@dataclass(frozen=True, slots=True)
class Savings:
    """The comparison."""

    figures: tuple[Figure, ...]
    common: tuple[Common, ...]
    process: tuple[Gone, ...]
    merged: tuple[tuple[Item, Item], ...]
    """Item of the old procedure, and the one that does its work."""
    added: tuple[Material, ...] = field(default=())
    """What only the new procedure asks for."""

    def value(self, name: str) -> int:
        """Of one figure."""
        return next(each.value for each in self.figures if each.name == name)


def compare(before: Procedure, after: Procedure) -> Savings:
    """Count it."""
    common, process = tuple(_common(before, after)), tuple(_process(before, after))
    merged = tuple(
        (before.items[old], after.items[new])
        for old, new in after.merged.items()
        if old in before.items and new in after.items
    )
    added = tuple(each for name, each in after.materials.items() if name not in before.materials)
    figures = (*_of_filings(before, after, common), *_of_lists(before, after, process))
    return Savings(figures, common, process, merged, added)


def _common(before: Procedure, after: Procedure) -> Iterator[Common]:
    """What is gone altogether is counted elsewhere, not here."""
    old, new = _submissions(before), _submissions(after)
    for name, count in old.items():
        if count > 1 and name in new:
            yield Common(after.materials[name], count, new[name])


def _submissions(procedure: Procedure) -> Counter[str]:
    return Counter(name for each in procedure.filings.values() for name in each.materials)


def _process(before: Procedure, after: Procedure) -> Iterator[Gone]:
    for name, each in before.materials.items():
        if each.process and name not in after.materials and name in after.dropped:
            yield Gone(each, after.dropped[name])


def _of_filings(
    before: Procedure, after: Procedure, common: tuple[Common, ...]
) -> Iterator[Figure]:
    old, new = before.filings.values(), after.filings.values()
    enclosed = [before.materials[name] for name in _submissions(before)]
    left = [after.materials[name] for name in _submissions(after)]
    total, cut = sum(_submissions(before).values()), sum(c.before - c.after for c in common)
    yield _figure("filings-before", "改革前的监管申报（次）", len(old), old)
    yield _figure("filings", "改革后的监管申报（次）", len(new), new)
    yield _figure("submissions-before", "改革前申报材料（件次）", total, enclosed)
    yield _figure("submissions", "改革后申报材料（件）", sum(_submissions(after).values()), left)
    yield _figure("common-cut", "共性材料压缩（件）", cut, [each.material for each in common])
    share = cut * 10_000 // total if total else 0
    yield _figure("common-share", "共性材料压缩比率", share, enclosed)


def _of_lists(before: Procedure, after: Procedure, process: tuple[Gone, ...]) -> Iterator[Figure]:
    items = (*before.items.values(), *after.items.values())
    fetched = [each for each in after.materials.values() if each.fetched]
    gone = [each.material for each in process]
    cut = len(before.items) - len(after.items)
    yield _figure("process-cut", "过程性材料压缩（件）", len(process), gone)
    yield _figure("items-cut", "环节事项减少（项）", cut, items)
    yield _stages(after)
    yield _figure("items-before", "改革前的事项（项）", len(before.items), before.items.values())
    yield _figure("items", "改革后的事项（项）", len(after.items), after.items.values())
    old, new = before.materials.values(), after.materials.values()
    yield _figure("materials-before", "改革前的材料（件）", len(old), old)
    yield _figure("materials", "改革后的材料（件）", len(new), new)
    yield _figure("fetched", "其中由中枢取得、不再提交（件）", len(fetched), fetched)


def _stages(after: Procedure) -> Figure:
    told = [each.source.startswith(PUBLIC) for each in after.stages.values()]
    return Figure("stages", "环节（个）", len(told), len(told), told.count(False))


def _figure(name: str, title: str, value: int, entries: Iterable[Entry]) -> Figure:
    told = [each.source.startswith(PUBLIC) for each in entries]
    return Figure(name, title, value, len(told), told.count(False))
