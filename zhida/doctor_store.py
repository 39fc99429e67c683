"""The doctor on the store: reachable, of our schema, writable, durable."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.store import health, schema
from exchange.store.engine import Store
from zhida import doctor_disk
from zhida.doctor_line import Line, Part

_PART = Part("store")


def look(store: Store) -> Iterator[Line]:
    """What of it can't be judged because the store can't be reached is not told: it is that."""
    reached: list[health.Health] = []
    yield from _PART.tried("连接", lambda: [_reached(store, reached)])
    if not reached:
        return
    found = reached[0]
    yield from _PART.tried("库表版本", lambda: [_current(store)])
    yield from _PART.tried("可写", lambda: [_written(store)])
    yield _durable(found)
    if found.file is None:
        yield _PART.open("剩余空间", "数据库服务器的磁盘从这里看不到")
    else:
        yield doctor_disk.space(_PART, "剩余空间", found.file.parent)


def _reached(store: Store, reached: list[health.Health]) -> Line:
    reached.append(health.look(store))
    return _PART.good("连接", reached[0].version)


def _current(store: Store) -> Line:
    schema.require_current(store)
    return _PART.good("库表版本", "最新")


def _written(store: Store) -> Line:
    health.try_writing(store)
    return _PART.good("可写", "写入后撤回")


def _durable(found: health.Health) -> Line:
    if not found.lax:
        return _PART.good("断电不丢", "提交即落盘")
    told = "，".join(f"{name}={value}" for name, value in found.lax.items())
    return _PART.bad("断电不丢", "doctor.not-durable", settings=told)
