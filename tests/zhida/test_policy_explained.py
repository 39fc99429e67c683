"""Why one firm gets a grant: values only where the viewer's agreement covers them, each look noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Rejected
from sandbox.uscc import compose
from tests.zhida import known_firms
from tests.zhida.endpoint import Endpoint, agreement
from zhida import policy_explained

FIRM, ON = compose("320114", 1), date(2026, 5, 1)
FILES = {
    "agreements/staff-portal.yaml": agreement(
        "staff-portal", "human-resources", "portal-office", "enterprise-facts",
        "/insured", "/insured_y1",
    )
}  # fmt: skip
FACTS: dict[str, Any] = {
    "registered_name": "示例一",
    "district": "320114",
    "founded": date(2026, 1, 1),
    "tax_clean": True,
    "rd_y1": 100_000_000,
    "insured": 11,
    "insured_y1": 10,
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Endpoint]:
    folder = tmp_path / "town"
    folder.mkdir()
    connections = known_firms.lay(folder / "site", folder / "books")
    found = Endpoint(folder, FILES, connections=connections)
    known_firms.state(found, {FIRM: FACTS})
    known_firms.freeze(found.hub)
    yield found
    found.hub.close()


def told(place: Endpoint, which: str = "research", unit: str = "hub") -> dict[str, Any]:
    return policy_explained.of_firm(place.hub, which, FIRM, ON, unit=unit)


def values(found: dict[str, Any]) -> list[str]:
    return [line["value"] for line in found["criteria"] if "value" in line]


def test_the_unit_sees_the_values_that_its_agreement_covers(place: Endpoint) -> None:
    found = told(place, unit="portal-office")
    assert found["verdict"] == "pass"
    [growth] = values(found)  # not the research expenses
    assert growth.startswith("10%")
    assert "amount" not in found  # it would tell the expenses


def test_a_unit_without_agreement_sees_whether_and_nothing_else(place: Endpoint) -> None:
    found = told(place, unit="enterprise-services")
    assert found["verdict"] == "pass"
    assert values(found) == []


def test_the_hub_sees_what_it_may_take_in(place: Endpoint) -> None:
    found = told(place)
    assert len(values(found)) > 1
    assert found["amount"] == "50,000 元"


def test_each_look_is_noted_without_naming_the_firm(place: Endpoint) -> None:
    told(place, unit="portal-office")
    entries = place.entries("read")
    assert len(entries) == 1
    assert entries[0]["disclosed"] == ["insured", "insured_y1"]
    assert FIRM not in str(entries)


def test_a_draft_is_explained_by_its_file(place: Endpoint, tmp_path: Path) -> None:
    draft = tmp_path / "research.yaml"
    text = (place.hub.site.folder / "policies/research.yaml").read_text("utf-8")
    draft.write_text(text.replace("研发投入奖补", "草稿"), "utf-8")
    assert told(place, str(draft))["title"] == "草稿"


def test_a_firm_or_a_policy_that_nobody_knows(place: Endpoint) -> None:
    with pytest.raises(Rejected, match=r"serve\.no-enterprise"):
        policy_explained.of_firm(place.hub, "research", compose("320114", 9), ON, unit="hub")
    with pytest.raises(Fatal, match=r"policy\.none"):
        told(place, "reserch")
