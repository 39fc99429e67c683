"""One town of order finance for all tests, emptied before each: to make its keys takes seconds.

``place`` keeps its store in SQLite; ``either`` is run on PostgreSQL too, for what happens at once.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from exchange import audit
from sandbox.postgres import Postgres
from tests.zhida.finance_town import Place


@cache
def _town(address: str) -> Place:
    folder = Path(tempfile.mkdtemp(prefix="zhida-finance-town-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    found = Place(folder, address)
    atexit.register(found.close)
    return found


@cache
def _address(server: Postgres) -> str:
    return server.database(f"finance-{secrets.token_hex(4)}")


def _emptied(address: str) -> Iterator[Place]:
    """Its ledger is whole at the end."""
    found = _town(address)
    found.reset()
    yield found
    hub = found.hub
    assert audit.verify(hub.store, hub.signer.public, hub.site.name).problems == []


@pytest.fixture
def place() -> Iterator[Place]:
    yield from _emptied("")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Place]:
    on_sqlite = request.param == "sqlite"
    yield from _emptied("" if on_sqlite else _address(request.getfixturevalue("postgres")))


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    """What each of them came to: its answer, or its error."""
    found: list[Any] = [None] * len(work)

    def run(number: int) -> None:
        try:
            found[number] = work[number]()
        except Exception as error:
            found[number] = error

    threads = [Thread(target=run, args=(n,)) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found
