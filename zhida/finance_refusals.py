"""What a bank was refused stands in the ledger, whatever the reason: without it a bank could try numbers unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from exchange.errors import Forbidden, Rejected
from exchange.ledger import Entry
from zhida.hub import Hub
from zhida.serve_route import Call, Route, Told


def recorded(hub: Hub, route: Route) -> Route:
    """The same route; a refusal is an entry before it is told: who, by which route, with which code."""
    return replace(route, answer=partial(_answer, hub, route.pattern, route.answer))


def _answer(hub: Hub, pattern: str, answer: Callable[[Call], Told], call: Call) -> Told:
    try:
        return answer(call)
    except (Forbidden, Rejected) as error:
        told = {"client": call.client.name, "unit": call.client.unit, "route": pattern}
        entry = Entry("finance-refused", call.id, "", told | {"code": error.code})
        hub.ledger.commit(lambda _: [entry])
        raise
