"""The steps of a check over MLLP: name, port and TLS. Anything more would be a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors import tls
from connectors.check_steps import Open, Probe, Step, not_applicable, run
from connectors.check_tcp import Place, probes
from exchange.ports import Endpoint

_UNASKED = Open("只有发送一条报文才能判断，检查不发送")


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """TLS if the connection names a ``ca`` or a client certificate."""
    secure = endpoint.extra.get("ca") or endpoint.extra.get("cert")
    context = tls.of_files(endpoint) if secure else None
    steps = [
        *probes(Place.of(endpoint.address), context=context, clock=endpoint.clock),
        Probe("login", lambda: _UNASKED),
        Probe("permission", lambda: _UNASKED),
        not_applicable("clock"),
        Probe("encoding", lambda: _UNASKED),
    ]
    return run(steps)
