"""``zhida catalogue``: every kind of document with its fields, who gives it, how new it is, who uses it.

What the site's files say and what the store has seen, side by side: an agreement that nobody uses, a
field that nobody gives, data that a joint service needs and nobody provides. No personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from exchange import canonical, times
from exchange.agreement import Agreement, Flow, permit
from exchange.errors import Forbidden, Rejected, ZhidaError
from exchange.names import nearest
from exchange.store import catalogue_rows, flow_rows
from exchange.store.catalogue_rows import Newest, Used
from exchange.store.objection_rows import ObjectionRow
from mappings import shapes
from mappings.shape import Shape
from zhida import (
    catalogue_doubts,
    catalogue_fields,
    catalogue_file,
    catalogue_reads,
    catalogue_sources,
    catalogue_syncs,
    freshness,
)
from zhida.catalogue_fields import Field
from zhida.catalogue_file import CatalogueFile, Declared
from zhida.catalogue_sources import Giver
from zhida.fact_sync import PURPOSE
from zhida.freshness import Age, Promise
from zhida.sync_file import Sync
from zhida.watch import Watch

LATELY = 90
"""Days that count as lately."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of document of one unit (信息资源)."""

    document: str
    provider: str
    title: str
    summary: str
    sensitive: str
    fields: tuple[Field, ...]
    givers: tuple[Giver, ...]
    """None: no system of this site gives it, and yet an agreement or the store names it."""
    agreements: tuple[Agreement, ...]
    """Those that name it, in force or not."""
    used: tuple[Used, ...]
    """What went of it lately."""
    whole: Age
    """By all systems together, under what the unit promises of it."""
    ages: Mapping[str, Age]
    """By system, under what is promised of that system's data."""
    declared: Declared

    @property
    def key(self) -> str:
        """By which commands know it: ``hospital/birth-record``."""
        return f"{self.provider}/{self.document}"

    def in_force(self, day: date) -> list[Agreement]:
        """The agreements that give it on a day."""
        return [each for each in self.agreements if each.valid_from <= day <= each.valid_until]

    @property
    def worst(self) -> Age:
        """Of all together, and of each system: the age that is worst off."""
        return max((self.whole, *self.ages.values()), key=_badness)


