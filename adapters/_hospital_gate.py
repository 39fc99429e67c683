"""A hospital's signer beyond a gate (网闸): its births and changes come as files, and only our receipts go back.

They are taken strictly in the signer's order, over both streams: a change that overtook the birth that
it is about would be nobody's. So the next message is given to its own stream and the other one waits;
and what was lost or damaged on the way is waited for, told to people, and never passed over. Nobody
has to ask for it: the signer, which gets no receipt, puts the same files again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from adapters import _hospital_answer
from adapters.gate import GateSystem
from connectors import gate
from exchange.errors import Retriable
from exchange.ports import Arrival, Endpoint, Parcel

CHANNEL = "signer"
"""The name of the one channel within this adapter."""
OPTIONS: dict[str, Any] = {
    **gate.OPTIONS["properties"]["channels"]["additionalProperties"],
    "title": "医院在网闸另一侧",
    "description": "连接的 host 为本侧各目录所在的绝对路径，password 为与医院约定的密钥。"
    "us、them 与签名机 signer.json 的 gate 中对调。",
}
_MOST = 16
"""Messages that are looked at at once."""
_STRANGE = "strange:"


def settings(told: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the wire."""
    return {"channels": {CHANNEL: dict(told)}}


class GateLine:
    """Our side of the gate to one signer."""

    def __init__(self, told: Mapping[str, Any], endpoint: Endpoint) -> None:
        self._gate = GateSystem(settings(told), endpoint)
        self._held: dict[str, dict[str, set[str]]] = {}

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """What may be taken now; with the births also the files that are nobody's, as invalid messages."""
        parcels, after = self._gate.receive(CHANNEL, cursor, _MOST)
        held = self._held[stream] = {}
        found: list[Arrival] = []
        strange = [each for each in parcels if each.key.startswith(_STRANGE)]
        for parcel in (each for each in parcels if each not in strange):
            arrivals = _arrivals(parcel, stream, is_first=not found)
            if arrivals is None:
                break
            held[parcel.key] = {each.key for each in arrivals}
            found += arrivals
        for parcel in strange if stream == "births" else ():
            held[parcel.key] = {parcel.key}
            found.append(Arrival(parcel.key, b"", "birth-record", error=parcel.error))
        return found, after

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """The receipt for a message leaves when all of it is ours."""
        ours = set(keys)
        for message, wanted in self._held.get(stream, {}).items():
            if wanted <= ours:
                self._gate.settle(CHANNEL, message)

    def close(self) -> None:
        """Nothing is held open."""
        self._gate.close()


def _arrivals(parcel: Parcel, stream: str, *, is_first: bool) -> Sequence[Arrival] | None:
    """None: it must wait. Raises what is wrong with it once all before it is taken."""
    if parcel.error is not None and is_first:
        raise parcel.error
    if parcel.error is not None:
        return None
    try:
        told = orjson.loads(parcel.raw)
    except orjson.JSONDecodeError:
        raise Retriable("hospital.unreadable-answer") from None
    found, _ = _hospital_answer.arrivals(told)
    return found if told.get("stream") == stream else None
