"""Our connection types in a real Airflow: registered, with fields, secrets masked, testable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from connectors.connection_fields import EXTRA, STANDARD, TITLES
from zhida.airflow import provider
from zhida.airflow.once import settings

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import json, sys
from airflow.providers_manager import ProvidersManager
from airflow.sdk import BaseHook
manager = ProvidersManager()
hooks = {name: hook.hook_class_name for name, hook in manager.hooks.items() if hook}
widgets = {name: told.is_sensitive for name, told in manager.connection_form_widgets.items()}
behaviours = sorted(manager.field_behaviours)
tested = {}
for name in sys.argv[1:]:
    hook = BaseHook.get_connection(name).get_hook()
    tested[name] = hook.test_connection()
print(json.dumps([hooks, widgets, behaviours, tested]))
"""
SECRET = "s-secret-test"


class _Refuses(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ok/" else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *told: Any) -> None:
        """Silent."""


def airflow(home: Path, connections: dict[str, dict[str, Any]]) -> Any:
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(home) | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    env |= {f"AIRFLOW_CONN_{name.upper()}": json.dumps(told) for name, told in connections.items()}
    words = [sys.executable, "-c", ASK, *connections]
    done = subprocess.run(words, env=env, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert SECRET not in done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.airflow
def test_airflow_knows_our_types_and_tests_their_connections(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refuses)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    place = {"schema": "http", "port": server.server_port, "password": SECRET}
    told: dict[str, dict[str, Any]] = {
        "refused": {"conn_type": "zhida_http", "host": "127.0.0.1", **place},
        "welcome": {"conn_type": "zhida_http", "host": "127.0.0.1", **place},
        "broken": {"conn_type": "zhida_mllp", "host": "127.0.0.1", "port": 1},
        "nowhere": {"conn_type": "zhida_tables", "host": ""},
        "folder": {"conn_type": "zhida_files", "host": str(tmp_path)},
    }
    told["welcome"]["host"] = f"127.0.0.1:{server.server_port}/ok"
    del told["welcome"]["port"]
    try:
        hooks, widgets, behaviours, tested = airflow(tmp_path, told)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    ours = {provider.connection_type(wire) for wire in TITLES}
    assert ours <= set(hooks)
    assert ours <= set(behaviours)
    assert widgets["extra__zhida_http__key_password"] is True
    assert widgets["extra__zhida_http__ca"] is False
    assert {name: ok for name, (ok, _) in tested.items()} == {
        "refused": False, "welcome": True, "broken": False, "nowhere": False, "folder": True,
    }  # fmt: skip
    assert "403" in tested["refused"][1]
    assert "→" in tested["refused"][1]
    assert "✓ 网络端口" in tested["welcome"][1]


def test_the_types_are_as_airflow_wants_them() -> None:
    found = provider.get_provider_info()["connection-types"]
    behaviour = json.loads(_airflow_file("customized_form_field_behaviours.schema.json"))
    for one in found:
        told = one["ui-field-behaviour"]
        plain = {"hidden_fields": told["hidden-fields"], "relabeling": told["relabeling"]}
        jsonschema_rs.validator_for(behaviour).validate(plain | {"placeholders": {}})
    assert {one["hook-class-name"].rpartition(".")[2] for one in found} == {
        f"{wire.capitalize()}Hook" for wire in TITLES
    }


def _airflow_file(name: str) -> str:
    import importlib.util

    spec = importlib.util.find_spec("airflow")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return (Path(spec.submodule_search_locations[0]) / name).read_text("utf-8")


def test_the_registry_imports_no_wire() -> None:
    probe = (
        "import sys; from zhida.airflow.provider import get_provider_info; get_provider_info();"
        "print([m for m in ('airflow', 'requests', 'zeep', 'kombu', 'sqlalchemy', 'polars') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", probe], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_wire_is_whole() -> None:
    assert set(TITLES) == set(STANDARD) == set(EXTRA) - {"soap"}
    for fields in EXTRA.values():
        for name, told in fields.items():
            assert told["title"], name
            secret = "password" in name or name.endswith("secret")
            assert (told.get("format") == "password") == secret, name