@dataclass
class Catalogue:
    """The catalogue of a site at one moment; ``days`` count as lately."""

    watch: Watch
    days: int = LATELY
    newest: list[Newest] = field(init=False)
    lately: list[Used] = field(init=False)
    doubts: Mapping[str, list[ObjectionRow]] = field(init=False)
    """Resource → objections (校核) to it that wait for its provider."""

    def __post_init__(self) -> None:
        """One state of the store."""
        since = times.stamp(self.watch.clock() - timedelta(days=self.days))
        with flow_rows.snapshot(self.watch.store) as connection:
            runs = catalogue_syncs.newest(connection, self.watch.site, self.syncs)
            self.newest = [*catalogue_rows.newest(connection), *runs]
            lists = catalogue_rows.datasets(connection, since)
            given = catalogue_syncs.used(
                connection, self.watch.site, self.syncs, since=since, day=self.today
            )
            moved = catalogue_rows.used(connection, since)
            read = catalogue_reads.used(connection, self.watch.site, since)
            self.lately = [*moved, *read, *self._as_uses(lists), *given]
            self.doubts = catalogue_doubts.pending(connection)

    def _as_uses(self, lists: Iterable[Newest]) -> Iterator[Used]:
        """A list of facts goes to the hub as a whole, under an agreement, and leaves no transfer."""
        site = self.watch.site
        for each in lists:
            gives = [f"/{name}" for g in self.givers if g.system == each.source for name in g.facts]
            flow = Flow(each.provider, site.unit, each.kind, PURPOSE)
            with suppress(Forbidden):  # it was allowed then, and is not any more
                name = permit(site.agreements, flow, self.today).id
                sides = (each.provider, site.unit, PURPOSE)
                yield Used(name, *sides, canonical.dumps(gives).decode(), each.number, each.came_at)

    @cached_property
    def syncs(self) -> list[Sync]:
        """The site's scheduled syncs."""
        return catalogue_syncs.of_site(self.watch.site)

    @cached_property
    def declared(self) -> CatalogueFile:
        """What the site's ``catalogue.yaml`` says."""
        return catalogue_file.load(self.watch.site)

    @cached_property
    def givers(self) -> list[Giver]:
        """Who gives what."""
        return catalogue_sources.givers(self.watch.site)

    @cached_property
    def promises(self) -> list[Promise]:
        """How new it is to be."""
        return freshness.promises(self.givers, self.declared)

    @property
    def today(self) -> date:
        """The civil day."""
        return times.civil_day(self.watch.clock())

    @cached_property
    def resources(self) -> list[Resource]:
        """All that somebody gives, an agreement names or the store has seen, by unit and kind.

        Data that a system could give and that nobody asks for is in it too: that is what a catalogue
        is for.
        """
        pairs = {(each.unit, each.document) for each in self.givers}
        pairs |= {(each.provider, each.document) for each in self.watch.site.agreements}
        pairs |= {(each.provider, each.kind) for each in self.newest}
        pairs |= {(provider, document) for document, provider in self.declared.resources}
        return [self._resource(provider, document) for provider, document in sorted(pairs)]

    def find(self, name: str) -> list[Resource]:
        """The resources of a kind, or the one of a unit and a kind. ``Rejected`` names the nearest."""
        found = [each for each in self.resources if name in (each.document, each.key, each.title)]
        if not found:
            known = {word for each in self.resources for word in (each.document, each.key)}
            raise Rejected("catalogue.unknown", name=name[:80], nearest=nearest(name, known))
        return found

    def _resource(self, provider: str, document: str) -> Resource:
        declared = self.declared.of(document, provider)
        givers = [g for g in self.givers if (g.unit, g.document) == (provider, document)]
        named = [
            a
            for a in self.watch.site.agreements
            if (a.provider, a.document) == (provider, document)
        ]
        used = [u for u in self.lately if u.agreement in {each.id for each in named}]
        shape = self._shape(document)
        schema = shape.schema if shape else {}
        bare = self._fields(shape, givers, declared) if shape else []
        in_force = [a for a in named if a.valid_from <= self.today <= a.valid_until]
        fields = catalogue_fields.with_agreements(bare, in_force, _disclosed(used))
        whole, ages = self._ages(provider, document, givers)
        return Resource(
            document=document,
            provider=provider,
            title=str(schema.get("title", document)),
            summary=str(schema.get("description", "")),
            sensitive=shape.sensitive if shape else "",
            fields=tuple(fields),
            givers=tuple(givers),
            agreements=tuple(named),
            used=tuple(used),
            whole=whole,
            ages=ages,
            declared=declared,
        )

    def _shape(self, document: str) -> Shape | None:
        """None of a kind that only old documents name; a wrong file is told by ``zhida check``."""
        try:
            return shapes.of(self.watch.site.folder).find(document)
        except ZhidaError:
            return None

    def _fields(self, shape: Shape, givers: Iterable[Giver], declared: Declared) -> list[Field]:
        facts = {name: fact for each in givers for name, fact in each.facts.items()}
        if facts:
            return catalogue_fields.of_facts(facts)
        return catalogue_fields.of_shape(
            shapes.of(self.watch.site.folder), shape, declared.personal
        )

    def _ages(
        self, provider: str, document: str, givers: Iterable[Giver]
    ) -> tuple[Age, dict[str, Age]]:
        rows = [n for n in self.newest if (n.provider, n.kind) == (provider, document)]
        own = [p for p in self.promises if (p.document, p.provider) == (document, provider)]
        now = self.watch.clock()
        whole = freshness.age(rows, freshness.strictest(own, ""), now)
        systems = dict.fromkeys([*(g.system for g in givers), *(n.source for n in rows)])
        ages = {
            system: freshness.age(
                [n for n in rows if n.source == system], freshness.strictest(own, system), now
            )
            for system in systems
            if system
        }
        return whole, ages


def _badness(age: Age) -> tuple[bool, int, bool]:
    """Late before in time, the later the worse, and what is promised before what is not."""
    return age.is_bad, age.late_s or 0, age.promise is not None


def _disclosed(used: Iterable[Used]) -> dict[str, frozenset[str]]:
    """Agreement → all fields that have really been given under it."""
    found: dict[str, frozenset[str]] = {}
    for each in used:
        paths = frozenset(canonical.loads(each.disclosed.encode()))
        found[each.agreement] = found.get(each.agreement, frozenset()) | paths
    return found
