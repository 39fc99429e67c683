"""The registry that knows who may apply for a firm, and the portal that tells firms: one adapter.

Its books are the file at the connection's host: JSON that a test writes and reads.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from exchange.errors import Rejected, Retriable
from exchange.ports import Answer, Arrival, Endpoint, Inputs, Operation, Prepared
from tests.zhida import grant_office

ALIAS = "applicant_office"
_ONE_AT_A_TIME = Lock()
OPTIONS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"operations": {"type": "array", "items": {"type": "string"}}},
}
_ALL = (
    Operation(
        "verify_applicant",
        "申请人身份核验",
        {"application": "grant-application"},
        "applicant-check",
        effect=False,
        identity=("application/firm/uscc", "application/applicant/id_number"),
        asks=("application/applicant/name", "application/applicant/role"),
    ),
    Operation(
        "push_policy",
        "告知企业",
        {"notice": "grant-notice"},
        "grant-receipt",
        identity=("notice/id",),
        idempotence="keyed",
    ),
    Operation(
        "opt_outs",
        "查询是否退订",
        {"notice": "grant-notice"},
        "grant-opt-out",
        effect=False,
        identity=("notice/firm/uscc",),
    ),
    *(each for each in grant_office._ALL if each.name in ("ask_confirmation", "pay_award")),
)


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Those that its file names."""
    return {each.name: each for each in _ALL if each.name in options["operations"]}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Office:
    """The office whose books lie at the connection's host."""
    return Office(declared(options), Path(endpoint.address))


def empty(**told: Any) -> str:
    """Books at their beginning."""
    start = {
        "people": {},
        "asked": [],
        "sent": [],
        "opted_out": [],
        "forms": [],
        "down": False,
        "portal_down": False,
        "slow": 0,
    }
    return json.dumps(start | told)


class Office:
    """Adapter over the books."""

    def __init__(self, operations: Mapping[str, Operation], file: Path) -> None:
        self.operations, self.file = operations, file

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        return found

    def write(self, **changed: Any) -> None:
        with _ONE_AT_A_TIME:
            self._put(self.told() | changed)

    def add(self, name: str, row: Any) -> None:
        with _ONE_AT_A_TIME:
            told = self.told()
            self._put(told | {name: [*told[name], row]})

    def _put(self, told: dict[str, Any]) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(told), "utf-8")
        beside.replace(self.file)

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        return Prepared(operation, effect_key, {n: dict(r) for n, r in inputs.items()})

    def fetch(self, prepared: Prepared) -> Answer:
        if prepared.operation == "opt_outs":
            uscc = prepared.body["notice"]["firm"]["uscc"]
            answer = {"firm": {"uscc": uscc}, "opted_out": uscc in self.told()["opted_out"]}
            return Answer(json.dumps(answer).encode(), record=answer)
        asked, told = prepared.body["application"], self.told()
        self.add("asked", asked)
        time.sleep(told["slow"])
        if told["down"]:
            raise Retriable("wire.refused", peer="registry")
        firm, who = asked["firm"]["uscc"], asked["applicant"]
        if firm not in told["people"]:
            raise Rejected("wire.status-refused", peer="registry", status=404)
        matches = [who.get("name"), who["id_number"], who.get("role")] in told["people"][firm]
        record = {
            "firm": {"uscc": firm},
            "applicant": {"id_number": who["id_number"]},
            "matches": matches,
        }
        return Answer(json.dumps(record).encode(), record=record)

    def submit(self, prepared: Prepared) -> Answer:
        notice = prepared.body["notice"]
        if self.told()["portal_down"]:
            raise Retriable("wire.refused", peer="portal")
        self.add("sent", notice)
        record = {"notice": notice["id"], "state": "delivered", "on": "2026-05-06"}
        return Answer(b"sent", notice["id"][:20], record=record)

    def probe(self, prepared: Prepared) -> Answer | None:
        return None

    def poll(self, stream: str, cursor: str) -> tuple[list[Arrival], str]:
        """As an OA gives the forms of its window (``form:618``)."""
        forms = self.told()["forms"][int(cursor or 0) :]
        found = [
            Arrival(str(n), json.dumps(form).encode(), "grant-application", record=form)
            for n, form in enumerate(forms, int(cursor or 0))
        ]
        return found, str(int(cursor or 0) + len(forms))

    def close(self) -> None:
        pass
