"""The files that docs/how-to/syncs.md shows are right: they are read, checked, and fit one another."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests import how_to_files
from tests.zhida.syncs.conftest import KIND, Town, lay
from zhida import site, sync_check, sync_file, system_wire

UNITS = {
    "market": "市场监管局",
    "civil-affairs": "民政局",
    "inner-hub": "内网中枢",
    "outer-hub": "外网中枢",
}
DOCUMENTS = ("firm-register", "permit-register", "branch-register", "allowance-list", "firm-row")


@pytest.fixture(params=["file", "far"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Town, list[str]]:
    """One side's site with the page's files in it, and their names."""
    town = Town(tmp_path)
    lay(town)
    for unit, title in UNITS.items():
        town.write("units", unit, {"unit": unit, "title": title})
    for name, unit in {"registry-database": "market", "licensing-front": "licensing"}.items():
        told = {"system": name, "title": name, "unit": unit, "adapter": "database"}
        options = {"driver": "sqlite", "database": str(tmp_path / f"{name}.db")}
        town.write("systems", name, {**told, "connection": name, "options": options})
    text = (how_to_files.PAGES / "syncs.md").read_text("utf-8")
    found = re.findall(rf"^<!-- {request.param}: (\S+) -->\n```yaml\n(.*?)^```", text, re.M | re.S)
    for name, content in found:
        (town.site / name).parent.mkdir(exist_ok=True)
        (town.site / name).write_text(content, "utf-8")
    for number, (unit, document) in enumerate(
        (u, d) for u in ("market", "civil-affairs") for d in DOCUMENTS
    ):
        town.write("documents", document, KIND)
        columns = {each for name, content in found for each in _columns(name, content)}
        told = {
            "agreement": f"a{number}",
            "provider": unit,
            "receiver": "licensing",
            "basis": "示例",
        }
        dates = {"valid_from": "2025-01-01", "valid_until": "2030-01-01"}
        fields = sorted(f"/{name}" for name in columns)
        more = {"document": document, "purpose": "licensing", "fields": fields, **dates}
        town.write("agreements", f"a{number}", {**told, **more})
    return town, [name for name, _ in found]


def _columns(name: str, content: str) -> list[str]:
    told = YAML(typ="safe").load(content)
    return [*told["key"], *told["source"].get("columns", ())] if name.startswith("syncs/") else []


def test_its_files_are_right_and_fit_one_another(page: tuple[Town, list[str]]) -> None:
    town, names = page
    told = site.load(town.site)
    systems = [name for name in names if name.startswith("systems/")]
    assert systems
    for name in systems:
        system_wire.checked(told, told.systems[Path(name).stem])
    syncs = sync_file.load_all(town.site)
    assert len(syncs) == len(names) - len(systems)
    for sync in syncs.values():
        assert list(sync_check.mistakes(told, syncs, sync, date(2026, 1, 6))) == []
