"""``POST /v1/ledger/witness``: where a witness that shares no folder with the hub comes by.

It says what it holds, signed, and is given the next letter. The client's name in ``serve.yaml`` is
the witness's in ``ledger.yaml``; another may not speak for it.
"""

from __future__ import annotations

from functools import partial

from exchange import canonical, witness
from exchange.errors import Forbidden
from zhida import outside, witness_wire, witnessing
from zhida.hub import Hub
from zhida.serve_file import Settings
from zhida.serve_route import Call, Route, Told

RIGHT = "witness"


def routes(hub: Hub, settings: Settings) -> tuple[Route, ...]:
    """The one route."""
    del settings
    return (Route("POST", witness_wire.PATH, RIGHT, partial(converse, hub)),)


def converse(hub: Hub, call: Call) -> Told:
    """Its answer is taken in; the next letter, or 204 while the ledger is empty."""
    whom = hub.outside.witnesses.get(call.client.name)
    if whom is None:
        raise Forbidden("outside.no-witness", client=call.client.name)
    on, token = outside.ground(hub), call.body.decode("ascii", "replace")
    witnessing.hear(on, whom, token)
    letter = witnessing.reply(on, whom, token)
    return Told(None, 204) if letter is None else Told(canonical.loads(witness.dumps(letter)))
