"""What is laid over the example's site: all nine items, or units that have only the OA."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sandbox import layout, site_layers
from sandbox.process import ROOT

OWN = {"oa", "window-desk"}
UNITS = "hospital civil-affairs health public-security medical-insurance tax social-security bank"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    layout.copy_site(tmp_path, "SM2-SM3")
    site_layers.by_hand(tmp_path / "site")
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
    example = Path(site_layers.__file__).parent / "site"
    for file in [*example.glob("units/*.yaml"), *example.glob("agreements/*.yaml")]:
        assert (site / file.parent.name / file.name).read_bytes() == file.read_bytes()
    for unit in {str(_read(file)["unit"]) for file in site.glob("systems/*.yaml")}:
        assert (site / "agreements" / f"hub-to-{unit}-task.yaml").is_file()
        assert (site / "units" / f"{unit}.yaml").is_file()


def test_the_matter_is_the_very_same(site: Path) -> None:
    example = Path(site_layers.__file__).parent / "site"
    own = "matters/newborn.yaml"
    assert (site / own).read_bytes() == (example / own).read_bytes()


def test_the_whole_keeps_what_its_units_need_and_goes_by_the_packaged_matter(
    tmp_path: Path,
) -> None:
    layout.copy_site(tmp_path, "SM2-SM3")
    site = tmp_path / "site"
    site_layers.whole(site)
    assert not (site / "matters" / "newborn.yaml").exists()
    layer = Path(site_layers.__file__).parent / "newborn_site"
    for file in layer.glob("*/*.yaml"):
        assert (site / file.parent.name / file.name).read_bytes() == file.read_bytes()
    site_layers.by_hand(site)
    systems = {_read(file)["connection"] for file in site.glob("systems/*.yaml")}
    assert systems == {"oa"}


def test_what_a_bureau_has_changed_since_stays(site: Path) -> None:
    file = site / "systems" / "bank.yaml"
    file.unlink()
    site_layers.by_hand(site)
    assert not file.exists()


# --- matters beside the newborn's -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    layout.copy_site(tmp_path, "SM2-SM3")
    return tmp_path / "site"


@pytest.mark.parametrize("matter", site_layers.FURTHER)
def test_a_further_matter_stands_beside_the_others_with_all_its_files(
    folder: Path, matter: str
) -> None:
    before = {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}
    site_layers.further(folder, matter)
    layer = ROOT / "sandbox" / site_layers.FURTHER[matter]
    after = {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}
    added = {file.relative_to(layer) for file in layer.rglob("*") if file.is_file()}
    assert after == before | added
    assert f"matters: [newborn, {matter}]" in (folder / "site.yaml").read_text("utf-8")


def test_what_was_changed_in_a_further_matter_stays(folder: Path) -> None:
    site_layers.further(folder, "business-licence")
    file = folder / "systems" / "market.yaml"
    file.write_text("changed", "utf-8")
    site_layers.further(folder, "business-licence")
    assert file.read_text("utf-8") == "changed"


def test_units_that_two_layers_have_are_the_same_in_both() -> None:
    layers = [ROOT / "sandbox" / name for name in (*site_layers.FURTHER.values(), "newborn_site")]
    found: dict[str, set[str]] = {}
    for file in (each for layer in layers for each in layer.glob("units/*.yaml")):
        found.setdefault(file.name, set()).add(file.read_text("utf-8"))
    assert all(len(texts) == 1 for texts in found.values())


# --- labour disputes -------------------------------------------------------------------------------


@pytest.mark.parametrize("lay", [site_layers.mediation, site_layers.mediation_alone])
def test_disputes_are_laid_once_with_all_their_files(
    folder: Path, lay: Callable[[Path], None]
) -> None:
    lay(folder)
    layer = ROOT / "sandbox" / "mediation_site"
    files = [file.relative_to(layer) for file in layer.rglob("*") if file.is_file()]
    assert all((folder / file).read_bytes() == (layer / file).read_bytes() for file in files)
    (folder / "mediation.yaml").write_text("changed", "utf-8")
    before = (folder / "site.yaml").read_bytes()
    lay(folder)
    assert (folder / "mediation.yaml").read_text("utf-8") == "changed"
    assert (folder / "site.yaml").read_bytes() == before


# --- joint acceptance ------------------------------------------------------------------------------


@pytest.mark.parametrize("lay", [site_layers.acceptance, site_layers.acceptance_alone])
def test_acceptance_is_laid_once_with_all_its_files(
    folder: Path, lay: Callable[[Path], None]
) -> None:
    lay(folder)
    layer = ROOT / "sandbox" / "acceptance_site"
    files = [file.relative_to(layer) for file in layer.rglob("*") if file.is_file()]
    assert all((folder / file).read_bytes() == (layer / file).read_bytes() for file in files)
    (folder / "acceptance.yaml").write_text("changed", "utf-8")
    before = (folder / "site.yaml").read_bytes()
    lay(folder)
    assert (folder / "acceptance.yaml").read_text("utf-8") == "changed"
    assert (folder / "site.yaml").read_bytes() == before


@pytest.mark.parametrize("lay", [site_layers.finance, site_layers.finance_alone])
def test_finance_is_laid_once_with_all_its_files(folder: Path, lay: Callable[[Path], None]) -> None:
    lay(folder)
    layer = ROOT / "sandbox" / "finance_site"
    files = [file.relative_to(layer) for file in layer.rglob("*") if file.is_file()]
    assert all((folder / file).read_bytes() == (layer / file).read_bytes() for file in files)
    before = (folder / "site.yaml").read_bytes()
    lay(folder)
    assert (folder / "site.yaml").read_bytes() == before
    assert "order-finance" in before.decode()


def test_what_layers_share_is_the_same_in_each() -> None:
    shared = ("units/seal-platform.yaml", "systems/seal-platform.yaml")
    layers = [ROOT / "sandbox" / f"{name}_site" for name in ("acceptance", "mediation_papers")]
    for file in shared:
        assert len({(layer / file).read_bytes() for layer in layers}) == 1
