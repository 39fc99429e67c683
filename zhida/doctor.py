"""``zhida doctor``: is this installation well? Each part told by itself, whatever ails the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from exchange import heads
from exchange.errors import ZhidaError
from exchange.ports import Endpoint, utc_now
from zhida import (
    airflow_settings,
    connections,
    doctor_airflow,
    doctor_clock,
    doctor_keys,
    doctor_near,
    doctor_queues,
    doctor_versions,
    outside_file,
    self_message,
)
from zhida.doctor_line import Line, Part
from zhida.doctor_near import Visit
from zhida.hub import Hub, open_hub
from zhida.last_head import LastHead
from zhida.site import Site

_THROUGH = Part("through")
_SELF = "签名、入库、送达、核验"
_HEAD = "库外的树头"


def look(lock: Path | None) -> Iterator[Line]:
    """Line by line, as they are found. ``lock``: this release's lock file, if anybody told."""
    visit = Visit()
    yield from doctor_versions.look(lock)
    wrong = list(Part("airflow").tried("airflow.cfg", lambda: _read_airflow(visit)))
    yield from doctor_near.look(visit, quick=False)
    if visit.site is not None:
        yield from Part("keys").tried("中枢", _hub)
        yield from _around(visit.site, visit)
    yield from wrong or doctor_airflow.look(visit.airflow)


def _read_airflow(visit: Visit) -> Iterator[Line]:
    visit.airflow = airflow_settings.of(os.environ)
    yield from ()


def _hub() -> Iterator[Line]:
    """What only an open hub can tell."""
    with open_hub() as hub:
        yield from doctor_keys.look(hub)
        yield from Part("trust").tried("签发机构", lambda: doctor_keys.trusted(hub))
        yield from _THROUGH.tried(_SELF, lambda: _sent(hub))


def _sent(hub: Hub) -> Iterator[Line]:
    sent = self_message.send(hub)
    told = f"标记 {sent.marker[:8]} 收回，账本 {sent.size} 条，密钥 {sent.kid[:12]}"
    yield _THROUGH.good(_SELF, told)
    yield _remembered(hub, sent.size)


def _remembered(hub: Hub, size: int) -> Line:
    """Did this process leave its head to the others? One that another account made it can't."""
    last = LastHead.of(hub.var, hub.store_url)
    with hub.store.read() as connection:
        found = heads.read(last.read(), hub.trust.hub_keys_within(connection))
    if found is None or found.size < size:
        return _THROUGH.note(_HEAD, "doctor.last-head", file=str(last.file))
    return _THROUGH.good(_HEAD, f"{found.size} 条，{last.file.name}")


def _around(told: Site, visit: Visit) -> Iterator[Line]:
    """Others: their clocks, and the brokers."""
    find = connections.from_environment
    yield from Part("clock").tried("数据库的时钟", lambda: _store_clock(told))
    yield from Part("clock").tried(
        "各系统的时钟", lambda: doctor_clock.peers(_peers(told), utc_now)
    )
    queues = Part("broker").tried("消息队列", lambda: doctor_queues.look(told, find, visit.airflow))
    yield from queues


def _store_clock(told: Site) -> Iterator[Line]:
    with closing(doctor_near.open_store(told)) as store:
        yield doctor_clock.of_store(store, utc_now)


def _peers(told: Site) -> dict[str, Endpoint]:
    """Who may tell the time: the systems over HTTP, and the time-stamp authority."""
    named = {f"{each.title}（{each.name}）": each.connection for each in told.systems.values()}
    stamper = outside_file.load(told).stamper
    if stamper is not None:
        named[stamper.title] = stamper.connection
    found = {title: _endpoint(told, connection) for title, connection in named.items()}
    return {title: endpoint for title, endpoint in found.items() if endpoint is not None}


def _endpoint(told: Site, connection: str) -> Endpoint | None:
    """None: not over HTTP, or no connection: ``zhida check`` says what is missing there."""
    find = connections.from_environment
    try:
        found = connections.endpoint(connection, find=find, folder=told.folder, clock=utc_now)
    except ZhidaError:
        return None
    return found if found.address.startswith(("http://", "https://")) else None
