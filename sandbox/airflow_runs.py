"""Airflow's own REST interface, as a person uses its pages: start a run, and see how far it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sandbox.airflow import USER


@dataclass
class Runs:
    """Of the Airflow that listens at ``port`` on loopback."""

    port: int
    password: str = field(repr=False)
    _token: str = field(default="", repr=False)

    def start(self, dag: str) -> str:
        """A new run; its id."""
        told = self._ask("POST", f"/dags/{dag}/dagRuns", {"logical_date": None})
        return str(told["dag_run_id"])

    def known(self, dag: str) -> list[str]:
        """The runs that there are, whoever began them."""
        return [
            str(each["dag_run_id"]) for each in self._ask("GET", f"/dags/{dag}/dagRuns")["dag_runs"]
        ]

    def state(self, dag: str, run: str) -> str:
        """``queued``, ``running``, ``success`` or ``failed``."""
        return str(self._ask("GET", f"/dags/{dag}/dagRuns/{run}")["state"])

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Task → its state, and its seconds."""
        told = self._ask("GET", f"/dags/{dag}/dagRuns/{run}/taskInstances")
        names = ("state", "duration", "try_number")
        return {each["task_id"]: {n: each[n] for n in names} for each in told["task_instances"]}

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        if not self._token:
            login = {"username": USER, "password": self.password}
            self._token = self._call("POST", "/auth/token", login)["access_token"]
        return self._call(method, f"/api/v2{path}", body)

    def _call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        page = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            page.request(method, path, json.dumps(body).encode() if body else None, headers)
            answer = page.getresponse()
            text = answer.read()
        finally:
            page.close()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)


def of_folder(folder: Path) -> Runs:
    """Of ``make up`` in this folder."""
    told = json.loads((folder / "airflow" / "secrets.json").read_text("utf-8"))
    return Runs(int(told["port"]), told["password"])
