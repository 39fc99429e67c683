"""The other units of a newborn, laid over the example site: files right, agreements enough, no more.

``sandbox/newborn_site`` is not part of the example site yet: its systems need not run for the matter
of today. Laid over it, every operation's message can be made of what the agreements let through.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange import agreement, pointer
from exchange.agreement import Flow
from exchange.errors import Invalid
from exchange.ports import Adapter, Record, utc_now
from sandbox import births
from sandbox.district import District
from zhida import connections, hub, site, system_file
from zhida.site import Site

OVER = Path(__file__).resolve().parents[2] / "sandbox" / "newborn_site"
DAY = date(2026, 3, 2)
MOTHER = births.birth(1).facts["mother"]
PROVIDERS = {
    "birth": "hospital",
    "declaration": "service-window",
    "citizen": "public-security",
    "card": "human-resources",
}
DOCUMENTS: dict[str, Any] = {
    "birth": {
        "certificate": {"number": "X320117001", "issuer": "示例医院"},
        "child": {
            "sex": "1",
            "birth_date": "2026-01-05",
            "birth_time": "01:30",
            "order": 1,
            "multiple": False,
            "birth_place": {"division": "320117", "text": "示例医院"},
            "weight_g": 3350,
        },
        "mother": {
            "name": "李小达",
            "id_type": "01",
            "id_number": MOTHER["id_number"],
            "nationality": "156",
        },
        "facility": {"name": "示例医院", "uscc": births.USCC},
    },
    "declaration": {
        "certificate": {"number": "X320117001"},
        "child": {"name": "张小直"},
        "household": {"follows": "mother"},
        "applicant": {
            "name": "李小达",
            "id_number": MOTHER["id_number"],
            "phone": "19900000000",
            "relation": "mother",
        },
        "insurance": {"place": "320117"},
        "card": {"bank": "102"},
        "declared_on": "2026-01-07",
        "consent": True,
    },
    "citizen": {
        "citizen_id": "320117202601050015",
        "name": "张小直",
        "sex": "1",
        "birth_date": "2026-01-05",
        "certificate": {"number": "X320117001"},
        "registered_on": "2026-01-08",
        "serial": "1",
    },
    "card": {
        "citizen_id": "320117202601050015",
        "card_number": "A17000001",
        "bank": "102",
        "ordered_on": "2026-01-08",
    },
}
OPERATIONS = [
    ("health", "issue_voucher"),
    ("health", "sign_certificate"),
    ("health", "open_vaccination"),
    ("health", "register_parenting"),
    ("social-security", "order_card"),
    ("bank", "open_card_account"),
    ("police", "apply_identity_card"),
]


@pytest.fixture(scope="module")
def laid_over(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    district = District(tmp_path_factory.mktemp("newborn"), systems=(), signer=False)
    district.prepare()
    folder = district.directory / "site"
    shutil.copytree(OVER, folder, dirs_exist_ok=True)
    yield site.load(folder), district.env


def _adapter(laid_over: tuple[Site, dict[str, str]], name: str) -> Adapter:
    told, env = laid_over
    system = told.system(name)
    system_file.check(system, hub.adapter_module(system.adapter), told.folder)
    place = connections.endpoint(
        system.connection,
        find=lambda connection: json.loads(env[f"AIRFLOW_CONN_{connection.upper()}"]),
        folder=told.folder,
        clock=utc_now,
    )
    opened: Adapter = hub.adapter_module(system.adapter).open_system(system.options, place)
    return opened


def _leaves(record: Record, at: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{at}/{name}")
        else:
            yield f"{at}/{name}", value


def _let_through(told: Site, receiver: str, name: str, kind: str) -> dict[str, Any]:
    flow = Flow(PROVIDERS[name], receiver, kind, "newborn-registration")
    allowed = agreement.permit(told.agreements, flow, DAY)
    kept: dict[str, Any] = {}
    for path, value in _leaves(DOCUMENTS[name]):
        if allowed.covers(path):
            *parents, last = path.split("/")[1:]
            node = kept
            for parent in parents:
                node = node.setdefault(parent, {})
            node[last] = value
    return kept


def _inputs(told: Site, system: str, operation: str) -> dict[str, Any]:
    needs = hub.declared(told.system(system))[operation].needs
    unit = told.system(system).unit
    return {name: _let_through(told, unit, name, kind) for name, kind in needs.items()}


@pytest.mark.parametrize(("system", "operation"), OPERATIONS)
def test_what_the_agreements_let_through_is_enough(
    laid_over: tuple[Site, dict[str, str]], system: str, operation: str
) -> None:
    adapter = _adapter(laid_over, system)
    inputs = _inputs(laid_over[0], system, operation)
    assert adapter.prepare(operation, inputs, "5f" * 16).mapping_digest
    adapter.close()


@pytest.mark.parametrize(("system", "operation"), OPERATIONS)
def test_what_identifies_the_thing_is_let_through(
    laid_over: tuple[Site, dict[str, str]], system: str, operation: str
) -> None:
    told = laid_over[0]
    inputs = _inputs(told, system, operation)
    for path in hub.declared(told.system(system))[operation].identity:
        assert pointer.get(inputs, f"/{path}") is not None


def test_the_bank_gets_nothing_of_the_birth(laid_over: tuple[Site, dict[str, str]]) -> None:
    told = laid_over[0]
    kinds = {each.document for each in told.agreements if each.receiver == "bank"}
    assert kinds == {"social-security-card", "citizen-id", "birth-declaration"}
    inputs = _inputs(told, "bank", "open_card_account")
    assert set(inputs["citizen"]) == {"citizen_id", "name"}
    assert set(inputs["declaration"]) == {"card", "applicant"}


def test_a_name_that_is_not_decided_stops_the_certificate_alone(
    laid_over: tuple[Site, dict[str, str]],
) -> None:
    adapter = _adapter(laid_over, "health")
    inputs = _inputs(laid_over[0], "health", "sign_certificate")
    del inputs["declaration"]["child"]
    with pytest.raises(Invalid) as caught:
        adapter.prepare("sign_certificate", inputs, "5f" * 16)
    assert [each.facts["path"] for each in caught.value.problems] == ["/declaration/child/name"]
    assert adapter.prepare("open_vaccination", {"birth": inputs["birth"]}, "5f" * 16)
    adapter.close()
