"""``serve.yaml``: read against its schema, and against the site around it, every mistake at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange import limits
from exchange.errors import Invalid, Problem
from exchange.limits import Rate
from exchange.names import nearest
from matters import files
from zhida.serve_schema import SERVE
from zhida.site import Site

FILE = "serve.yaml"
_RATE = "100 per second"


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may call the endpoint, in the name of a unit."""

    name: str
    title: str
    unit: str
    may: frozenset[str]
    rate: Rate
    common_name: str = ""
    connection: str = ""
    signs: bool = False
    """Whether its unit signs what it sends (``zhida.serve_body``)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says."""

    connection: str
    clients: Mapping[str, Client]
    without_tls: bool = False
    answer_seconds: int = 5


def load(told: Site) -> Settings:
    """The settings of the site's endpoint. ``Invalid`` with every mistake."""
    path = told.folder / FILE
    if not path.is_file():
        raise Invalid("serve.no-file", folder=str(told.folder))
    content = files.load(path, SERVE)
    settings = _settings(content)
    problems = [*_nameless(settings), *_twice(settings), *_strange_units(settings, told)]
    if problems:
        raise Invalid.of(problems)
    return settings


def is_there(folder: Path) -> bool:
    """Does the site have an endpoint at all?"""
    return (folder / FILE).is_file()


def _settings(told: Mapping[str, Any]) -> Settings:
    return Settings(
        connection=told["connection"],
        clients={name: _client(name, each) for name, each in told["clients"].items()},
        without_tls=told.get("without_tls", False),
        answer_seconds=told.get("answer_seconds", 5),
    )


def _client(name: str, told: Mapping[str, Any]) -> Client:
    return Client(
        name=name,
        title=told["title"],
        unit=told["unit"],
        may=frozenset(told["may"]),
        rate=limits.rate(told.get("rate", _RATE)),
        common_name=told.get("common_name", ""),
        connection=told.get("connection", ""),
        signs=told.get("signs", False),
    )


def _nameless(settings: Settings) -> Iterator[Problem]:
    """Nobody could ever be known as this client."""
    key = "connection" if settings.without_tls else "common_name"
    for client in settings.clients.values():
        if not getattr(client, key):
            yield Problem("serve.nameless-client", {"client": client.name, "key": key})


def _twice(settings: Settings) -> Iterator[Problem]:
    """One certificate is one client: else it would depend on their order who somebody is."""
    names = Counter(each.common_name for each in settings.clients.values() if each.common_name)
    for name, count in names.items():
        if count > 1:
            yield Problem("serve.name-twice", {"name": name, "count": count})


def _strange_units(settings: Settings, told: Site) -> Iterator[Problem]:
    for client in settings.clients.values():
        if client.unit not in told.units:
            near = nearest(client.unit, told.units)
            yield Problem("site.no-unit", {"file": FILE, "unit": client.unit, "nearest": near})
