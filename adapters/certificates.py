"""A register of electronic certificates (电子证照库): one is looked up by holder and type.

Field names are those of GB/T 36903; interface, codes and states are inferred, since each province has
its own. An answer is *valid* or *revoked*; none is a refusal; a register that is away has said nothing.
The identifier's check character is told and rejects nothing (``e_certificate``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters import _coded_record, _coded_wire, _endpoint
from adapters._certificates_options import CODES, OPTIONS
from adapters._coded import Codes
from adapters._generic_mapping_mistakes import unknown
from exchange.errors import Fatal, Problem, Rejected
from exchange.ports import Answer, Connector, Endpoint, Inputs, Operation, Prepared, Record
from mappings import site_files
from mappings.compiler import Mapping as Compiled
from mappings.identifiers import e_certificate

__all__ = ["FIND", "OPTIONS", "Certificates", "open_system"]

FIND = Operation(
    "find_certificate",
    "查询电子证照",
    needs={"query": "certificate-query"},
    gives="certificate",
    effect=False,
)


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings({}, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    found = _coded_wire.mistakes({}, options.get("settings", {}))
    for name in ("mapping", "record"):
        if name in options:
            found += unknown(options[name], f"/{name}", site)
    return found


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Certificates:
    """The register at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    mappings = [site_files.load(known[name], endpoint.site) for name in ("mapping", "record")]
    line = _coded_wire.opened({}, known["settings"], endpoint, [known["call"]])
    return Certificates(line, known, (mappings[0], mappings[1]))


class Certificates:
    """Adapter over one register. ``mappings``: of the request, and of a row."""

    def __init__(
        self, connector: Connector, known: Mapping[str, Any], mappings: tuple[Compiled, Compiled]
    ) -> None:
        self._connector, self._call, self._place = connector, known["call"], known["rows"]
        self._codes = Codes.of(known["codes"], CODES)
        self._request, self._row = mappings

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``find_certificate``."""
        return {FIND.name: FIND}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The question; what it asks for is kept beside it. Raises ``Invalid``."""
        if operation != FIND.name:
            raise Fatal("certificates.no-such-operation", operation=operation)
        query = inputs["query"]
        body = {"call": _coded_record.sent(self._request, inputs), "query": query}
        return Prepared(operation, effect_key, body, self._request.digest)

    def fetch(self, prepared: Prepared) -> Answer:
        """The holder's certificate: the valid one, else the one that was revoked.

        ``Rejected`` for none, and for several that count alike: which is meant only its number tells.
        """
        reply = self._connector.call(self._call, prepared.body["call"])
        there = self._codes.meaning(reply, FIND.name) == "done"
        found = _coded_record.rows(reply.value, self._place) if there else []
        records = [_coded_record.read(self._row, row, FIND.name) for row in found]
        asked = [each for each in records if _is_asked_for(each, prepared.body["query"])]
        if len(asked) < len(records) and not asked:
            raise Rejected("certificates.other-holder").answered(reply.raw)
        valid = [each for each in asked if each["state"] == "valid"]
        record = _coded_record.only(valid or asked, reply.raw, FIND.name)
        told = {**record, "identifier_check": _checked(record["identifier"])}
        return Answer(reply.raw, record["number"], told, mapping_digest=self._row.digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Nothing is changed there."""
        raise Fatal("certificates.no-such-operation", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Nothing is changed there."""
        raise Fatal("certificates.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


def _is_asked_for(record: Record, query: Record) -> bool:
    """The register's row is about this holder and this type, whatever it was asked."""
    same = {"holder_id": query["holder"]["id"], "type": query["type"]}
    same |= {"number": query["number"]} if "number" in query else {}
    return all(record.get(name) == value for name, value in same.items())


def _checked(identifier: str) -> str:
    if not e_certificate.is_valid(identifier):
        return "other-form"
    return "ok" if e_certificate.fits(identifier) else "differs"
