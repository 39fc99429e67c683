"""The register of certificates: one alone is an object, several are a list, none has a code."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.handle import Handle

ROW = {"ZZBS": "x", "ZZLXDM": "BIRTH", "ZZMC": "出生医学证明", "CZZTDM": "h1"}


def _ask(handle: Handle, **given: str) -> Any:
    url = f"{handle.address}/certificates/query"
    return requests.post(url, json={"ZZLXDM": "BIRTH", **given}, timeout=10).json()


def test_one_several_and_none(licences_door: Handle) -> None:
    assert _ask(licences_door, CZZTDM="h1")["code"] == 404
    licences_door.ask("POST", "/issue", ROW | {"ZZBH": "n1"})
    assert _ask(licences_door, CZZTDM="h1")["data"]["ZZZT"] == "1"
    licences_door.ask("POST", "/issue", ROW | {"ZZBH": "n2"})
    assert licences_door.ask("POST", "/revoke", {"ZZBH": "n1"}) == {"revoked": 1}
    assert [row["ZZZT"] for row in _ask(licences_door, CZZTDM="h1")["data"]] == ["0", "1"]
    assert _ask(licences_door, CZZTDM="h1", ZZBH="n2")["data"]["ZZBH"] == "n2"
