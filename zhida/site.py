"""The site: the folder of YAML that a bureau's IT team edits, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from exchange import limits
from exchange.agreement import Agreement
from exchange.errors import Fatal, Invalid, Problem
from exchange.limits import Rate, Window
from exchange.names import nearest
from matters import files, matter, working_days
from matters.matter import Change, Item, Matter, Opening
from matters.working_days import Holidays
from zhida import matter_file, matter_fit, site_files, site_schemas
from zhida.site_operators import Operator, operator
from zhida.site_revocation import Revocation, revocation


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A bureau, hospital or bank, with the certificates of its signing keys."""

    name: str
    title: str
    certificates: tuple[Path, ...] = ()
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class System:
    """One program that a unit runs, and how to speak with it."""

    name: str
    title: str
    unit: str
    adapter: str
    connection: str
    path: Path
    """Its file in the site, to tell mistakes in its options by line."""
    options: Mapping[str, Any] = field(default_factory=dict)
    concurrency: int = 4
    rate: Rate | None = None
    windows: tuple[Window, ...] = ()
    """Hours in which it may be called; none: always."""
    mode: str = "live"
    """In which mode it begins; what an operator has said since wins (``zhida.legs``)."""
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Which robot is told of incidents, and in which form."""

    webhook: str
    style: str = "dingtalk"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the site's files say."""

    folder: Path
    name: str
    title: str
    unit: str
    suite: str
    cipher: str
    language: str
    store: str
    key: Path
    certificate: Path
    trust: Path
    units: Mapping[str, Unit]
    systems: Mapping[str, System]
    agreements: tuple[Agreement, ...]
    matters: Mapping[str, Matter]
    alerts: Alerts | None = None
    operators: Mapping[str, Operator] = field(default_factory=dict)
    proposal_days: int = 7
    """For how long a proposal waits for its second person."""
    revocation: Revocation = field(default_factory=Revocation)
    """Where the lists of revoked certificates come from."""
    holidays: Holidays = field(default_factory=lambda: working_days.of(None))
    """Working days, as far as they are known."""

    def store_url(self, var: Path) -> str:
        """The store's address with ``{var}`` filled in."""
        try:
            return self.store.format(var=var)
        except (KeyError, IndexError, ValueError):
            raise Fatal("site.store-url", reason=self.store) from None

    def system_of(self, item: Item) -> System:
        """The system in which ``item`` is done: its unit's, with its adapter."""
        return self.find_system(item.unit, item.adapter, item.operation)

    def find_system(self, unit: str, adapter: str, operation: str = "") -> System:
        """The one system of a unit that this adapter speaks for, or that has this name.

        By its name (with ``_`` for ``-``), because a unit may have several generic ones; of several
        desks the one whose file has the operation, because each matter brings its own.
        """
        named = matter_fit.named(self.systems.values(), unit, adapter)
        doing = [s for s in named if operation in s.options.get("operations", ())]
        found = doing if len(named) > 1 and len(doing) == 1 else named
        if len(found) != 1:
            raise Invalid("site.no-system", unit=unit, adapter=adapter, found=len(found))
        return found[0]

    def sources(self, matter: Matter) -> tuple[Opening | Change, ...]:
        """The streams of a matter that this site's units have."""
        return tuple(each for each in matter.sources if self.tells(each))

    def tells(self, source: Opening | Change) -> bool:
        """Has the unit the system of this stream? One that may be missing is asked after.

        What the hub makes itself comes from no system (``zhida.own_opening``).
        """
        if isinstance(source, Opening) and source.is_own:
            return False
        own = (s.adapter for s in self.systems.values() if s.unit == source.unit)
        return not source.optional or source.adapter in own

    def spokesman(self, unit: str) -> str:
        """The system whose contact is called about a unit's data; the unit itself if it has none."""
        return next((s.name for s in self.systems.values() if s.unit == unit), unit)

    def system(self, name: str) -> System:
        """A system of this site by name."""
        if name not in self.systems:
            raise Invalid("site.no-such-system", system=name, nearest=nearest(name, self.systems))
        return self.systems[name]

    def matter(self, name: str) -> Matter:
        """A matter of this site by name."""
        if name not in self.matters:
            raise Invalid("site.no-matter", matter=name, nearest=nearest(name, self.matters))
        return self.matters[name]


def load(folder: Path, *, with_matters: bool = True) -> Site:
    """Read every file of the site. ``Invalid`` tells all mistakes of all files at once.

    ``with_matters``: False for who asks about one that may not be right yet.
    """
    # It knows documents' shapes, and so keys: more than Airflow's dag processor has to load.
    from zhida import site_mistakes

    if not (folder / "site.yaml").is_file():
        raise Invalid("site.not-found", folder=str(folder))
    reading = _Reading(folder)
    told = reading.file(folder / "site.yaml", site_schemas.SITE)
    units = [_unit(t, p.parent) for p, t in reading.folder(folder / "units", site_schemas.UNIT)]
    systems = reading.systems()
    agreements = [
        found
        for path, t in reading.folder(folder / "agreements", site_schemas.AGREEMENT)
        if (found := reading.agreement(t, path)) is not None
    ]
    named_matters = told.get("matters", ()) if with_matters else ()
    matters = [reading.matter(name) for name in named_matters]
    people = reading.folder(folder / "operators", site_schemas.OPERATOR)
    reading.problems += [*site_files.strays(folder), *working_days.problems(folder)]
    if not reading.problems:
        named: dict[str, Any] = {
            "units": units,
            "systems": systems,
            "agreements": agreements,
            "matters": matters,
        }
        named["operators"] = [operator(t, p.parent) for p, t in people]
        site = _site(folder, told, named)
        reading.problems += site_mistakes.find(site, named)
    if reading.problems:
        raise Invalid.of(reading.problems)
    return site


