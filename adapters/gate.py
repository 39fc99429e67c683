"""The hub on the other side of a gate (网闸), with which scheduled syncs exchange batches and answers.

Nothing is done here one by one. Which sync uses which channel stands in the site's ``syncs/`` files; each
side puts its messages into its own folder and takes the other's from another, sealed (``adapters._gate_cover``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters._gate_cover import Cover
from connectors import gate
from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from exchange.ports import Endpoint, Operation, Parcel

WIRE = "gate"
OPTIONS: dict[str, Any] = {
    **gate.OPTIONS,
    "title": "网闸那一侧的中枢（定时同步）",
    "description": "供 syncs/ 中经网闸的同步使用，一个通道只给一个同步。连接的 host 为本侧各目录所在的绝对路径；"
    "password 为双方约定的密钥，必填（gate-cover.no-secret）：报文以它加密，没有它的人不能读，也不能伪造。",
}


class GateSystem:
    """The channels of one gate, both ways. For one thread at a time."""

    operations: Mapping[str, Operation] = {}

    def __init__(self, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self._channels = options["channels"]
        self._cover = Cover.of(endpoint.password)
        self._calls = gate.open_connector(options, endpoint)
        self._feed = gate.open_feed(options, endpoint)

    def send(self, channel: str, message: str, content: bytes, *, again: bool = False) -> None:
        """It lies where the gate takes it, durably, when this returns; the same again does nothing.

        ``again``: its files are put once more if the other side has not said that it has them.
        """
        verb, place = "again" if again else "send", self._place(channel, "us")
        covered = self._cover.put_on(content, place, message)
        self._call(verb, channel, {"message": message, "content": covered})

    def state(self, channel: str, message: str) -> tuple[str, bool]:
        """unsent, waiting, received or damaged; and whether it has been waited for longer than usual."""
        told = self._call("receipt", channel, {"message": message})
        return str(told["state"]), bool(told.get("overdue"))

    def receive(self, channel: str, cursor: str, limit: int) -> tuple[Sequence[Parcel], str]:
        """What came, in its order, as ``connectors.gate_receive`` gives it."""
        parcels, after = self._feed.receive(self._known(channel), cursor, limit=limit)
        return [self._opened(channel, each) for each in parcels], after

    def settle(self, channel: str, key: str) -> None:
        """It is ours, durably: the other side is told so."""
        self._feed.settle(channel, [key])

    def usual(self, channel: str) -> float:
        """Seconds that a message and its receipt usually take."""
        return float(self._channels[self._known(channel)].get("delay_s", gate.DELAY_S))

    def close(self) -> None:
        """Nothing is held open."""
        self._calls.close()
        self._feed.close()

    def _opened(self, channel: str, parcel: Parcel) -> Parcel:
        if parcel.error is not None:
            return parcel
        try:
            content = self._cover.take_off(parcel.raw, self._place(channel, "them"))
        except Invalid as error:
            return replace(parcel, error=error)
        return replace(parcel, raw=content)

    def _place(self, channel: str, sender: str) -> str:
        told = self._channels[self._known(channel)]
        return f"{told.get('channel', gate.CHANNEL)}/{told[sender]}"

    def _call(self, verb: str, channel: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self._calls.call(f"{verb} {self._known(channel)}", body).value
        return told

    def _known(self, channel: str) -> str:
        if channel not in self._channels:
            near = nearest(channel, self._channels)
            raise Fatal("sync.no-channel", channel=channel, nearest=near)
        return channel


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> GateSystem:
    """Its folders must be there, and a secret agreed on. ``Fatal`` else."""
    return GateSystem(options, endpoint)
