"""A data sharing platform (国家、省、市): published services are asked, each as one read operation.

The national platform's headers and rotating secret are as its users' programs have them; provincial
gateways are of two or three makes, and Jiangsu's own has no public description (inferred). Which
services there are, a grant says: so they are the site's to declare. Lists are read to their end, and
a row counts only if it says of itself what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from adapters import _coded, _coded_record, _coded_wire
from adapters._coded import Codes
from adapters._generic_mapping_mistakes import unknown
from adapters._sharing_options import CODES, OPTIONS, preset
from connectors import rest_pages
from exchange.errors import Fatal, Problem, Retriable
from exchange.ports import Answer, Connector, Endpoint, Inputs, Operation, Prepared, Reply
from mappings import site_files
from mappings.compiler import Mapping as Compiled

__all__ = ["OPTIONS", "Service", "SharingPlatform", "declared", "open_system"]


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """The services of the options: reads, all of them."""
    return {name: _operation(name, told) for name, told in options.get("services", {}).items()}


def _operation(name: str, told: Mapping[str, Any]) -> Operation:
    needs, gives = told["needs"], told["gives"]
    return Operation(name, told["title"], needs=needs, gives=gives, effect=False)


@dataclass(frozen=True, slots=True)
class Service:
    """One service as the grant has it."""

    operation: Operation
    call: str
    request: Compiled
    row: Compiled
    rows: str = "/data"
    same: Mapping[str, str] = field(default_factory=dict)
    paging: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, name: str, told: Mapping[str, Any], site: Path) -> Service:
        """With its mappings found in the site. ``Fatal`` if one can't be used."""
        plain = {each: told[each] for each in ("call", "rows", "same", "paging") if each in told}
        request, row = (site_files.load(told[each], site) for each in ("mapping", "record"))
        return cls(_operation(name, told), request=request, row=row, **plain)


class _NoneThere(Exception):
    """The platform says that there is nothing, or nothing more."""


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(preset(options), options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    found = _coded_wire.mistakes(preset(options), options.get("settings", {}))
    for name, service in options["services"].items():
        for part in ("mapping", "record"):
            found += unknown(service[part], f"/services/{name}/{part}", site)
    return found


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> SharingPlatform:
    """The gateway at ``endpoint.address``. Nothing is sent."""
    named = options["services"].items()
    services = {name: Service.of(name, told, endpoint.site) for name, told in named}
    reads = [each.call for each in services.values()]
    settings = options.get("settings", {})
    line = _coded_wire.opened(preset(options), settings, endpoint, reads)
    return SharingPlatform(line, Codes.of(options.get("codes", {}), CODES), services)


def _require_no_more(service: Service, replies: Sequence[Reply]) -> None:
    """``Retriable`` if a page before has told of more: who has read them all does not ask again."""
    paging = service.paging or {}
    if replies and paging["kind"] == "page" and "total" in paging:
        seen = sum(len(_coded_record.rows(each.value, service.rows)) for each in replies)
        total = int(_coded.text(replies[-1].value, paging["total"]))
        raise Retriable("rest.pages-changed", seen=seen, total=total)


class SharingPlatform:
    """Adapter over one gateway."""

    def __init__(self, connector: Connector, codes: Codes, services: Mapping[str, Service]) -> None:
        self._connector, self._codes, self._services = connector, codes, dict(services)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """One for each service."""
        return {name: each.operation for name, each in self._services.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The parameters of the query. Raises ``Invalid``."""
        service = self._service(operation)
        body = _coded_record.sent(service.request, inputs)
        return Prepared(operation, effect_key, body, service.request.digest)

    def fetch(self, prepared: Prepared) -> Answer:
        """The one row that answers. ``Rejected`` where there is none, or more than one."""
        name, service = prepared.operation, self._service(prepared.operation)
        found, raw = self._rows(service, prepared)
        row = _coded_record.only(_coded_record.about(found, service.same, prepared.body), raw, name)
        record = _coded_record.read(service.row, row, name)
        return Answer(raw, record=record, mapping_digest=service.row.digest)

    def _rows(self, service: Service, prepared: Prepared) -> tuple[list[Any], bytes]:
        """All rows, and the answers as they came, one after another."""
        name, body = prepared.operation, prepared.body
        if service.paging is None:
            reply = self._connector.call(service.call, body)
            there = self._codes.meaning(reply, name) == "done"
            return _coded_record.rows(reply.value, service.rows) if there else [], reply.raw
        replies: list[Reply] = []

        def ask(parameters: Mapping[str, Any]) -> Reply:
            reply = self._connector.call(service.call, parameters)
            if self._codes.meaning(reply, name) == "none":
                _require_no_more(service, replies)
                replies.append(reply)
                raise _NoneThere
            replies.append(reply)
            return reply

        found: list[Any] = []
        with suppress(_NoneThere):
            for page in rest_pages.pages(ask, body, {**service.paging, "rows": service.rows}):
                found += page.rows
        return found, b"\n".join(reply.raw for reply in replies)

    def submit(self, prepared: Prepared) -> Answer:
        """Nothing is changed there."""
        raise Fatal("sharing.reads-only", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Nothing is changed there."""
        raise Fatal("sharing.reads-only", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()

    def _service(self, operation: str) -> Service:
        if operation not in self._services:
            near = (get_close_matches(operation, self._services, 1) or ["-"])[0]
            raise Fatal("sharing.no-such-service", operation=operation, nearest=near)
        return self._services[operation]
