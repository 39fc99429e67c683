"""An existing e-seal platform: template data goes in, a sealed OFD or PDF comes back.

Sealing is the platform's and its people's affair and takes its time: a request is *stored*, and asked
after by our serial number until it is sealed or refused. No platform's interface is published, so names,
codes and states are inferred and the site's to replace.

What comes back is believed only if the file has its form and its digest. The document carries digests
and the receipt number; the file stays in the raw answer, which is kept encrypted (no store for files of
its own yet), so its size is limited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters import (
    _coded,
    _coded_record,
    _coded_wire,
    _endpoint,
    _fact,
    _generic_place,
    _question,
    _sealed_file,
)
from adapters._coded import Codes
from adapters._seal_options import ASKED, CODES, OPTIONS, STATES, TOLD
from adapters._sealed_file import NotTheFileError, Stated
from crypto.digests import digest
from exchange.errors import Fatal, Problem, Rejected, Unknown
from exchange.ports import Answer, Connector, Endpoint, Inputs, Operation, Prepared, Record, Reply
from mappings import compiler, shapes

__all__ = ["OPTIONS", "SEAL", "Seal", "declared", "open_system"]

SEAL = Operation(
    "seal_document",
    "电子用印",
    needs={"request": "seal-request"},
    gives="sealed-document",
    identity=("request/id",),
    idempotence="probe",
    irreversible=True,
)


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """``seal_document``, with the platform's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return {SEAL.name: replace(SEAL, settle=timedelta(seconds=known["settle_s"]))}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings({}, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], _: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    found = _coded_wire.mistakes({}, options.get("settings", {}))
    states = options.get("states", {})
    named = Counter(value for values in states.values() for value in set(values))
    twice = [value for value, count in named.items() if count > 1]
    return [*found, *(("/states", Problem("seal.state-twice", {"state": s})) for s in twice)]


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Seal:
    """The platform at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    line = _coded_wire.opened({}, known["settings"], endpoint, [known["result"]])
    return Seal(line, known)


def _by_value(states: Mapping[str, list[str]]) -> dict[str, str]:
    return {value: name for name, values in states.items() for value in values}


class Seal:
    """Adapter over one platform."""

    def __init__(self, connector: Connector, known: Mapping[str, Any]) -> None:
        self._connector, self._known = connector, known
        self._codes = Codes.of(known["codes"], CODES)
        self._asked = {name: at for name, (_, at) in ASKED.items()} | known["asked"]
        self._told = {name: at for name, (_, at) in TOLD.items()} | known["told"]
        site: Mapping[str, list[str]] = known["states"]
        usual = {name: values for name, values in STATES.items() if name not in site}
        self._states = _by_value(usual) | _by_value(site)  # what a site says goes before

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``seal_document``."""
        return declared(self._known)

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The request, our effect key being its serial number. Raises ``Invalid``."""
        if operation != SEAL.name:
            raise Fatal("seal.no-such-operation", operation=operation)
        request = inputs["request"]
        shapes.validate("seal-request", request)
        told = {**request, "serial": effect_key, "fields": dict(request["fields"])}
        body: dict[str, Any] = {}
        for name, place in self._asked.items():
            _generic_place.put(body, place, told[name])
        kept = {name: request[name] for name in ("title", "format")}
        return Prepared(operation, effect_key, {"call": body, **kept})

    def submit(self, prepared: Prepared) -> Answer:
        """Hand it in. ``Rejected`` when the platform says no at once."""
        reply = self._connector.call(self._known["call"], prepared.body["call"])
        if self._codes.meaning(reply, SEAL.name) != "done":
            raise Unknown("coded.unclear", operation=SEAL.name, code="-")
        return Answer(reply.raw, self._text(reply, "receipt"), waiting=True)

    def probe(self, prepared: Prepared) -> Answer | None:
        """What became of it, by our serial number; None where the platform knows of none."""
        question: dict[str, Any] = {}
        _generic_place.put(question, self._asked["serial"], prepared.effect_key)
        with _question.asking():
            reply = self._connector.call(self._known["result"], question)
            meaning = self._codes.meaning(reply, SEAL.name)
        if meaning == "none":
            return None
        if self._text(reply, "serial") != prepared.effect_key:
            raise Unknown("seal.another")
        return self._become(reply, prepared)

    def _become(self, reply: Reply, prepared: Prepared) -> Answer:
        told, receipt = self._text(reply, "state"), self._text(reply, "receipt")
        state = self._states.get(told, "")
        if state == "waiting":
            return Answer(reply.raw, receipt, waiting=True)
        if state == "refused":
            reason = self._text(reply, "reason")
            raise Rejected("seal.refused", receipt=_fact.code(receipt)).answered(reply.raw, reason)
        if state != "sealed":
            raise Unknown("seal.unclear-state", state=_fact.code(told))
        mapping = compiler.load("sealed_file_document")
        record = _coded_record.read(mapping, self._sealed(reply, prepared), SEAL.name)
        return Answer(reply.raw, receipt, record, mapping_digest=mapping.digest)

    def _sealed(self, reply: Reply, prepared: Prepared) -> Record:
        """The answer's own words, and what we counted of the file. ``Unknown`` if it is not the file."""
        form, known = prepared.body["format"], self._known
        stated = Stated(form, known["digest"], self._text(reply, "digest"))
        try:
            told = self._text(reply, "file")
            file = _sealed_file.opened(told, stated, known["most_file_bytes"])
            certificate = _sealed_file.thumbprint(self._text(reply, "certificate"))
        except NotTheFileError as error:
            facts = {"receipt": _fact.code(self._text(reply, "receipt")), "reason": str(error)}
            raise Unknown("seal.not-the-file", **facts) from None
        words = {name: self._text(reply, name) for name in ("serial", "receipt", "sealed_at")}
        counted = {"size": len(file), "sm3": digest("sm3", file).hex()}
        counted |= {"seal_certificate": certificate, "format": form}
        return {**words, **counted, "title": prepared.body["title"]}

    def _text(self, reply: Reply, name: str) -> str:
        return _coded.text(reply.value, self._told[name])

    def fetch(self, prepared: Prepared) -> Answer:
        """A paper is asked after by ``probe`` only."""
        raise Fatal("seal.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()
