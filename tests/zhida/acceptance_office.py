"""Every desk, platform and register of a joint acceptance in one file: an adapter with books of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange.ports import Answer, Endpoint, Operation, Prepared
from tests.zhida import mediation_office
from tests.zhida.grant_office import OPTIONS, Books

__all__ = ["OPTIONS", "Books", "declared", "open_system"]


CERTIFICATE = {
    "identifier": "示例-1", "type": "11100000MB0000000", "number": "SL-1", "name": "总平面图", "issuer": "规划资源",
    "holder_id": "91320111MA1EXAMP08",
}  # fmt: skip


def _operation(name: str, document: str, kind: str, *identity: str, **more: Any) -> Operation:
    paths = tuple(f"{document}/{each}" for each in identity)
    return Operation(name, name, {document: kind}, identity=paths, idempotence="keyed", **more)


_ALL = (
    _operation("review_acceptance", "slip", "acceptance-slip", "id"),
    _operation("file_acceptance_record", "record", "acceptance-record", "id"),
    _operation("tell_plan", "plan", "acceptance-plan", "acceptance"),
    _operation("tell_verdict", "verdict", "acceptance-verdict", "acceptance", "number"),
    _operation("reply_event", "verdict", "acceptance-verdict", "acceptance", "number"),
    _operation("archive_acceptance", "ending", "acceptance-ending", "acceptance"),
    _operation("seal_document", "request", "seal-request", "id", gives="sealed-document"),
    *(
        Operation(
            name, name, {"paper": "acceptance-paper", "sealed": "sealed-document"},
            identity=("paper/id",), idempotence="keyed",
        )
        for name in ("deliver_paper", "collect_paper", "file_acceptance_paper")
    ),
    _operation("find_layout", "plan", "acceptance-plan", "acceptance", gives="certificate"),
)  # fmt: skip
_KINDS = {"form:627": "acceptance-project", "form:628": "acceptance-event"}
_KINDS |= {"projects": "acceptance-project", "events": "acceptance-event"}


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Those that its file names."""
    return {each.name: each for each in _ALL if each.name in options["operations"]}


def streams(_: Mapping[str, Any]) -> Mapping[str, str]:
    """Nobody polls them here: tests hand messages in."""
    return _KINDS


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Office:
    """The office whose books lie at the connection's host."""
    return Office(declared(options), Books(Path(endpoint.address)))


class Office(mediation_office.Office):
    """Whatever comes is taken at once; a paper is sealed at once."""

    def submit(self, prepared: Prepared) -> Answer:
        answer = super().submit(prepared)
        if prepared.operation == "seal_document":
            return Answer(b"sealed", answer.reference, record=sealed(prepared.body["request"]))
        if prepared.operation == "find_layout":
            rows = self.books.run("SELECT kind FROM fault WHERE operation=?", prepared.operation)
            return Answer(
                b"found",
                answer.reference,
                record=CERTIFICATE | {"state": rows[0][0] if rows else "valid"},
            )
        return answer


def sealed(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the seal platform gives: the digest is of what it was asked for, no more."""
    told = json.dumps(request, sort_keys=True).encode()
    return {
        "serial": hashlib.sha256(told).hexdigest()[:16],
        "receipt": f"示例-{hashlib.sha256(told).hexdigest()[:8]}",
        "title": request["title"],
        "format": request["format"],
        "size": len(told),
        "sm3": hashlib.sha256(told).hexdigest(),
        "seal_certificate": "0" * 64,
        "sealed_at": "2026-03-02T09:00:00",
    }
