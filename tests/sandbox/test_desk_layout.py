"""A site whose units are reachable only through the OA, made of the example's."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sandbox import desk_layout, layout

OWN = {"oa", "window-desk"}
UNITS = "hospital civil-affairs health public-security medical-insurance tax social-security bank"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    layout.copy_site(tmp_path, "SM2-SM3")
    desk_layout.lay(tmp_path / "site")
    return tmp_path / "site"


def _read(file: Path) -> dict[str, object]:
    told: dict[str, object] = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    return told


def test_every_system_is_behind_the_oa_s_connection(site: Path) -> None:
    systems = {file.stem: _read(file) for file in site.glob("systems/*.yaml")}
    assert systems.keys() == {*OWN, *UNITS.split()}
    assert {system["connection"] for system in systems.values()} == {"oa"}
    adapters = {name: system["adapter"] for name, system in systems.items() if name != "oa"}
    assert set(adapters.values()) == {"desk"}


def test_the_example_s_own_units_and_agreements_stay(site: Path) -> None:
    example = Path(desk_layout.__file__).parent / "site"
    for file in [*example.glob("units/*.yaml"), *example.glob("agreements/*.yaml")]:
        assert (site / file.parent.name / file.name).read_bytes() == file.read_bytes()
    for unit in UNITS.split():
        assert (site / "agreements" / f"hub-to-{unit}-task.yaml").is_file()
        assert (site / "units" / f"{unit}.yaml").is_file()


def test_the_matter_is_the_same_but_for_the_streams_of_an_interface(site: Path) -> None:
    shipped = _read(Path(desk_layout.__file__).parents[1] / "matters" / "newborn" / "matter.yaml")
    assert "changes_on" in shipped
    del shipped["changes_on"]
    assert _read(site / "matters" / "newborn.yaml") == shipped


def test_what_a_bureau_has_changed_since_stays(site: Path) -> None:
    file = site / "systems" / "bank.yaml"
    file.unlink()
    desk_layout.lay(site)
    assert not file.exists()
