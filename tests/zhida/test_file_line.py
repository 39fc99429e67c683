"""The kill switch, shadow and the hours of a system hold for large files too, in the middle of one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.errors import Invalid, Retriable
from exchange.ledger import Entry
from exchange.limits import windows
from exchange.sealed_file import CHUNK
from exchange.store import leg_rows
from exchange.store.engine import Connection
from exchange.store.leg_rows import LegRow
from tests.zhida.large_office import Office
from zhida import file_intake, file_line, file_push

DATA = random.Random(8).randbytes(3 * CHUNK)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


def switch(office: Office, system: str, mode: str) -> None:
    def work(connection: Connection) -> list[Entry]:
        leg_rows.put(connection, LegRow(system, mode, "2026-01-01T00:00:00.000000Z", "li", "test"))
        return [Entry("leg", system)]

    office.hub.ledger.commit(work)


def test_what_is_stopped_is_not_asked_and_goes_on_when_it_is_started(office: Office) -> None:
    known = office.claim("a.dwg", DATA)

    def stop(here: int, of: int) -> None:
        if here == CHUNK:
            switch(office, "drawings", "stopped")

    with pytest.raises(Retriable, match=r"call\.stopped"):
        file_intake.take_in(office.hub, known, stop)
    with pytest.raises(Retriable, match=r"call\.stopped"):
        file_intake.take_in(office.hub, known)
    switch(office, "drawings", "shadow")  # reading has no effect there
    seen: list[int] = []
    file_intake.take_in(office.hub, known, lambda here, of: seen.append(here))
    assert seen[0] == CHUNK


@pytest.mark.parametrize(
    ("mode", "code"), [("stopped", r"call\.stopped"), ("shadow", r"leg\.not-live")]
)
def test_nothing_is_put_where_it_may_not_come_about(office: Office, mode: str, code: str) -> None:
    known, inbox = office.claim("a.dwg", DATA), office.hub.site.system("inbox")
    file_intake.take_in(office.hub, known)
    switch(office, "inbox", mode)
    with pytest.raises(Retriable, match=code):
        file_push.push(office.hub, known, inbox)
    assert list(office.inbox.iterdir()) == []
    switch(office, "inbox", "live")

    def stop(here: int, of: int) -> None:
        switch(office, "inbox", mode)

    with pytest.raises(Retriable, match=code):
        file_push.push(office.hub, known, inbox, stop)
    assert next(office.inbox.iterdir()).stat().st_size == CHUNK


def test_hours_are_kept(office: Office) -> None:
    system = office.hub.site.system("drawings")
    office.endpoint.clock.now = office.endpoint.clock.now.replace(hour=4)  # noon in China
    object.__setattr__(system, "windows", windows("20:00-23:00"))
    with pytest.raises(Retriable, match=r"call\.closed"):
        file_line.require_open(office.hub, system)
    object.__setattr__(system, "windows", windows("10:00-23:00"))
    file_line.require_open(office.hub, system, writing=True)


def test_another_adapter_has_no_large_files(office: Office) -> None:
    system = office.hub.site.system("drawings")
    object.__setattr__(system, "adapter", "feed")
    with pytest.raises(Invalid, match=r"file\.no-place"):
        file_line.opened(office.hub, system)
