"""What order finance goes by at a site: which banks may ask, how often, and whose certificates count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.certificates import Certificate, RevocationList
from exchange.errors import Fact, Fatal, Forbidden, Invalid, Problem
from exchange.names import nearest
from mappings.identifiers import gb32100
from mappings.yaml_file import YamlFile, escape
from matters import durations, files
from matters.durations import Duration
from zhida import finance_trust
from zhida.finance_schema import FILE, SCHEMA
from zhida.site import Site

_PATIENCE, _RETENTION = 30, "10 years"


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that may ask."""

    unit: str
    uscc: str
    requests_per_day: int
    reads_per_day: int
    feed: str = ""
    """System to which its events are sent; empty: it asks for them."""
    credits: tuple[str, str] | None = None
    """System and stream from which its notices of credits are taken."""

    @classmethod
    def of(cls, unit: str, about: Mapping[str, Any]) -> Bank:
        """Out of the site's file."""
        told = dict(about)
        where = told.pop("credits", None)
        return cls(unit, **told, credits=(where["system"], where["stream"]) if where else None)


@dataclass(frozen=True, slots=True)
class FinanceRules:
    """All of it."""

    banks: Mapping[str, Bank]
    trust: tuple[Certificate, ...]
    folder: Path
    """Where the certificates and the revocation lists of ``trust`` lie."""
    patience_days: int
    retention: Duration

    def bank(self, unit: str) -> Bank:
        """The bank of that name. ``Forbidden`` for any other unit."""
        if unit not in self.banks:
            raise Forbidden("finance.not-a-bank", unit=unit)
        return self.banks[unit]

    def revocation_lists(self) -> tuple[RevocationList, ...]:
        """Read anew at each call: a list is replaced while the hub runs."""
        return finance_trust.lists(self.folder)


def is_there(folder: Path) -> bool:
    """Has the site anything to do with order finance?"""
    return (folder / FILE).is_file()


def load(site: Site) -> FinanceRules:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    found = files.read(site.folder / FILE, SCHEMA)
    problems = list(_mistakes(site, found))
    if problems:
        raise Invalid.of(problems)
    told, folder = found.data, _folder(site, found.data)
    return FinanceRules(
        banks={unit: Bank.of(unit, about) for unit, about in told["banks"].items()},
        trust=finance_trust.anchors(folder),
        folder=folder,
        patience_days=told.get("patience_days", _PATIENCE),
        retention=durations.parse(told.get("retention", _RETENTION)),
    )


def _folder(site: Site, told: Mapping[str, Any]) -> Path:
    return site.folder / str(told["enterprise_trust"])


def _mistakes(site: Site, found: YamlFile) -> Iterator[Problem]:
    yield from _trust(_folder(site, found.data), _at(found, "/enterprise_trust"))
    banks: Mapping[str, Any] = found.data["banks"]
    times = Counter(about["uscc"] for about in banks.values())
    for unit, about in banks.items():
        at = f"/banks/{escape(unit)}"
        if unit not in site.units:
            near = nearest(unit, site.units)
            yield Problem("finance.unknown-unit", {**_at(found, at), "unit": unit, "nearest": near})
        if not gb32100.is_valid(about["uscc"]):
            yield Problem("finance.bank-uscc", {**_at(found, f"{at}/uscc"), "unit": unit})
        elif times[about["uscc"]] > 1:
            yield Problem("finance.bank-twice", {**_at(found, f"{at}/uscc"), "unit": unit})
        yield from _systems(site, found, (unit, at), about)


def _systems(
    site: Site, found: YamlFile, where: tuple[str, str], about: Mapping[str, Any]
) -> Iterator[Problem]:
    """Those that the bank is reached by are its own, and of the right kind."""
    unit, at = where
    named = [("/feed", about.get("feed"), "bank_feed")]
    named.append(("/credits/system", about.get("credits", {}).get("system"), "feed"))
    for place, name, adapter in named:
        if name is None:
            continue
        line = _at(found, f"{at}{place}")
        system = site.systems.get(name)
        if system is None:
            near = nearest(name, site.systems)
            yield Problem("site.no-such-system", {**line, "system": name, "nearest": near})
        elif (system.unit, system.adapter) != (unit, adapter):
            told: dict[str, Fact] = {"system": name, "unit": unit, "adapter": adapter}
            yield Problem("finance.other-system", {**line, **told})


def _trust(folder: Path, where: Mapping[str, Fact]) -> Iterator[Problem]:
    try:
        finance_trust.anchors(folder)
        finance_trust.lists(folder)
    except Fatal as error:
        yield from (
            Problem(each.code, {**each.facts, "line": where["line"]}) for each in error.problems
        )


def _at(found: YamlFile, pointer: str) -> dict[str, Fact]:
    return {"file": FILE, "line": found.line(pointer)}
