"""One look of a witness: fetch the letter, judge it, hand the answer over."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from exchange import witness
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Clock, Endpoint, utc_now
from zhida import connections, files, outside, witness_home, witness_wire
from zhida.witness_home import Home

_MOST = 5_000_000
"""Bytes of a letter."""


def once(
    folder: Path, password: bytes, clock: Clock = utc_now
) -> tuple[dict[str, Any], ZhidaError | None]:
    """What was answered, and what is wrong with the letter (None: nothing)."""
    home = Home.read(folder)
    key, place = home.key(password), home.told.get("folder", "")
    if place:
        letter = _by_folder(home.folder / place)
        token, wrong = witness_home.look(home, letter, key, clock)
        outside.put(home.folder / place / outside.ANSWER, token.encode())
    elif home.told.get("connection"):
        endpoint = _endpoint(home, clock)
        held, _ = witness_home.look(home, b"", key, clock)
        letter = witness_wire.converse(endpoint, held)
        token, wrong = witness_home.look(home, letter, key, clock)
        witness_wire.converse(endpoint, token)
    else:
        raise Fatal("witness.settings", path="folder")
    told = asdict(witness.read_answer(token, key.public))
    return told | {"letter": bool(letter)}, wrong


def _endpoint(home: Home, clock: Clock) -> Endpoint:
    find, name = connections.from_environment, home.told["connection"]
    return connections.endpoint(name, find=find, folder=home.folder, clock=clock)


def _by_folder(place: Path) -> bytes:
    """Empty: the hub has left none."""
    path = place / outside.LETTER
    return files.read(path, _MOST) if path.is_file() else b""
