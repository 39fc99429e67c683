"""A gate (网闸) that ferries files between two networks, minutes later, one way at a time.

Both sides speak what ``docs/gate-format.md`` says; everything that gates do to files on the way
is expected: they are late, lost, repeated, reordered, cut, damaged, renamed. Messages of ours:
``connectors.gate_send``; of theirs: ``connectors.gate_receive``.

Error map (beside that of ``connectors.files`` for our own folders)::

    the same message with other content    Rejected  gate.other-content
    content or id that cannot be sent      Invalid   gate.content, no-message-id, too-big
    state older than the folders           Fatal     gate.number-used
    a gap, a damaged or a strange file     a parcel with its error, gate.missing, damaged, strange
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.files import Disk, root_of
from connectors.gate_options import CHANNEL, DELAY_S, OPTIONS, channels
from connectors.gate_receive import GateFeed
from connectors.gate_send import Gate, Side
from connectors.gate_state import State
from exchange.errors import Fatal
from exchange.ports import Endpoint

__all__ = ["CALL_OPTIONS", "CHANNEL", "DELAY_S", "OPTIONS", "open_connector", "open_feed"]

CALL_OPTIONS = OPTIONS
"""Both directions of a channel share its folders."""


def open_connector(options: Mapping[str, Any], endpoint: Endpoint) -> Gate:
    """The channels below ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    return Gate(_sides(options, endpoint))


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> GateFeed:
    """The channels below ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    return GateFeed(_sides(options, endpoint))


def _sides(options: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Side]:
    """Every folder must be there: a typo must not become one that no gate knows."""
    root = root_of(endpoint)
    made: dict[str, Side] = {}
    for name, channel in channels(options["channels"], endpoint.password).items():
        for folder in (channel.out, channel.into, channel.state):
            if not (root / folder).is_dir():
                raise Fatal("files.no-folder", folder=str(root / folder))
        made[name] = Side(Disk(root), channel, State(root / channel.state), endpoint.clock)
    return made
