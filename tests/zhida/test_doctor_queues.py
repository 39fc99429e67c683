"""Brokers: a real one, a wrong password, one that is off; Celery's by its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.rabbitmq import RabbitMq
from tests.zhida.endpoint import Endpoint as Place
from zhida import doctor_queues, site
from zhida.airflow_settings import Settings

SYSTEM = Path(__file__).resolve().parents[2] / "sandbox/production_site/systems/queue.yaml"
UNIT = {"units/service-window.yaml": "unit: service-window\ntitle: 专窗（示例）\n"}


def celery(url: str, executor: str = "CeleryExecutor") -> Settings:
    told = {"AIRFLOW__CORE__EXECUTOR": executor, "AIRFLOW__CELERY__BROKER_URL": url}
    return Settings(told, {})


@pytest.fixture
def told(tmp_path: Path) -> site.Site:
    place = Place(tmp_path / "d", {})
    place.hub.close()
    return site.load(place.site)


def looked(told: site.Site, airflow: Settings | None, connection: Any = None) -> list[Any]:
    return [(x.state, x.code) for x in doctor_queues.look(told, lambda _: connection, airflow)]


def address(broker: RabbitMq, password: str = "") -> str:
    word = password or broker.password
    return f"amqp://{broker.login}:{word}@127.0.0.1:{broker.port}/%2F"


def test_without_any_queue_it_says_so(told: site.Site) -> None:
    assert looked(told, None) == [("open", "")]
    assert looked(told, celery("amqp://x", "LocalExecutor")) == [("open", "")]


@pytest.mark.peer("rabbitmq")
def test_celerys_broker(told: site.Site, broker: RabbitMq) -> None:
    (well,) = doctor_queues.look(told, lambda _: None, celery(address(broker)))
    assert well.state == "good"
    assert looked(told, celery(address(broker, "wrong"))) == [("bad", "amqp.login")]


def test_a_broker_that_is_off_and_one_of_another_kind(told: site.Site) -> None:
    assert looked(told, celery("amqp://a:b@127.0.0.1:1//")) == [("bad", "wire.refused")]
    assert looked(told, celery("redis://127.0.0.1/0")) == [("bad", "doctor.celery-url")]
    hidden = Settings(
        {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW__CELERY__BROKER_URL_CMD": "cat"}, {}
    )
    assert looked(told, hidden) == [("open", "")]
    assert doctor_queues._endpoint("amqp://a:p%40@h/v").password == "p@"


@pytest.mark.peer("rabbitmq")
def test_a_systems_queue(tmp_path: Path, broker: RabbitMq) -> None:
    """The queue of the production site; it is not there yet, which is right."""
    place = Place(tmp_path / "d", {"systems/queue.yaml": SYSTEM.read_text("utf-8"), **UNIT})
    place.hub.close()
    told = site.load(place.site)
    at = {"host": "127.0.0.1", "port": broker.port, "login": broker.login}
    right = at | {"password": broker.password, "extra": {"vhost": "/"}}
    assert looked(told, None, right) == [("good", "")]
    assert looked(told, None, right | {"password": "wrong"}) == [("bad", "amqp.login")]
    assert looked(told, None, right | {"port": 1}) == [("bad", "wire.refused")]
    assert looked(told, None, None) == [("bad", "connection.missing")]
