"""The bank desk's files while the endpoint runs: what was reviewed and changed counts from the next call on.

Each file by itself: one that is broken stays as it was read last, an incident tells so, and the others still change, so
a bank or a firm that was taken out is out whatever else is wrong. Where ``finance.yaml`` is gone nobody has decided
anything: that is broken too. Units, systems and agreements are the site's, and need a restart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from exchange import incident
from exchange.errors import ZhidaError
from exchange.incident import Trouble
from exchange.store import incident_rows
from matters import core_list_file, files, finance_file, finance_reasons
from zhida import finance_rules
from zhida.finance_answers import Desk
from zhida.finance_rules import FinanceRules
from zhida.finance_schema import FILE
from zhida.hub import Hub
from zhida.serve_route import Call, Route, Told

KIND = "finance-files"
_log = logging.getLogger(__name__)
Version = tuple[object, ...]


@dataclass(slots=True)
class _Kept:
    """One file of the desk, with what it said last."""

    name: str
    load: Callable[[], Any]
    seen: Callable[[Any], Version]
    """Its version, of what it said last: it names others that belong to it."""
    value: Any = None
    version: Version = ()


class Live:
    """Routes that are answered by what the files say now. Thread-safe. ``Invalid`` where one is wrong at the start.

    ``make``: the routes of a desk; always the same ones.
    """

    def __init__(self, hub: Hub, make: Callable[[Desk], Sequence[Route]]) -> None:
        self._hub, self._make, self._lock = hub, make, Lock()
        self._files = _files(hub)
        for each in self._files.values():
            each.value = each.load()
            _end(hub, each.name)
        self._routes = self._made()

    def routes(self) -> tuple[Route, ...]:
        """Of the endpoint."""
        return tuple(
            replace(route, answer=partial(self._answer, n)) for n, route in enumerate(self._routes)
        )

    def _answer(self, number: int, call: Call) -> Told:
        with self._lock:
            changed = [name for name, each in self._files.items() if self._look(each)]
            if changed:
                self._routes = self._made()
            route = self._routes[number]
        return route.answer(call)

    def _look(self, kept: _Kept) -> bool:
        """Does it say something else now? However it is, it is read once until it changes again."""
        version = kept.seen(kept.value)
        if version == kept.version:
            return False
        try:
            value = kept.load()
        except ZhidaError as error:
            _begin(self._hub, kept.name, error)
            kept.version = version
            return False
        _end(self._hub, kept.name)
        is_new: bool = value != kept.value
        kept.version, kept.value = version, value
        if is_new:
            _log.info("read anew file=%s", kept.name)
        return is_new

    def _made(self) -> tuple[Route, ...]:
        return tuple(self._make(Desk(self._hub, **{n: k.value for n, k in self._files.items()})))


def _files(hub: Hub) -> dict[str, _Kept]:
    """By their fields of ``Desk``."""
    folder = hub.site.folder
    rules, checks, core = folder / FILE, finance_file.SHIPPED, core_list_file.SHIPPED
    of_checks = partial(_seen, folder, (checks.name, finance_reasons.SHIPPED.name))
    return {
        "rules": _Kept(FILE, partial(finance_rules.load, hub.site), partial(_seen_rules, rules)),
        "checklist": _Kept(checks.name, partial(finance_file.of_site, folder), of_checks),
        "core": _Kept(
            core.name, partial(core_list_file.of_site, folder), partial(_seen, folder, (core.name,))
        ),
    }


def _seen_rules(path: Path, rules: FinanceRules) -> Version:
    """With the firms' CAs and their lists beside it."""
    beside = sorted(rules.folder.glob("*"))
    return (files.version(path), *((each.name, files.version(each)) for each in beside))


def _seen(folder: Path, names: Sequence[str], _: object) -> Version:
    """Of the site's own files of these names, which take the shipped ones' place."""
    return tuple(files.version(folder / finance_file.FOLDER / name) for name in names)


def _begin(hub: Hub, name: str, error: ZhidaError) -> None:
    found = error.problems[0]
    _log.error("broken, so what was read before counts file=%s code=%s", name, found.code)
    with hub.store.write() as connection:
        incident.begin(connection, Trouble(name, KIND, found.code, found.facts), hub.clock())


def _end(hub: Hub, name: str) -> None:
    with hub.store.read() as connection:
        if not incident_rows.still_open(connection, KIND, name):
            return
    with hub.store.write() as connection:
        incident.end(connection, name, KIND, hub.clock())
