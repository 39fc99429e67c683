"""A matter that must have time stamps stops when there are none, and goes on by itself (G8, G9)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.tsa import POLICY, Tsa
from zhida import outside
from zhida.outside_file import STAMPER, Settings, Stamper


@pytest.mark.guarantee("G8")
def test_nothing_is_registered_while_heads_wait_too_long(town: Any, tmp_path: Path) -> None:
    certificate = town.bear_ready(871)
    with Tsa(tmp_path / "tsa") as tsa:
        town.connections["tsa"] = {"schema": "http", "host": "127.0.0.1", "port": tsa.port}
        stamper = Stamper(
            title="示例时间戳",
            connection="tsa",
            anchor=tsa.anchor,
            policy=POLICY,
            every=timedelta(minutes=10),
            within=timedelta(minutes=60),
            required_by=frozenset({"newborn"}),
        )
        before = town.hub.outside
        town.hub.outside = Settings({}, stamper)
        try:
            _stops_and_goes_on(town, tsa, certificate)
        finally:
            town.hub.outside = before


def _stops_and_goes_on(town: Any, tsa: Tsa, certificate: str) -> None:
    tsa.stop()
    town.clock.skip(3700)
    assert outside.go_round(town.hub)[STAMPER] == "wire.refused"
    town.sweep("household")
    item = town.item(certificate, "household")
    assert (item.state, item.code) == ("ready", "outside.unstamped")
    assert town.registered(certificate) == []
    tsa.start()
    assert outside.go_round(town.hub)[STAMPER] == ""
    town.clock.skip(61)
    town.sweep("household")
    assert len(town.registered(certificate)) == 1
    assert town.item(certificate, "household").code != "outside.unstamped"
