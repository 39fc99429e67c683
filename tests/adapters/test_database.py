"""A database for syncs: nothing is done in it, and an address that can't be is told before any sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import database
from exchange.errors import Fatal
from exchange.ports import Endpoint


def test_it_has_no_operations_and_connects_to_nothing(tmp_path: Path) -> None:
    options = {"driver": "sqlite", "database": str(tmp_path / "not-there" / "x.db")}
    system = database.open_system(options, Endpoint(""))
    assert system.operations == {}
    system.close()
    assert database.WIRE == "tables"


def test_a_driver_that_is_not_installed_is_told() -> None:
    with pytest.raises(Fatal, match=r"tables\.driver"):
        database.open_system({"url": "dm://127.0.0.1/x"}, Endpoint(""))
