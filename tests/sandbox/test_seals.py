"""The seal platform with a foreign client (requests): papers wait, and come back with their digest."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import Any

import requests

from sandbox.handle import Handle
from sandbox.seals import SEALS

PAPER = {"template": "T1", "seal": SEALS[0], "title": "告知书", "format": "ofd", "data": {"a": "b"}}


def _post(handle: Handle, path: str, **body: Any) -> Any:
    return requests.post(handle.address + path, json=body, timeout=10).json()


def test_a_paper_waits_and_is_sealed_with_its_digest(seals_door: Handle) -> None:
    receipt = _post(seals_door, "/seals/apply", serial="a1", **PAPER)["data"]["receipt"]
    assert _post(seals_door, "/seals/result", serial="a1")["data"]["state"] == "0"
    assert seals_door.ask("POST", "/seal")["decided"] >= 1
    told = _post(seals_door, "/seals/result", serial="a1")["data"]
    file = base64.b64decode(told["file"])
    assert (told["receipt"], told["state"]) == (receipt, "2")
    assert hashlib.new("sm3", file).hexdigest() == told["digest"].lower()
    assert "OFD.xml" in zipfile.ZipFile(io.BytesIO(file)).namelist()


def test_a_repetition_is_another_paper_and_another_seal_is_refused(seals_door: Handle) -> None:
    before = len(seals_door.books())
    for _ in range(2):
        _post(seals_door, "/seals/apply", serial="a2", **PAPER)
    assert len(seals_door.books()) == before + 2
    refused = _post(seals_door, "/seals/apply", serial="a3", **{**PAPER, "seal": "S-0"})
    assert (refused["code"], len(seals_door.books())) == ("1001", before + 2)
    assert _post(seals_door, "/seals/result", serial="a3")["code"] == "404"
