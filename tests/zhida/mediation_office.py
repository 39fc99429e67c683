"""Every desk and platform of a dispute in one file: an adapter with books of its own (SQLite)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange.ports import ROOT, Answer, Endpoint, Inputs, Operation, Prepared
from tests.zhida.grant_office import OPTIONS, Books

__all__ = ["OPTIONS", "Books", "declared", "open_system"]
_PAPERS = {"substance": "mediation-substance", "record": "mediation-record"}
_ALL = (
    Operation(
        "take_dispute",
        "接手",
        {"referral": "mediation-referral", **_PAPERS},
        identity=("referral/id",),
        idempotence="keyed",
    ),
    Operation(
        "stop_using",
        "停止使用材料",
        {"referral": "mediation-referral"},
        identity=("referral/id",),
        revokes="take_dispute",
        idempotence="keyed",
    ),
    Operation(
        "tell_triage",
        "告知分流结果",
        {"triage": "mediation-triage"},
        identity=("triage/dispute",),
        idempotence="keyed",
    ),
    Operation(
        "tell_verdict",
        "告知登记结果",
        {"verdict": "mediation-verdict"},
        identity=("verdict/dispute", "verdict/number"),
        idempotence="keyed",
    ),
    Operation(
        "archive_dispute",
        "归档",
        {"ending": "mediation-ending"},
        identity=("ending/dispute",),
        idempotence="keyed",
    ),
    Operation(
        "archive_again",
        "再次归档",
        {"ending": "mediation-ending"},
        identity=("ending/dispute",),
        amends="archive_dispute",
        idempotence="keyed",
    ),
)
_KINDS = {"form:625": "mediation-registration", "form:626": "mediation-event"}
_KINDS |= {"registrations": "mediation-registration", "events": "mediation-event"}


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Those that its file names."""
    return {each.name: each for each in _ALL if each.name in options["operations"]}


def streams(_: Mapping[str, Any]) -> Mapping[str, str]:
    """Nobody polls them here: tests hand messages in."""
    return _KINDS


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Office:
    """The office whose books lie at the connection's host."""
    return Office(declared(options), Books(Path(endpoint.address)))


class Office:
    """Adapter over the books: whatever comes is taken at once, and stands there."""

    def __init__(self, operations: Mapping[str, Operation], books: Books) -> None:
        self.operations, self.books = operations, books

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        told = {name: dict(record) for name, record in inputs.items() if name != ROOT}
        return Prepared(operation, effect_key, told)

    def submit(self, prepared: Prepared) -> Answer:
        values = (prepared.effect_key, prepared.operation, json.dumps(prepared.body))
        self.books.run(
            "INSERT INTO effect VALUES (?,?,?,'applied','{}',1)"
            " ON CONFLICT DO UPDATE SET attempts=attempts+1",
            *values,
        )
        return Answer(b"taken", prepared.effect_key[:8])

    def probe(self, prepared: Prepared) -> Answer | None:
        found = self.books.run("SELECT 1 FROM effect WHERE key=?", prepared.effect_key)
        return Answer(b"taken", prepared.effect_key[:8]) if found else None

    def fetch(self, prepared: Prepared) -> Answer:
        raise AssertionError(prepared.operation)

    def close(self) -> None:
        pass
