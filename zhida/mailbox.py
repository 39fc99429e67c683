"""A mailbox on loopback and the adapter that puts messages into it: the doctor's own peer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors import rest
from connectors.http_message import Request, Response
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Answer, Endpoint, Inputs, Operation, Prepared

_PATH = "/mailbox"


class Mailbox:
    """The called side: keeps what it gets, each effect once (``connectors.http_message.Door``)."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    @property
    def messages(self) -> list[str]:
        """The messages, in the order in which they came."""
        return list(self._kept.values())

    def answer(self, request: Request) -> Response:
        """The reference is the marker of what was left."""
        told = json.loads(request.body)
        self._kept.setdefault(told["effect"], told["message"])
        return Response(200, json.dumps({"kept": told["marker"]}).encode())

    def refuse(self, error: ZhidaError) -> Response:
        """What is no request of ours."""
        return Response(400, json.dumps({"code": error.code}).encode())


class MailboxAdapter:
    """The calling side (``exchange.ports.Adapter``), over the REST wire."""

    def __init__(self, operation: Operation, port: int) -> None:
        self.operations: Mapping[str, Operation] = {operation.name: operation}
        self.presentation = ""
        """The signed document with what the agreement lets travel."""
        self.effect = ""
        address = f"http://127.0.0.1:{port}"
        self._wire = rest.open_connector({"timeout_s": 5}, Endpoint(address))

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The signed message, with its marker and the effect's key."""
        self.effect = effect_key
        told = {"effect": effect_key, "message": self.presentation, **inputs["message"]}
        return Prepared(operation, effect_key, told)

    def submit(self, prepared: Prepared) -> Answer:
        """Leave it there."""
        reply = self._wire.call(f"POST {_PATH}", prepared.body)
        value: Any = reply.value
        return Answer(reply.raw, reference=str(value["kept"]))

    def probe(self, prepared: Prepared) -> Answer | None:
        """A mailbox lives as long as its message: nothing is there that was not left just now."""
        return None

    def fetch(self, prepared: Prepared) -> Answer:
        """Nothing is asked of a mailbox."""
        raise Fatal("wire.no-operation", operation=prepared.operation, nearest="")

    def close(self) -> None:
        """Close the wire."""
        self._wire.close()