def load_matters(folder: Path) -> list[Matter]:
    """Only the matters of the site: what Airflow's dag processor needs, and no more."""
    reading = _Reading(folder)
    told = reading.file(folder / "site.yaml", site_schemas.SITE)
    found = [m for name in told.get("matters", ()) if (m := reading.matter(name)) is not None]
    if any(item.optional for each in found for item in each.items.values()):
        systems = reading.systems()
        found = [matter_fit.fitted(each, systems) for each in found]
    if reading.problems:
        raise Invalid.of(reading.problems)
    return found


def matter_names(folder: Path) -> list[str]:
    """Only what the site calls its matters; none of them is read."""
    found: list[str] = files.load(folder / "site.yaml", site_schemas.SITE).get("matters", [])
    return found


def load_systems(folder: Path) -> dict[str, System]:
    """Only the systems, by name."""
    reading = _Reading(folder)
    found = reading.systems()
    if reading.problems:
        raise Invalid.of(reading.problems)
    return {each.name: each for each in found}


def load_units(folder: Path) -> dict[str, Unit]:
    """Only the units, with their certificates' places: what changes while the rest stays."""
    reading = _Reading(folder)
    told = reading.folder(folder / "units", site_schemas.UNIT)
    if reading.problems:
        raise Invalid.of(reading.problems)
    return {each.name: each for path, t in told for each in [_unit(t, path.parent)]}


@dataclass(slots=True)
class _Reading:
    """Reads on after a mistake, so that all of them are told."""

    site: Path
    problems: list[Problem] = field(default_factory=list)

    def file(self, path: Path, schema: site_schemas.Schema) -> dict[str, Any]:
        try:
            return files.load(path, schema)
        except Invalid as error:
            self.problems += error.problems
            return {}

    def folder(
        self, folder: Path, schema: site_schemas.Schema
    ) -> list[tuple[Path, dict[str, Any]]]:
        found = site_files.paths(folder.parent, folder.name)
        told = [(path, self.file(path, schema)) for path in found]
        return [(path, content) for path, content in told if content]

    def systems(self) -> list[System]:
        found = self.folder(self.site / "systems", site_schemas.SYSTEM)
        return [_system(content, path) for path, content in found]

    def agreement(self, told: Mapping[str, Any], path: Path) -> Agreement | None:
        try:
            return _agreement(told)
        except ValueError:  # of the right form, and not in the calendar
            days = f"{told['valid_from']}, {told['valid_until']}"
            self.problems.append(Problem("site.date", {"file": path.name, "day": days}))
            return None

    def matter(self, name: str) -> Matter | None:
        try:
            return matter.load(matter_file.find(self.site, name))
        except Invalid as error:
            self.problems += error.problems
            return None


def _site(folder: Path, told: Mapping[str, Any], named: Mapping[str, Any]) -> Site:
    return Site(
        folder=folder,
        name=told["site"],
        title=told["title"],
        unit=told["unit"],
        suite=told["suite"],
        cipher=told.get("cipher", "SM4-GCM"),
        language=told.get("language", "zh"),
        store=told.get("store", "sqlite:///{var}/store.db"),
        key=folder / told["key"],
        certificate=folder / told["certificate"],
        trust=folder / told.get("trust", "trust"),
        units={u.name: u for u in named["units"]},
        systems={s.name: s for s in named["systems"]},
        agreements=tuple(named["agreements"]),
        matters={
            m.name: matter_fit.fitted(m, named["systems"])
            for m in named["matters"]
            if m is not None
        },
        alerts=Alerts(**told["alerts"]) if "alerts" in told else None,
        operators={o.name: o for o in named["operators"]},
        proposal_days=told.get("proposal_days", 7),
        revocation=revocation(told.get("revocation", {}), folder),
        holidays=working_days.of(folder),
    )


def _contact(told: Mapping[str, Any]) -> Contact | None:
    return Contact(**told["contact"]) if "contact" in told else None


def _unit(told: Mapping[str, Any], folder: Path) -> Unit:
    certificates = tuple(folder / name for name in told.get("certificates", ()))
    return Unit(told["unit"], told["title"], certificates, _contact(told))


def _system(told: Mapping[str, Any], path: Path) -> System:
    return System(
        name=told["system"],
        title=told["title"],
        unit=told["unit"],
        adapter=told["adapter"],
        connection=told["connection"],
        path=path,
        options=told.get("options", {}),
        concurrency=told.get("concurrency", 4),
        rate=limits.rate(told["rate"]) if "rate" in told else None,
        windows=limits.windows(told["window"]) if "window" in told else (),
        mode=told.get("mode", "live"),
        contact=_contact(told),
    )


def _agreement(told: Mapping[str, Any]) -> Agreement:
    return Agreement(
        id=told["agreement"],
        provider=told["provider"],
        receiver=told["receiver"],
        document=told["document"],
        purpose=told["purpose"],
        basis=told["basis"],
        fields=tuple(told["fields"]),
        valid_from=date.fromisoformat(told["valid_from"]),
        valid_until=date.fromisoformat(told["valid_until"]),
        notice=told.get("notice", ""),
        consent=told.get("consent", ""),
        requires=told.get("requires", ""),
    )
