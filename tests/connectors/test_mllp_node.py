"""Our MLLP client against a third-party server of another language (npm node-hl7-server)."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.mllp import Mllp
from exchange.errors import Unknown

NODE = Path(__file__).resolve().parents[1] / "peers" / "node"
BIRTH = (
    "MSH|^~\\&|HIS|H|HUB|Z|20260105093000||ADT^A28^ADT_A05|{control}|P|2.5\r"
    "EVN||20260105093000\rPID|1||N000{control}||李某之子||202601050930|M\r"
)


@pytest.fixture
def port() -> Iterator[int]:
    assert (NODE / "node_modules").is_dir(), "run: make peers"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    command = ["node", "mllp_server.js", str(free)]
    with subprocess.Popen(command, cwd=NODE, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield free
        finally:
            server.kill()


def test_a_message_is_acknowledged(port: int) -> None:
    wire = Mllp("127.0.0.1", port, timeout=10)
    try:
        assert b"MSA|AA|1" in wire.call("ADT^A28", BIRTH.format(control=1).encode()).raw
    finally:
        wire.close()


def test_this_servers_old_acknowledgement_is_not_taken_for_the_new_messages(port: int) -> None:
    """It keeps what a connection sent before, and acknowledges all of it again each time."""
    wire = Mllp("127.0.0.1", port, timeout=10)
    try:
        wire.call("ADT^A28", BIRTH.format(control=1).encode())
        with pytest.raises(Unknown, match=r"mllp\.other-acknowledgement"):
            wire.call("ADT^A28", BIRTH.format(control=2).encode())
        assert b"MSA|AA|3" in wire.call("ADT^A28", BIRTH.format(control=3).encode()).raw
    finally:
        wire.close()
