"""The figures as Airflow's own code sends them: to a StatsD listener and to an OpenTelemetry collector on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from exchange.store import schema
from exchange.store.engine import Store
from sandbox.district import District

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "var" / "peers" / "metrics"
SEND = """
import doctest, json, os, sys
from airflow.sdk import conf
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils
from zhida.airflow import figures
from zhida.airflow.figures_dag import TellFigures, figures_dags

assert doctest.testmod(figures).failed == 0
told = {"off": [len(figures_dags()), TellFigures(task_id="tell").execute({})]}
for name, options in json.loads(sys.argv[1]).items():
    os.environ.update(options)
    # As a task's process begins (airflow.sdk.execution_time.task_runner.main).
    legacy = conf.getboolean("metrics", "legacy_names_on")
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=legacy)
    told[name] = [len(figures_dags()), TellFigures(task_id="tell").execute({})]
    for option in options:
        del os.environ[option]
print(json.dumps(told))
"""
"""What is sent by OpenTelemetry leaves when the process ends, as that of a task."""


class Listener:
    """StatsD's server: datagrams on loopback."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)

    @property
    def options(self) -> dict[str, str]:
        port = self.socket.getsockname()[1]
        told = {"STATSD_ON": "True", "STATSD_HOST": "127.0.0.1", "STATSD_PORT": str(port)}
        return {f"AIRFLOW__METRICS__{name}": value for name, value in told.items()}

    def heard(self) -> dict[str, str]:
        """Name → value and kind."""
        found = {}
        while True:
            try:
                data = self.socket.recv(65_536).decode()
            except BlockingIOError:
                return found
            name, _, value = data.partition(":")
            found[name] = value


class Collector:
    """OTLP over HTTP: what was exported, as Google's own classes read it."""

    def __init__(self) -> None:
        self.exported: list[Any] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.exported.append(ExportMetricsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def options(self) -> dict[str, str]:
        port = self.server.server_address[1]
        told = {"OTEL_ON": "True", "OTEL_HOST": "127.0.0.1", "OTEL_PORT": str(port)}
        return {f"AIRFLOW__METRICS__{name}": value for name, value in told.items()}

    def heard(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """Name and attributes → the gauge's value."""
        return {
            (metric.name, frozenset((a.key, a.value.string_value) for a in point.attributes)):
            point.as_double or point.as_int
            for request in self.exported
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.gauge.data_points
        }  # fmt: skip


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One process of Airflow, told by turns to send nowhere, plain, with tags, and by OpenTelemetry."""
    assert (PEER / ".ready").exists(), "run: make peers"
    folder = tmp_path_factory.mktemp("figures")
    district = District(folder)
    district.prepare()
    Path(district.env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
    store = Store(f"sqlite:///{district.env['ZHIDA_VAR']}/store.db")
    schema.upgrade(store)
    store.close()
    plain, tagged, otel = Listener(), Listener(), Collector()
    peers: dict[str, Listener | Collector] = {"plain": plain, "tagged": tagged, "otel": otel}
    options = {name: peer.options for name, peer in peers.items()}
    options["tagged"] |= {"AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "True"}
    paths = os.pathsep.join([str(ROOT), str(PEER)])
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(folder), "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", SEND, json.dumps(options)],
        env=env | district.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    yield {"told": told} | {name: peer.heard() for name, peer in peers.items()}
    otel.server.shutdown()
    otel.server.server_close()
    plain.socket.close()
    tagged.socket.close()


def test_where_airflow_sends_nothing_nothing_is_counted_and_no_dag_runs(sent: Any) -> None:
    assert sent["told"].pop("off") == [0, 0]
    for dags, figures in sent["told"].values():
        assert dags == 1 and figures > 100


def test_plain_statsd_has_each_series_under_a_name_of_its_own(sent: Any) -> None:
    heard = sent["plain"]
    assert heard["airflow.zhida.items.police.public-security.parked"] == "0|g"
    assert heard["airflow.zhida.proposals_open"] == "0|g"
    assert len(heard) == sent["told"]["plain"][1], "no two became one"
    value, kind = heard["airflow.zhida.certificate_days_left.own.hub"].split("|")
    assert kind == "g" and float(value) > 30


def test_where_there_are_tags_the_labels_are_tags(sent: Any) -> None:
    name = "airflow.zhida.items,system=police,unit=public-security,state=parked"
    assert sent["tagged"][name] == "0|g"
    assert len(sent["tagged"]) == sent["told"]["tagged"][1]


def test_a_collector_of_opentelemetry_has_them_when_the_process_is_over(sent: Any) -> None:
    labels = frozenset({"system": "police", "unit": "public-security", "state": "parked"}.items())
    assert sent["otel"]["airflow.zhida.items", labels] == 0
    assert len(sent["otel"]) == sent["told"]["otel"][1]
