"""The doctor on message brokers: those of the site's systems, and Celery's. Nothing is taken or sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from exchange.errors import Fatal, ZhidaError
from exchange.ports import Endpoint
from zhida import system_check, system_wire
from zhida.airflow_settings import Settings
from zhida.connections import Finder
from zhida.doctor_line import Line, Part
from zhida.site import Site, System

_PART = Part("broker")


def look(told: Site, find: Finder, airflow: Settings | None) -> Iterator[Line]:
    """Every system that is a queue, and the broker that Celery's workers live by."""
    lines = [*_systems(told, find), *_celery(airflow)]
    yield from lines or [_PART.open("消息队列", "站点没有系统用它")]


def _systems(told: Site, find: Finder) -> Iterator[Line]:
    for system in told.systems.values():
        if _is_queue(system):
            rows = system_check.check_system(told, system, find)
            yield from _steps(f"{system.title}（{system.name}）", rows)


def _is_queue(system: System) -> bool:
    """One whose file is wrong is ``zhida check``'s business, and perhaps no queue at all."""
    try:
        return system_wire.of(system).alias == "amqp"
    except ZhidaError:
        return False


def _steps(title: str, rows: list[dict[str, str]]) -> Iterator[Line]:
    bad = [row for row in rows if row["state"] == "bad"]
    for row in bad:
        what = f"{row['title']}：{row['what']}"
        yield Line(_PART.name, title, "bad", what, row["code"], row["remedy"])
    if not bad:
        said = [row["what"] for row in rows if row["step"] in ("login", "permission")]
        yield _PART.good(title, "，".join(filter(None, said)))


def _celery(airflow: Settings | None) -> Iterator[Line]:
    if airflow is None or "Celery" not in (airflow.get("core", "executor") or ""):
        return
    url = airflow.get("celery", "broker_url")
    if url is None:
        yield _PART.open("Celery 的消息队列", "地址由命令或密码库给出")
        return
    yield from _PART.tried("Celery 的消息队列", lambda: _steps("Celery 的消息队列", _asked(url)))


def _asked(url: str) -> list[dict[str, str]]:
    return system_check.check_connection("amqp", _endpoint(url))


def _endpoint(url: str) -> Endpoint:
    """``amqp://login:password@host:port/vhost``; another kind is not judged (``doctor.celery-url``)."""
    told = urlsplit(url)
    if told.scheme not in ("amqp", "amqps", "pyamqp") or not told.hostname:
        raise Fatal("doctor.celery-url", scheme=told.scheme or "-")
    extra: Mapping[str, str] = {"vhost": unquote(told.path[1:]) or "/"}
    login, password = unquote(told.username or ""), unquote(told.password or "")
    return Endpoint(f"{told.hostname}:{told.port or 5672}", login, password, extra)
