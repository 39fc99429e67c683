"""``ledger.yaml``: who outside keeps the ledger's heads, and which authority stamps their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from crypto import keys, time_stamps
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from crypto.time_stamps import Authority
from exchange.errors import Fatal, Invalid, Problem
from exchange.names import nearest
from matters import files
from zhida.outside_schema import FILE, SCHEMA, is_there
from zhida.site import Site

STAMPER = "time-stamp"
"""The authority's name among the holders, and its incidents' system."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody under another account who keeps our heads."""

    name: str
    title: str
    key: Path
    folder: Path | None
    """Where letters are left for it and its answers lie; None: it comes to our endpoint."""
    silence: timedelta
    former_keys: tuple[Path, ...] = ()
    """With which it co-signed before: what is kept of it is good by them, nothing new is."""

    def public_key(self) -> PublicKey:
        """What its answers are signed with. ``Fatal`` if the file is no public key."""
        return self._load(self.key)

    def ever(self) -> list[PublicKey]:
        """With what its kept co-signatures may be signed. ``Fatal`` as above."""
        return [self._load(file) for file in (self.key, *self.former_keys)]

    def _load(self, file: Path) -> PublicKey:
        try:
            return keys.load_public(file.read_bytes())
        except (OSError, CryptoError):
            raise Fatal("outside.no-key", witness=self.name, file=file.name) from None


@dataclass(frozen=True, slots=True)
class Stamper:
    """A time-stamp authority (RFC 3161), and who must not go on without its stamp."""

    title: str
    connection: str
    anchor: Path
    policy: str
    every: timedelta
    within: timedelta
    """For how long a head may wait for its stamp."""
    required_by: frozenset[str]
    """Matters in which nothing is done while a head has waited longer."""
    former_anchors: tuple[Path, ...] = ()
    """To which stamps led before: what is kept is good by them, nothing new is."""

    def authority(self) -> Authority:
        """Whom we believe. ``Fatal`` if the file holds no certificate."""
        return _authority(self.anchor, self.policy)

    def ever(self) -> list[Authority]:
        """Whom to believe of kept stamps, a former one under any policy. ``Fatal`` as above."""
        return [self.authority(), *(_authority(file) for file in self.former_anchors)]


def _authority(file: Path, policy: str = "") -> Authority:
    try:
        return time_stamps.authority(file.read_bytes(), policy)
    except (OSError, CryptoError):
        raise Fatal("outside.no-anchor", file=file.name) from None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says; nothing where there is none."""

    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    stamper: Stamper | None = None


def load(told: Site) -> Settings:
    """The site's settings. ``Invalid`` with every mistake."""
    path = told.folder / FILE
    if not is_there(told.folder):
        return Settings()
    found = _settings(files.load(path, SCHEMA), told.folder)
    problems = [*_taken(found, told), *_strange(found, told)]
    if problems:
        raise Invalid.of(problems)
    return found


def steps(told: Site) -> Iterator[tuple[str, Callable[[], None]]]:
    """What ``zhida check`` looks at: the file, and that every key and anchor can be read."""
    if is_there(told.folder):
        yield "账本的见证与时间戳", partial(_check, told)


def _check(told: Site) -> None:
    found = load(told)
    for each in found.witnesses.values():
        each.ever()
    if found.stamper is not None:
        found.stamper.ever()


def _settings(told: Mapping[str, Any], folder: Path) -> Settings:
    witnesses = {
        name: _witness(name, each, folder) for name, each in told.get("witnesses", {}).items()
    }
    return Settings(
        witnesses, _stamper(told["time_stamp"], folder) if "time_stamp" in told else None
    )


def _witness(name: str, told: Mapping[str, Any], folder: Path) -> Witness:
    drop = folder / told["folder"] if "folder" in told else None
    silence = timedelta(hours=told.get("silent_hours", 24))
    former = tuple(folder / each for each in told.get("former_keys", ()))
    return Witness(name, told["title"], folder / told["key"], drop, silence, former)


def _stamper(told: Mapping[str, Any], folder: Path) -> Stamper:
    return Stamper(
        title=told["title"],
        connection=told["connection"],
        anchor=folder / told["anchor"],
        policy=told.get("policy", ""),
        every=timedelta(minutes=told.get("every_minutes", 10)),
        within=timedelta(minutes=told.get("within_minutes", 60)),
        required_by=frozenset(told.get("required_by", ())),
        former_anchors=tuple(folder / each for each in told.get("former_anchors", ())),
    )


def _taken(found: Settings, told: Site) -> Iterator[Problem]:
    """Incidents go by the name: one of a system would be mixed with that system's."""
    for name in found.witnesses:
        if name in told.systems or name == STAMPER:
            yield Problem("outside.name-taken", {"file": FILE, "witness": name})


def _strange(found: Settings, told: Site) -> Iterator[Problem]:
    for name in sorted(found.stamper.required_by if found.stamper else ()):
        if name not in told.matters:
            near = nearest(name, told.matters)
            yield Problem("site.no-matter", {"matter": name, "nearest": near})
