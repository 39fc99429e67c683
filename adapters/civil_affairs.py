"""Civil affairs' marriage register behind the national sharing platform: two numbers in, yes or no out.

The platform's headers, its rotating secret and the names of the parameters are as its users' programs have
them (dossier C9), and so are the codes of the acts; the form of the rows differs and is inferred. "No such
marriage" is an answer. An answer about other people is not believed, and whatever is not clear is
unknown: neither makes anybody unmarried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters import _civil_options, _civil_rows, _coded_record, _coded_wire, _endpoint
from adapters._civil_options import OPTIONS
from adapters._coded import Codes
from adapters._generic_mapping_mistakes import unknown
from adapters._sharing_options import CODES
from exchange import pointer
from exchange.errors import Fatal, Invalid, Problem
from exchange.ports import Answer, Connector, Endpoint, Inputs, Operation, Prepared, Record
from mappings import shapes, site_files
from mappings.compiler import Mapping as Compiled

__all__ = ["OPTIONS", "VERIFY", "CivilAffairs", "declared", "open_system"]

VERIFY = Operation(
    "verify_marriage",
    "婚姻登记核验",
    needs={"birth": "birth-record"},
    gives="marriage-record",
    effect=False,
    identity=("birth/mother/id_number", "birth/father/id_number"),
)
_NAMES = ("birth/mother/name", "birth/father/name")


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """``verify_marriage``; with the names in its question where the platform demands them."""
    asks = _NAMES if options.get("names") else ()
    return {VERIFY.name: replace(VERIFY, asks=asks)}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    preset = _civil_options.preset(options)
    return "rest", _coded_wire.settings(preset, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    preset = _civil_options.preset(options)
    found = _coded_wire.mistakes(preset, options.get("settings", {}))
    for name in ("mapping", "record"):
        if name in options:
            found += unknown(options[name], f"/{name}", site)
    return found


@dataclass(frozen=True, slots=True)
class Service:
    """The one service as the grant has it, and how its question and rows are written."""

    operations: Mapping[str, Operation]
    call: str
    codes: Codes
    request: Compiled
    row: Compiled
    rows: str
    same: Mapping[str, str]


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> CivilAffairs:
    """The gateway at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    service = Service(
        operations=declared(options),
        call=known["call"],
        codes=Codes.of(known["codes"], CODES),
        request=site_files.load(_civil_options.asked(known), endpoint.site),
        row=site_files.load(known["record"], endpoint.site),
        rows=known["rows"],
        same=known["same"],
    )
    preset = _civil_options.preset(options)
    return CivilAffairs(
        _coded_wire.opened(preset, known["settings"], endpoint, [service.call]), service
    )


class CivilAffairs:
    """Adapter over one marriage register."""

    def __init__(self, connector: Connector, service: Service) -> None:
        self._connector, self._service = connector, service

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``verify_marriage``."""
        return self._service.operations

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The question, and of whom it is beside it. ``Invalid`` with everything that is missing."""
        if operation != VERIFY.name:
            raise Fatal("civil.no-such-operation", operation=operation)
        request = self._service.request
        body = {"call": _coded_record.sent(request, inputs), "couple": _couple(inputs["birth"])}
        return Prepared(operation, effect_key, body, request.digest)

    def fetch(self, prepared: Prepared) -> Answer:
        """Married to each other or not. ``Rejected`` only where the platform refuses the question."""
        service, sent = self._service, prepared.body["call"]
        reply = self._connector.call(service.call, sent)
        told: Mapping[str, Any] = {"married": False}
        if service.codes.meaning(reply, VERIFY.name) == "done":
            rows = _civil_rows.listed(reply.value, service.rows)
            _civil_rows.require_same(rows, service.same, sent)
            told = _civil_rows.verdict(rows, service.row, VERIFY.name)
        record = {**prepared.body["couple"], **told}
        shapes.validate("marriage-record", record)
        return Answer(reply.raw, record=record, mapping_digest=service.row.digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Nothing is changed there."""
        raise Fatal("civil.no-such-operation", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Nothing is changed there."""
        raise Fatal("civil.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


def _couple(birth: Record) -> Record:
    """Of whom the answer is to be: the numbers as they were asked for."""
    numbers = {each: pointer.get(birth, f"/{each}/id_number") for each in ("mother", "father")}
    missing = [each for each, number in numbers.items() if number is None]
    if missing:
        paths = (f"/birth/{each}/id_number" for each in missing)
        raise Invalid.of(Problem("mapping.missing", {"path": path}) for path in paths)
    return {each: {"id_number": number} for each, number in numbers.items()}
