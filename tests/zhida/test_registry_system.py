"""The example of a registry that says who may apply: by its system file alone, over a real wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters import generic
from connectors.http_message import Request, Response
from connectors.http_server import HttpServer
from exchange.errors import Rejected, ZhidaError
from exchange.ports import Endpoint
from mappings import shapes
from tests.zhida.applicant_office import _ALL

SITE = Path(__file__).resolve().parents[2] / "sandbox" / "application_site"
OPTIONS: dict[str, Any] = YAML(typ="safe", pure=True).load(
    (SITE / "systems/registry.yaml").read_text("utf-8")
)["options"]
USCC, ID = "91320114MA1XGRNT0T", "11010519491231002X"
ASKED = {
    "application": {
        "firm": {"uscc": USCC},
        "applicant": {"name": "王示例", "id_number": ID, "role": "legal-person"},
    }
}


class Registry:
    """Knows one person; ``said`` is what it answers if that is something else."""

    said: Any = None

    def answer(self, request: Request) -> Response:
        asked = json.loads(request.body)
        match = "1" if (asked["name"], asked["idNo"], asked["role"]) == ("王示例", ID, "1") else "0"
        told = {"code": "0", "data": {"uscc": asked["uscc"], "idNo": asked["idNo"], "match": match}}
        return Response(200, json.dumps(self.said or told).encode())

    def refuse(self, error: ZhidaError) -> Response:
        return Response(500)


@pytest.fixture
def registry() -> Iterator[tuple[Registry, Any]]:
    known = Registry()
    with HttpServer(("127.0.0.1", 0), known) as server:
        adapter = generic.open_system(
            OPTIONS, Endpoint(f"http://127.0.0.1:{server.port}", site=SITE)
        )
        yield known, adapter
        adapter.close()


def ask(adapter: Any, **changed: str) -> Any:
    applicant = {**ASKED["application"]["applicant"], **changed}
    inputs = {"application": {**ASKED["application"], "applicant": applicant}}
    return adapter.fetch(adapter.prepare("verify_applicant", inputs, "")).record


@pytest.mark.parametrize(
    ("changed", "matches"),
    [({}, True), ({"name": "别人"}, False), ({"role": "agent"}, False)],
)
def test_it_says_yes_or_no_and_about_whom(
    registry: Any, changed: dict[str, str], matches: bool
) -> None:
    record = ask(registry[1], **changed)
    assert record == {
        "firm": {"uscc": USCC}, "applicant": {"id_number": ID}, "matches": matches
    }  # fmt: skip
    shapes.validate("applicant-check", record)


def test_what_is_neither_yes_nor_no_is_no_answer(registry: Any) -> None:
    known, adapter = registry
    for data in ({"match": "1"}, {"uscc": USCC, "idNo": "x", "match": "1"}, {}):
        known.said = {"code": "0", "data": data}
        with pytest.raises(ZhidaError):
            ask(adapter)
    known.said = {"code": "9", "msg": "系统忙"}
    with pytest.raises(ZhidaError) as error:
        ask(adapter)
    assert not isinstance(error.value, Rejected) or error.value.code.startswith("generic.")


def test_it_is_what_the_matter_names() -> None:
    declared = generic.declared(OPTIONS)["verify_applicant"]
    (wanted,) = (each for each in _ALL if each.name == "verify_applicant")
    assert (declared.needs, declared.gives, declared.effect) == (
        wanted.needs, wanted.gives, wanted.effect
    )  # fmt: skip
    assert (declared.identity, declared.asks) == (wanted.identity, wanted.asks)
