"""Lists that scheduled syncs read whole (名单): a file that somebody has put down, or an API's pages.

A source only. A file is ours once its sync is through with it (``settle``); until then it is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters import _endpoint, _feed_options, _records
from adapters._lists_options import API, CALLS, FILES, OPTIONS, WIRES
from connectors import rest_pages, wires
from exchange.errors import Fatal, Invalid, Problem, Rejected, Retriable, Unknown
from exchange.names import nearest
from exchange.ports import Endpoint, Operation, Record, Reply
from mappings.yaml_file import escape

__all__ = ["API", "CALLS", "FILES", "OPTIONS", "WIRES", "ListSource", "Taken", "mistakes", "open_system"]  # fmt: skip


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Settings that are none of the wire's, and lists that can't be read; each with its place."""
    alias, settings = options["wire"], options.get("settings", {})
    found = list(_feed_options.problems(_schema(alias), settings, alias))
    return found or [each for n, told in options["lists"].items() for each in _of(n, told, options)]


def _of(
    name: str, told: Mapping[str, Any], options: Mapping[str, Any]
) -> Iterator[tuple[str, Problem]]:
    place = f"/lists/{escape(name)}"
    if options["wire"] == API:
        if not {"call", "paging"} <= told.keys():
            yield place, Problem("lists.no-call", {"list": name})
        return
    folders = options["settings"]["folders"]
    if name not in folders:
        near = nearest(name, folders)
        yield place, Problem("lists.no-folder", {"list": name, "nearest": near})
    elif folders[name].get("complete") == "quiet" or folders[name].get("split", "whole") != "whole":
        yield f"/settings/folders/{escape(name)}", Problem("lists.not-whole", {"list": name})
    if lack := _records.lacking(told.get("format", "csv"), _layout(told), writing=False):
        yield place, Problem(lack, {})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> ListSource:
    """What is at ``endpoint``; connects when used. ``Invalid`` for options that can't be right."""
    for _, problem in mistakes(options, None):
        raise Invalid(problem.code, **problem.facts)
    known = _endpoint.completed(OPTIONS, options)
    alias = known["wire"]
    settings = _feed_options.settings(_schema(alias), known["settings"], alias)
    if alias == API:
        asked = [told["call"].partition("?")[0] for told in known["lists"].values()]
        settings["reads"] = [*settings.get("reads", ()), *asked]
        return ListSource(known, wires.caller(alias).open_connector(settings, endpoint))
    return ListSource(known, wires.wire(alias).open_feed(settings, endpoint))


@dataclass(frozen=True, slots=True)
class Taken:
    """One list as it was read. ``columns``: as it names them, if it says so."""

    rows: Sequence[Record]
    columns: tuple[str, ...] = ()
    key: str = ""
    """By which it is settled."""
    more: bool = False
    """Does another wait behind it?"""


class ListSource:
    """The lists of one system. For one thread at a time; owns its wire."""

    operations: Mapping[str, Operation] = {}

    def __init__(self, options: Mapping[str, Any], line: Any) -> None:
        self._lists, self._line = options["lists"], line
        self.is_files = options["wire"] in FILES

    def take(self, name: str, *, newest: bool, asked: Mapping[str, str | int] = {}) -> Taken | None:
        """The list: of an API all of it, of files the oldest that waits, or ``newest``; None: none waits.

        ``asked``: parameters by which an API gives what is new only. Files that a newer one stands for are filed away unread. ``Invalid`` with all that is wrong with a file.
        """
        if name not in self._lists:
            raise Fatal("lists.no-list", list=name, nearest=nearest(name, self._lists))
        return self._file(name, newest) if self.is_files else self._asked(self._lists[name], asked)

    def settle(self, name: str, taken: Taken) -> None:
        """The sync is through with it."""
        if taken.key:
            self._line.settle(name, [taken.key])

    def close(self) -> None:
        """Close the wire."""
        self._line.close()

    def _file(self, name: str, newest: bool) -> Taken | None:
        parcels, _ = self._line.receive(name, "", limit=2)
        while newest and len(parcels) > 1:
            self._line.settle(name, [parcels[0].key])
            parcels, _ = self._line.receive(name, "", limit=2)
        if not parcels:
            return None
        parcel, told = parcels[0], self._lists[name]
        if parcel.error is not None:
            raise parcel.error
        layout, form = _layout(told), told.get("format", "csv")
        encoding = told.get("encoding", "utf-8")
        rows = [_stated(e) for e in _records.each(parcel.raw, form, layout, encoding)]
        return Taken(rows, layout.names, parcel.key, len(parcels) > 1)

    def _asked(self, told: Mapping[str, Any], more: Mapping[str, str | int]) -> Taken:
        def ask(body: Mapping[str, Any]) -> Reply:
            """Who only lists says nothing of us by a refusal: it is asked again later."""
            try:
                found: Reply = self._line.call(told["call"], body)
            except (Rejected, Unknown) as error:
                raise Retriable("lists.unreadable-page", reason=error.code) from None
            return found

        pages = rest_pages.pages(ask, {**told.get("constants", {}), **more}, told["paging"])
        rows = [row for page in pages for row in page.rows]
        if not all(isinstance(row, Mapping) for row in rows):
            raise Fatal("rest.no-rows", pointer=told["paging"]["rows"])
        columns = tuple(dict.fromkeys(name for row in rows for name in _plain(row)))
        return Taken([_stated(_plain(row)) for row in rows], columns)


def _stated(row: Mapping[str, Any]) -> Record:
    """Without what is not stated: an empty cell of a file is no value.

    >>> _stated({"a": "", "b": None, "c": 0})
    {'c': 0}
    """
    return {name: value for name, value in row.items() if value is not None and value != ""}


def _plain(row: Mapping[str, Any]) -> Record:
    """Only what a column can hold; lists and objects within a row are not read.

    >>> _plain({"a": 1, "b": [], "c": {"d": 1}})
    {'a': 1}
    """
    return {name: value for name, value in row.items() if not isinstance(value, list | Mapping)}


def _layout(told: Mapping[str, Any]) -> _records.Layout:
    return _records.Layout.of(told.get("layout", {}))


def _schema(alias: str) -> Mapping[str, Any]:
    found = wires.call_options(wires.caller(alias)) if alias == API else wires.wire(alias).OPTIONS
    return dict(found)
