"""A district that gives grants alone: its site can be read, its lists are those that the site names."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from sandbox import grants_district, layout
from tests.zhida.grant_town import MATTERS
from zhida import site


def test_its_site_knows_every_list_and_nothing_else_is_done_there(tmp_path: Path) -> None:
    layout.copy_site(tmp_path, "Ed25519")
    for _ in range(2):
        grants_district.lay(tmp_path)
    found = site.load_matters(tmp_path / "site")
    assert sorted(matter.name for matter in found) == sorted(MATTERS)
    told = {file.stem for file in (tmp_path / "site" / "systems").glob("*.yaml")}
    connected = {
        name.removeprefix("AIRFLOW_CONN_FACTS_").lower().replace("_", "-")
        for name in grants_district.environment(tmp_path)
    }
    assert {name.removesuffix("-facts") for name in told if name.endswith("-facts")} == connected
    assert told - {f"{name}-facts" for name in connected} == {
        "portal",
        "treasury",
        "unemployment-fund",
        "department-desk",
        "finance-desk",
    }


def test_every_bureau_hands_over_where_its_connection_leads(tmp_path: Path) -> None:
    rows = grants_district.hand_over(tmp_path, 40, date(2026, 11, 28))
    assert rows["tax"] == 40
    for told in grants_district.environment(tmp_path).values():
        place = Path(json.loads(told)["host"])
        assert {each.name for each in place.iterdir()} == rows.keys()
